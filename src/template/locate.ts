// Where things are in a template's text, by the concrete syntax tree of `yaml`: offsets only, never a value.
import type { Position } from "../report/diagnostic.ts";
import type { CST } from "yaml";
import { CST as Cst, LineCounter, Parser } from "yaml";
import { mend } from "./mend.ts";
import { intrinsicKey } from "./yaml/construct.ts";
import { plainScalar } from "./yaml/resolve.ts";

/** The way to a value from the template's root: keys and indexes. Short forms count as their long ones. */
export type Path = readonly (string | number)[];

/** A value of the template as it stands in the text. Offsets are UTF-16 units, as in `String.slice`. */
export interface Found {
  readonly kind: "mapping" | "sequence" | "scalar" | "null" | "alias";
  /** Flow: `{}`, `[]`. For a scalar or null: that of the collection it stands in. A short form counts as flow. */
  readonly style: "block" | "flow";
  /** Whether it stands inside a flow collection, or is what a short form's tag stands before. */
  readonly inFlow: boolean;
  /** The value with its tag and anchor; `end` is behind its last character, for a block scalar its newline. */
  readonly start: number;
  readonly end: number;
  readonly position: Position;
  readonly keyStart?: number;
  readonly keyEnd?: number;
  /** Of the key in the mapping above. */
  readonly keyPosition?: Position;
  /** Where the whole entry starts: the dash, the question mark, the key's properties, else the key or value. */
  readonly entryStart: number;
  /** Behind what introduces the value: its colon or dash. */
  readonly after: number;
  readonly tag?: string;
  readonly anchor?: string;
  /** The name that an alias stands for. */
  readonly alias?: string;
  /** The long form's key, when the value is written in the short form: `!Sub x` has `Fn::Sub`. */
  readonly shortForm?: string;
  /** The mapping or the value of the short form takes entries by `<<`. */
  readonly merges: boolean;
  /** A block scalar at the very end of a text that lacks the last newline, which would become its own. */
  readonly openEnd: boolean;
  /** Flow collections: a comma stands behind the last entry. */
  readonly trailingComma: boolean;
  /** Entries in the text's order, duplicates included. */
  readonly items: readonly Found[];
  /** The entries by key or index; of duplicates the last, as SAM reads them. */
  readonly children: ReadonlyMap<string | number, Found>;
}

/** Answers where things are. */
export interface Locator {
  /** The value at the path, if it is written there: what comes from an alias or a merge is not. */
  find(path: Path): Found | undefined;
  /** The key's position, else the value's, else that of the nearest value above. */
  positionOf(path: Path): Position;
  positionAt(offset: number): Position;
  /** By how much a nested block mapping is indented in this text: its most frequent step, 2 if it has none. */
  readonly step: number;
  /** Whether block sequences stand to the right of their keys in this text. */
  readonly indentedSequences: boolean;
}

/** Reads a text that `parseTemplate` accepts. On any other it answers as well as it can. */
export function locate(text: string): Locator {
  return new CstLocator(text);
}

/** The entry of a mapping or sequence; a mapping's keys are strings, whatever the path says. */
export function childOf(found: Found, key: string | number): Found | undefined {
  return found.children.get(found.kind === "mapping" ? String(key) : key);
}

interface Entry {
  readonly entryStart: number;
  readonly after: number;
  readonly flow: boolean;
  readonly key?: CST.Token;
}

const PLAIN_NULL = new Set(["", "~", "null", "Null", "NULL"]);
const CLOSED = /^(?:"(?:[^"\\]+|\\[^])*"|'(?:[^']+|'')*')$/;
const NO_CHILDREN: ReadonlyMap<string | number, Found> = new Map();

class CstLocator implements Locator {
  private readonly text: string;
  private readonly lines = new LineCounter();
  private readonly root: Found | undefined;
  private readonly steps = new Map<number, number>();
  private brokenOff = false;
  private sequences = 0; // indented ones less those that are not

  constructor(text: string) {
    this.text = text;
    this.lines.addNewLine(0);
    for (const { index } of text.matchAll(/\n/g)) this.lines.addNewLine(index + 1);
    const root = this.read(text);
    this.root = this.brokenOff ? this.read(mend(text)) : root;
  }

  private read(text: string): Found | undefined {
    this.steps.clear();
    this.sequences = 0;
    for (const token of new Parser().parse(text)) {
      if (token.type !== "document") continue;
      return this.value(token.value, token.start, { entryStart: 0, after: 0, flow: false });
    }
    return undefined;
  }

  get step(): number {
    let best = 2;
    for (const [step, count] of this.steps) if (count > (this.steps.get(best) ?? 0)) best = step;
    return best;
  }

  get indentedSequences(): boolean {
    return this.sequences >= 0;
  }

  find(path: Path): Found | undefined {
    let found = this.root;
    for (const key of path) found = found && childOf(found, key);
    return found;
  }

  positionOf(path: Path): Position {
    let found = this.root;
    for (const key of path) {
      const child: Found | undefined = found && childOf(found, key);
      if (!child) break;
      found = child;
    }
    return found?.keyPosition ?? found?.position ?? { line: 1, column: 1 };
  }

  positionAt(offset: number): Position {
    const { line, col } = this.lines.linePos(offset);
    const bom = line === 1 && this.text.startsWith("\uFEFF") ? 1 : 0;
    return { line, column: Math.max(1, col - bom) };
  }

  private value(token: CST.Token | undefined, before: CST.SourceToken[], entry: Entry): Found {
    const props = before.filter((prop) => prop.type === "anchor" || prop.type === "tag");
    const tag = props.find((prop) => prop.type === "tag")?.source;
    const lastProp = props.at(-1);
    const contentStart = token?.offset ?? (lastProp ? endOf(lastProp) : entry.after);
    const start = props[0]?.offset ?? contentStart;
    const outer = { ...this.about(entry), ...anchorOf(props), start, position: this.positionAt(start) };
    if (tag === undefined || !/^![^!<]/.test(tag)) {
      return { ...this.content(token, contentStart, entry), ...outer, ...(tag !== undefined && { tag }) };
    }
    // `!If [a]` means `{Fn::If: [a]}`: a mapping around the content
    const key = intrinsicKey(tag);
    const inside = { entryStart: contentStart, after: contentStart, flow: true };
    const inner: Found = {
      ...this.content(token, contentStart, inside),
      ...this.about(inside),
      start: contentStart,
      position: this.positionAt(contentStart),
    };
    const { end, openEnd, merges } = inner;
    const wrap = { kind: "mapping", style: "flow", end, openEnd, merges, trailingComma: false, tag } as const;
    return { ...wrap, ...outer, shortForm: key, items: [inner], children: new Map([[key, inner]]) };
  }

  private about({ entryStart, after, flow, key }: Entry) {
    const about = { entryStart, after, inFlow: flow };
    if (!key) return about;
    return { ...about, keyStart: key.offset, keyEnd: endOf(key), keyPosition: this.positionAt(key.offset) };
  }

  private content(token: CST.Token | undefined, start: number, entry: Entry) {
    const style: Found["style"] = entry.flow ? "flow" : "block";
    const leaf = {
      style,
      merges: false,
      openEnd: false,
      trailingComma: false,
      items: [],
      children: NO_CHILDREN,
    };
    if (!token) return { ...leaf, kind: "null" as const, end: start };
    if (Cst.isCollection(token)) return this.collection(token);
    const end = endOf(token);
    const quoted = token.type === "double-quoted-scalar" || token.type === "single-quoted-scalar";
    if (quoted && !CLOSED.test(token.source)) this.brokenOff = true;
    if (token.type === "alias") return { ...leaf, kind: "alias" as const, end, alias: token.source.slice(1) };
    if (token.type === "scalar" && PLAIN_NULL.has(token.source))
      return { ...leaf, kind: "null" as const, end };
    const openEnd =
      token.type === "block-scalar" && !token.source.endsWith("\n") && !headerOf(token).includes("-");
    return { ...leaf, kind: "scalar" as const, end, openEnd };
  }

  private collection(token: CST.BlockMap | CST.BlockSequence | CST.FlowCollection) {
    const flow = token.type === "flow-collection";
    const mapping = flow ? token.start.source === "{" : token.type === "block-map";
    const items: Found[] = [];
    const children = new Map<string | number, Found>();
    let merges = false;
    let trailingComma = false;
    for (const item of token.items) {
      const comma = item.start.findLast((part) => part.type === "comma");
      trailingComma = comma !== undefined;
      if (!item.key && !item.value && !item.start.some(isContent) && !item.sep?.some(isContent)) continue;
      trailingComma = false;
      const found = this.item(item, flow, mapping);
      items.push(found);
      const key = mapping ? keyOf(item.key) : items.length - 1;
      if (key !== undefined) children.set(key, found);
      if (item.key?.type === "scalar" && item.key.source === "<<") merges = true;
      if (!flow && mapping) this.noteLayout(token, item.value);
    }
    const close = flow ? token.end.find((part) => /^flow-(?:map|seq)-end$/.test(part.type)) : undefined;
    if (flow && !close) this.brokenOff = true;
    const last = items.at(-1);
    const end = close ? endOf(close) : (last?.end ?? token.offset);
    const kind: Found["kind"] = mapping ? "mapping" : "sequence";
    const style: Found["style"] = flow ? "flow" : "block";
    const openEnd = !flow && last?.openEnd === true;
    return { kind, style, end, openEnd, merges, trailingComma, items, children };
  }

  private item(item: CST.CollectionItem, flow: boolean, mapping: boolean): Found {
    const first = item.start.find(isContent)?.offset ?? item.key?.offset ?? item.sep?.find(isContent)?.offset;
    const entryStart = first ?? item.value?.offset ?? 0;
    const colon = item.sep?.find((part) => part.type === "map-value-ind");
    if (mapping) {
      const after = colon ? endOf(colon) : item.key ? endOf(item.key) : entryStart;
      const key = item.key ?? undefined;
      return this.value(item.value, item.sep ?? [], { entryStart, after, flow, ...(key && { key }) });
    }
    if (colon || item.key) {
      // `[a: b]`: a mapping without braces, which takes no further entry
      const inner = this.item(item, true, true);
      const children = new Map(item.key ? [[keyOf(item.key) ?? "", inner]] : []);
      return {
        ...inner,
        kind: "mapping",
        start: entryStart,
        entryStart,
        shortForm: "",
        items: [inner],
        children,
      };
    }
    const dash = item.start.find((part) => part.type === "seq-item-ind");
    return this.value(item.value, item.start, { entryStart, after: dash ? endOf(dash) : entryStart, flow });
  }

  private noteLayout(parent: CST.Token & { indent: number }, child: CST.Token | undefined): void {
    if (child?.type === "block-map") {
      const step = child.indent - parent.indent;
      this.steps.set(step, (this.steps.get(step) ?? 0) + 1);
    }
    if (child?.type === "block-seq") this.sequences += child.indent > parent.indent ? 1 : -1;
  }
}

function isContent(part: CST.SourceToken): boolean {
  return !["space", "newline", "comment", "comma"].includes(part.type);
}

function anchorOf(props: readonly CST.SourceToken[]): Pick<Found, "anchor"> {
  const anchor = props.find((prop) => prop.type === "anchor");
  return anchor ? { anchor: anchor.source.slice(1) } : {};
}

function headerOf(token: CST.BlockScalar): string {
  return token.props.map((part) => (part.type === "block-scalar-header" ? part.source : "")).join("");
}

function endOf(token: CST.Token): number {
  if (token.type === "block-scalar") {
    const header = token.props.reduce((sum, part) => sum + ("source" in part ? part.source.length : 0), 0);
    return token.offset + header + token.source.length;
  }
  return token.offset + ("source" in token ? token.source.length : 0);
}

/** A key as SAM reads it, made a string as in `parseTemplate`; undefined for what is no scalar. */
function keyOf(token: CST.Token | null | undefined): string | undefined {
  if (!Cst.isScalar(token)) return undefined;
  const { value, type } = Cst.resolveAsScalar(token, false, () => undefined);
  return type === "PLAIN" ? String(plainScalar(value)) : value;
}
