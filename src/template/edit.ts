// Changes to a template's text, and the proof that they mean what they should.
import { isDeepStrictEqual } from "node:util";
import type { Edit, Json } from "./apply.ts";
import { apply, Copies, EditRefused, valueAt } from "./apply.ts";
import type { Found } from "./found.ts";
import type { Path } from "./locate.ts";
import { parseTemplate } from "./parse.ts";
import { TemplateSyntaxError } from "./syntax.ts";
import { Template } from "./template.ts";
import { contradicts } from "./witness.ts";
import type { Entry } from "./write.ts";
import { Writer } from "./write.ts";

/** Takes `text` in place of a range of the old text. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What the edits put where, in the text's order; all else stays as it is. Unproven: see `proveEdits`. */
export function spliceEdits(source: string | Template, edits: readonly Edit[]): Splice[] {
  return plan(templateOf(source), edits).splices();
}

/** The text with every range replaced. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let at = 0;
  let result = "";
  for (const splice of splices) {
    result += text.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return result + text.slice(at);
}

/** The text after the edits, if it means exactly what the edits say; throws `EditRefused` otherwise. */
export function proveEdits(source: string | Template, edits: readonly Edit[]): string {
  const template = templateOf(source);
  if (edits.length === 0) return template.text;
  const proven = attempt(template, edits);
  if (proven !== undefined) {
    if (!contradicts(template, proven, edits)) return proven;
    throw new EditRefused([], "another reader (yaml-cfn) reads the result differently");
  }
  let good = 0;
  let bad = edits.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (attempt(template, edits.slice(0, middle)) === undefined) bad = middle;
    else good = middle;
  }
  const path = edits[good]?.path ?? [];
  throw new EditRefused(path, explain(template, path));
}

const templateOf = (source: string | Template): Template =>
  typeof source === "string" ? new Template(source) : source;

function attempt(template: Template, edits: readonly Edit[]): string | undefined {
  const splicer = plan(template, edits);
  const text = applySplices(template.text, splicer.splices());
  try {
    return isDeepStrictEqual(parseTemplate(text), splicer.value) ? text : undefined;
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return undefined;
    throw error;
  }
}

function plan(template: Template, edits: readonly Edit[]): Splicer {
  const splicer = new Splicer(template);
  for (const edit of edits) splicer.plan(edit);
  return splicer;
}

const MERGED = "the value is not written here: it comes from a merge (<<)";

function explain({ value, locator }: Template, path: Path): string {
  for (let depth = path.length; depth >= 0; depth--) {
    const at = path.slice(0, depth);
    const found = locator.find(at);
    if (found?.anchor !== undefined) {
      return `the value is shared by an anchor (&${found.anchor}): a change here would change every *${found.anchor}`;
    }
    if (!found && valueAt(value, at) !== undefined) {
      return MERGED;
    }
  }
  return "the text cannot be changed here without changing what something else means";
}

/** What is to happen to one value of the text. */
interface Pending {
  readonly found: Found;
  readonly path: Path;
  readonly depth: number;
  replace?: Json;
  /** New entries, in order; a list's have no key. */
  readonly entries: Entry[];
}

interface Change extends Splice {
  readonly depth: number;
}

class Splicer {
  value: Json;
  private readonly source: Template;
  private readonly copies = new Copies();
  private readonly pending = new Map<Found, Pending>();
  private readonly changes: Change[] = [];
  private readonly writer: Writer;

  constructor(source: Template) {
    this.source = source;
    this.value = source.value;
    this.writer = new Writer(source.text, source.locator);
  }

  /** Takes in one edit: on the meaning at once, on the text as something to do at the deepest value that is there. */
  plan(edit: Edit): void {
    if (edit.op === "set" && isDeepStrictEqual(valueAt(this.value, edit.path), edit.value)) return;
    this.value = apply(this.value, edit, 0, this.copies);
    const root = this.source.locator.find([]);
    if (!root) throw new EditRefused(edit.path, "the template is empty");
    let found: Found = root;
    for (let depth = 0; ; depth++) {
      const pending: Pending = this.pending.get(found) ?? { found, path: edit.path, depth, entries: [] };
      const key = edit.path[depth];
      const child = key === undefined ? undefined : found.child(key);
      if (child && pending.replace === undefined) {
        found = child;
        continue;
      }
      this.pending.set(found, pending);
      return this.planAt(pending, key, edit);
    }
  }

  private planAt(pending: Pending, key: string | number | undefined, edit: Edit): void {
    const { found, depth, entries } = pending;
    if (pending.replace !== undefined || found.kind === "null") {
      pending.replace = apply(pending.replace ?? null, edit, depth, this.copies);
    } else if (found.kind === "alias" && (key !== undefined || edit.op === "append")) {
      throw new EditRefused(
        edit.path,
        `the value is shared by an anchor (&${found.alias}): only *${found.alias} stands here`,
      );
    } else if (key === undefined && edit.op === "set") {
      pending.replace = edit.value;
      this.forget(found);
    } else if (found.shortForm !== undefined) {
      throw new EditRefused(
        edit.path,
        `the value is written in the short form ${found.tag ?? "[key: value]"}`,
      );
    } else if (key === undefined) {
      entries.push({ value: edit.value });
    } else if (this.isMerged(edit, depth + 1)) {
      throw new EditRefused(edit.path, MERGED);
    } else {
      const entry = entries.find((other) => other.key === String(key));
      const value = apply(entry?.value ?? null, edit, depth + 1, this.copies);
      if (entry) entry.value = value;
      else entries.push({ key: String(key), value });
    }
  }

  /** Whether the edit is inside a value that the text does not hold at its place. */
  private isMerged({ op, path }: Edit, depth: number): boolean {
    const inside = op === "append" || depth < path.length;
    return inside && valueAt(this.source.value, path.slice(0, depth)) !== undefined;
  }

  private forget(found: Found): void {
    for (const item of found.items) {
      this.pending.delete(item);
      this.forget(item);
    }
  }

  splices(): Splice[] {
    for (const pending of this.pending.values()) this.write(pending);
    // at one offset the innermost entry comes first
    return this.changes.sort((a, b) => a.start - b.start || b.depth - a.depth);
  }

  private write({ found, path, depth, replace, entries }: Pending): void {
    const change = (start: number, end: number, text: string): void => {
      if (start < end || text !== "") this.changes.push({ start, end, text, depth });
    };
    if (replace !== undefined) this.writer.replace(found, replace, change);
    else if (entries.length === 0) return;
    else if (found.style === "flow") this.writer.insertFlow(found, entries, change);
    else if (found.openEnd && found.kind === "sequence") {
      throw new EditRefused(path, "the file ends in a block text without a newline: end it with one");
    } else this.writer.insertBlock(found, entries, change);
  }
}
