// One value of a template as it stands in the text.
import type { Position } from "../report/diagnostic.ts";
import { intrinsicKey, keyName } from "./yaml/construct.ts";
import { isBreak } from "./yaml/cursor.ts";
import type { Node, Use } from "./yaml/nodes.ts";

/** How a value is introduced in what it stands in. */
interface Place {
  readonly start: number;
  readonly after: number;
  readonly flow: boolean;
  readonly key?: Use;
}

const CORE = "tag:yaml.org,2002:";

/** A value of the template as it stands in the text. Offsets are UTF-16 units, as in `String.slice`. */
export class Found {
  readonly use: Use;
  readonly kind: "mapping" | "sequence" | "scalar" | "null" | "alias";
  /** Flow: `{}`, `[]`. For a scalar or null: that of the collection it stands in. A short form counts as flow. */
  readonly style: "block" | "flow";
  /** Whether it stands inside a flow collection, or is what a short form's tag stands before. */
  readonly inFlow: boolean;
  /** The value with its tag and anchor; `end` is behind its last character, for a block scalar its newline. */
  readonly start: number;
  readonly end: number;
  readonly keyStart: number | undefined;
  readonly keyEnd: number | undefined;
  /** Where the whole entry starts: the dash, the question mark, the key's properties, else the key or value. */
  readonly entryStart: number;
  /** Behind what introduces the value: its colon or dash. */
  readonly after: number;
  readonly tag: string | undefined;
  readonly anchor: string | undefined;
  /** The name that an alias stands for. */
  readonly alias: string | undefined;
  /** The long form's key, when the value is written in the short form: `!Sub x` has `Fn::Sub`. */
  readonly shortForm: string | undefined;
  private readonly source: Source;
  private read: Children | undefined;

  /** @param inside it is what a short form's tag stands before */
  constructor(source: Source, use: Use, place: Place, inside = false) {
    const { node, alias } = use;
    this.source = source;
    this.use = use;
    this.start = inside ? node.content : use.start;
    this.end = use.end;
    this.entryStart = place.start;
    this.after = place.after;
    this.inFlow = place.flow;
    this.keyStart = place.key && contentOf(place.key);
    this.keyEnd = place.key?.end;
    this.alias = alias;
    this.tag = alias === undefined && !inside ? node.written : undefined;
    this.anchor = alias === undefined && !inside ? node.anchor : undefined;
    const short = alias === undefined && !inside && node.tag.startsWith("!");
    if (short) this.shortForm = intrinsicKey(node.tag);
    else if (node.style === "pair" && alias === undefined) this.shortForm = "";
    const leaf = node.kind === "scalar" || alias !== undefined;
    this.kind = alias !== undefined ? "alias" : short ? "mapping" : kindOf(node);
    this.style = (leaf && !short ? place.flow : short || node.style !== "block") ? "flow" : "block";
  }

  get position(): Position {
    return this.source.positionAt(this.start);
  }

  /** Of the key in the mapping above. */
  get keyPosition(): Position | undefined {
    return this.keyStart === undefined ? undefined : this.source.positionAt(this.keyStart);
  }

  /** The mapping or the value of the short form takes entries by `<<`. */
  get merges(): boolean {
    return (
      this.alias === undefined && this.use.node.entries.some(({ key }) => key?.node.tag === `${CORE}merge`)
    );
  }

  /** A block scalar at the very end of a text that lacks the last newline, which would become its own. */
  get openEnd(): boolean {
    return isOpenEnd(this.source.text, this.use);
  }

  /** Flow collections: a comma stands behind the last entry. */
  get trailingComma(): boolean {
    return this.alias === undefined && this.use.node.trailingComma;
  }

  /** Entries in the text's order, duplicates included. */
  get items(): readonly Found[] {
    return this.entries.items;
  }

  /** The entries by key or index; of duplicates the last, as SAM reads them. */
  get children(): ReadonlyMap<string | number, Found> {
    return this.entries.children;
  }

  /** The entry of a mapping or sequence; a mapping's keys are strings, whatever the path says. */
  child(key: string | number): Found | undefined {
    return this.children.get(this.kind === "mapping" ? String(key) : key);
  }

  private get entries(): Children {
    this.read ??= this.readEntries();
    return this.read;
  }

  private readEntries(): Children {
    const { use, source, shortForm, alias } = this;
    if (alias !== undefined) return { items: [], children: new Map() };
    const { node } = use;
    if (shortForm !== undefined && shortForm !== "") {
      // `!If [a]` means `{Fn::If: [a]}`: a mapping around the content
      const inner = new Found(source, use, { start: node.content, after: node.content, flow: true }, true);
      return { items: [inner], children: new Map([[shortForm, inner]]) };
    }
    const flow = node.style !== "block";
    const children = new Map<string | number, Found>();
    const items = node.entries.map(({ start, after, key, value }, index) => {
      const found = new Found(source, value, { start, after, flow, ...(key && { key }) });
      const name = key ? keyName(key.node) : index;
      if (name !== undefined && key?.node.tag !== `${CORE}merge`) children.set(name, found);
      return found;
    });
    return { items, children };
  }
}

interface Source {
  readonly text: string;
  positionAt(offset: number): Position;
}

interface Children {
  readonly items: readonly Found[];
  readonly children: ReadonlyMap<string | number, Found>;
}

function contentOf({ node, start, alias }: Use): number {
  return alias === undefined ? node.content : start;
}

function kindOf(node: Node): Found["kind"] {
  if (node.kind !== "scalar") return node.kind;
  const empty = node.content === node.end;
  return empty || (node.tag === `${CORE}null` && node.written === undefined) ? "null" : "scalar";
}

function isOpenEnd(text: string, { node, alias }: Use): boolean {
  if (alias !== undefined) return false;
  const last = node.entries.at(-1);
  if (last) return node.style === "block" && isOpenEnd(text, last.value);
  const { header, end } = node;
  return header !== undefined && !header.includes("-") && end === text.length && !isBreak(text[end - 1]);
}
