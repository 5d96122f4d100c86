// Writes values into a template's text: which characters go where, in the style of their neighbours.
import type { Found } from "./found.ts";
import type { Locator } from "./locate.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";
import { isBreak } from "./yaml/cursor.ts";
import { plainScalar } from "./yaml/resolve.ts";

/** A new entry of a mapping, or without a key of a list. */
export interface Entry {
  readonly key?: string;
  value: TemplateValue;
}

/** Takes `text` in place of the range. */
export type Change = (start: number, end: number, text: string) => void;

type Context = "block" | "flow" | "json";

interface FlowStyle {
  readonly context: "flow" | "json";
  readonly newline: string;
}

const WORDS = /^[A-Za-z/_][\w./@+=~:-]*(?: [\w./@+=~-][\w./@+=~:-]*)*$/;
const BREAK = /[\r\n\u0085\u2028\u2029]/;
const UNPRINTABLE = /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g;

/** Says for one text what to change so that a value is replaced or entries are added. */
export class Writer {
  private readonly text: string;
  private readonly locator: Locator;
  private readonly oneLine: boolean;
  /** The text is JSON, and stays it. */
  private readonly json: boolean;
  /** What follows a colon or comma in a flow collection. */
  private readonly gap: string = " ";
  /** The indentation step of a JSON text that has line breaks. */
  private readonly unit: string | undefined;

  constructor(text: string, locator: Locator) {
    this.text = text;
    this.locator = locator;
    this.oneLine = !BREAK.test(text);
    const root = locator.find([]);
    this.json = root?.style === "flow" && isJson(text);
    const first = root?.items[0];
    if (!this.json || !first) return;
    this.gap = this.text[first.after] === " " ? " " : "";
    if (BREAK.test(text.slice(root?.start, first.entryStart))) this.unit = this.indentAt(first.entryStart);
  }

  /** Adds entries to a block mapping or sequence, behind its last one. */
  insertBlock(found: Found, entries: readonly Entry[], change: Change): void {
    const last = found.items.at(-1) ?? found;
    const column = this.columnOf(last.entryStart);
    const lines = entries.flatMap((entry) => this.entryLines(entry, column));
    const newline = this.newlineAt(found.end);
    if (found.openEnd) {
      // behind it, the block scalar would gain the newline that it lacks
      const text = lines.join(newline).slice(column);
      change(last.entryStart, last.entryStart, text + newline + " ".repeat(column));
    } else if (isBreak(this.text[found.end - 1])) {
      change(found.end, found.end, lines.map((line) => line + newline).join(""));
    } else {
      const end = this.lineEnd(found.end);
      change(end, end, lines.map((line) => newline + line).join(""));
    }
  }

  /** Adds entries to a `{}` or `[]`, behind its last one. */
  insertFlow(found: Found, entries: readonly Entry[], change: Change): void {
    const { text } = this;
    const [last, previous] = [found.items.at(-1), found.items.at(-2)];
    const open = found.start + text.slice(found.start, found.end).search(/[[{]/) + 1;
    const newline = this.newlineAt(last?.end ?? open);
    const quoted = this.json || text[last?.keyStart ?? last?.start ?? -1] === '"';
    const style: FlowStyle = { context: quoted ? "json" : "flow", newline };
    const render = (indent?: string): string[] =>
      entries.map(({ key, value }) => this.flowEntry(key, value, style, indent));
    if (!last) {
      if (this.unit === undefined) return change(open, open, render().join(`,${this.gap}`));
      const outer = this.indentAt(open);
      const inner = newline + outer + this.unit;
      const close = BREAK.test(text.slice(open, found.end)) ? "" : newline + outer;
      return change(open, open, inner + render(outer + this.unit).join(`,${inner}`) + close);
    }
    const before = text.slice(previous?.end ?? open, last.entryStart);
    if (!BREAK.test(before)) {
      const space = previous ? (/[ \t]*$/.exec(before)?.[0] ?? "") : this.gap;
      return change(
        last.end,
        last.end,
        render()
          .map((entry) => `,${space}${entry}`)
          .join(""),
      );
    }
    const indent = this.indentAt(last.entryStart);
    const lines = render(this.unit === undefined ? undefined : indent).map(
      (entry) => newline + indent + entry,
    );
    const end = this.lineEnd(last.end);
    const comment = /^[ \t]*(,?)[ \t]*#/.exec(text.slice(last.end, end));
    if (!comment || (comment[1] === ",") !== found.trailingComma) {
      return change(last.end, last.end, lines.map((line) => `,${line}`).join(""));
    }
    // the last entry's comment stays beside it
    if (!found.trailingComma) change(last.end, last.end, ",");
    change(end, end, lines.join(",") + (found.trailingComma ? "," : ""));
  }

  /** Puts another value in the place of one that is there, null included. */
  replace(found: Found, value: TemplateValue, change: Change): void {
    const { text } = this;
    const { start, after, keyStart } = found;
    const end = start + text.slice(start, found.end).replace(/[\r\n\u0085\u2028\u2029]+$/, "").length;
    const newline = this.newlineAt(end);
    const inline = this.inline(value);
    const collection = found.kind === "mapping" || found.kind === "sequence";
    if (
      found.inFlow ||
      (found.style === "flow" && found.shortForm === undefined && collection && inline === undefined)
    ) {
      const context = this.json || text[keyStart ?? start] === '"' ? "json" : "flow";
      const multiline = this.unit !== undefined && collection && BREAK.test(text.slice(start, end));
      const flow = this.flow(value, { context, newline }, multiline ? this.indentAt(start) : undefined);
      const colon = keyStart === undefined || text[after - 1] === ":" ? "" : ":";
      return change(start, end, start === end ? `${colon} ${flow}` : flow);
    }
    const block = collection && found.style === "block";
    if (inline !== undefined) {
      return start === end || block ? change(after, end, ` ${inline}`) : change(start, end, inline);
    }
    const outer = this.columnOf(found.entryStart);
    const here = this.columnOf(start);
    if (block && found.tag === undefined && found.anchor === undefined && (here > outer || isList(value))) {
      return change(start, end, this.blockLines(value, here).join(newline).slice(here));
    }
    if (keyStart === undefined) {
      return change(
        after,
        end,
        ` ${this.blockLines(value, outer + 2)
          .join(newline)
          .slice(outer + 2)}`,
      );
    }
    // below the key's line, whose comment stays
    change(after, end, "");
    const lines = this.blockLines(value, this.below(value, outer));
    const lineEnd = this.lineEnd(end);
    change(lineEnd, lineEnd, lines.map((line) => newline + line).join(""));
  }

  private entryLines({ key, value }: Entry, column: number): string[] {
    const head = " ".repeat(column) + (key === undefined ? "-" : `${scalar(key, "block")}:`);
    const inline = this.inline(value);
    if (inline !== undefined) return [`${head} ${inline}`];
    if (key !== undefined) return [head, ...this.blockLines(value, this.below(value, column))];
    const [first = "", ...rest] = this.blockLines(value, column + 2);
    return [`${head} ${first.slice(column + 2)}`, ...rest];
  }

  private blockLines(value: TemplateValue, column: number): string[] {
    return entriesOf(value).flatMap((entry) => this.entryLines(entry, column));
  }

  /** The column of a collection that stands below its key. */
  private below(value: TemplateValue, column: number): number {
    return isList(value) && !this.locator.indentedSequences ? column : column + this.locator.step;
  }

  /** The value on one line of a block collection, if it goes there. */
  private inline(value: TemplateValue): string | undefined {
    if (this.json) return undefined;
    if (typeof value !== "object" || value === null) return scalar(value, "block");
    if (entriesOf(value).length === 0) return isList(value) ? "[]" : "{}";
    return shortRef(value);
  }

  private flowEntry(
    key: string | undefined,
    value: TemplateValue,
    style: FlowStyle,
    indent?: string,
  ): string {
    const text = this.flow(value, style, indent);
    return key === undefined ? text : `${scalar(key, style.context)}:${this.gap}${text}`;
  }

  private flow(value: TemplateValue, style: FlowStyle, indent?: string): string {
    if (typeof value !== "object" || value === null) return scalar(value, style.context);
    const short = this.json ? undefined : shortRef(value);
    if (short !== undefined) return short;
    const inner = indent === undefined ? undefined : indent + (this.unit ?? "");
    const parts = entriesOf(value).map((entry) => this.flowEntry(entry.key, entry.value, style, inner));
    const [open, close] = isList(value) ? ["[", "]"] : ["{", "}"];
    if (parts.length === 0 || inner === undefined) return open + parts.join(`,${this.gap}`) + close;
    const line = style.newline + inner;
    return open + line + parts.join(`,${line}`) + style.newline + (indent ?? "") + close;
  }

  private columnOf(offset: number): number {
    return this.locator.positionAt(offset).column - 1;
  }

  private indentAt(offset: number): string {
    const start = offset - this.columnOf(offset);
    return /^[ \t]*/.exec(this.text.slice(start, offset))?.[0] ?? "";
  }

  /** The kind of line break beside an offset: the one behind its line, at the text's end the one before. */
  private newlineAt(offset: number): string {
    if (this.oneLine) return "\n";
    const { text } = this;
    const from = isBreak(text[offset - 1]) ? offset - 1 : offset;
    const next = this.lineEnd(text[from] === "\n" && text[from - 1] === "\r" ? from - 1 : from);
    const start = offset - this.columnOf(offset);
    const at =
      next < text.length
        ? next
        : text[start - 2] === "\r" && text[start - 1] === "\n"
          ? start - 2
          : start - 1;
    return text[at] === "\r" && text[at + 1] === "\n" ? "\r\n" : (text[at] ?? "\n");
  }

  /** Where the line of an offset ends, before its line break. */
  private lineEnd(offset: number): number {
    const length = this.text.slice(offset).search(BREAK);
    return length < 0 ? this.text.length : offset + length;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ""));
    return true;
  } catch {
    return false;
  }
}

function entriesOf(value: TemplateValue): Entry[] {
  if (isList(value)) return value.map((element) => ({ value: element }));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([key, element]) => ({ key, value: element }));
}

/** `{Ref: X}` as `!Ref X`. */
function shortRef(value: object): string | undefined {
  const [entry, another] = Object.entries(value);
  if (entry?.[0] !== "Ref" || another || typeof entry[1] !== "string") return undefined;
  return `!Ref ${scalar(entry[1], "flow")}`;
}

/** A scalar's text: a string stays plain only where SAM surely reads it as that string. */
function scalar(value: TemplateValue, context: Context): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const plain =
    context !== "json" &&
    WORDS.test(value) &&
    !/^[yn]$/i.test(value) &&
    !(context === "flow" ? value.includes(":") : /:(?: |$)/.test(value)) &&
    plainScalar(value) === value;
  if (plain) return value;
  return JSON.stringify(value).replace(
    UNPRINTABLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
