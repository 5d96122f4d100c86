// What a YAML text consists of: nodes, and where each of them is used.

/** `{}` and `[]`, or a pair in a list: `[a: b]`. */
type Style = "block" | "flow" | "pair";

/** What stands before a node's content. */
export interface Properties {
  readonly anchor: string | undefined;
  /** Resolved, of `!` undefined. */
  readonly tag: string | undefined;
  /** The tag as it is written. */
  readonly written: string | undefined;
}

const BARE: Properties = { anchor: undefined, tag: undefined, written: undefined };
const NO_ENTRIES: Entry[] = [];

/** A value before it is made: every alias of it is the same node. Offsets are UTF-16 units. */
export class Node {
  readonly kind: "scalar" | "sequence" | "mapping";
  readonly style: Style;
  /** `tag:yaml.org,2002:…` or `!…`. */
  readonly tag: string;
  readonly anchor: string | undefined;
  readonly written: string | undefined;
  /** With tag and anchor. */
  readonly start: number;
  /** Behind tag and anchor. */
  readonly content: number;
  /** Behind the last character of what means something, for a block scalar its newline; -1 as long as it is open. */
  end: number;
  /** A scalar's text. */
  readonly text: string;
  /** A block scalar's `|` or `>` with its indicators. */
  readonly header: string | undefined;
  readonly entries: Entry[];
  /** A comma stands behind the last entry. */
  trailingComma = false;

  private constructor(
    kind: Node["kind"],
    style: Style,
    tag: string,
    range: readonly [start: number, content: number, end: number],
    properties = BARE,
    text = "",
    header?: string,
  ) {
    this.kind = kind;
    this.style = style;
    this.tag = tag;
    this.anchor = properties.anchor;
    this.written = properties.written;
    [this.start, this.content, this.end] = range;
    this.text = text;
    this.header = header;
    this.entries = kind === "scalar" ? NO_ENTRIES : [];
  }

  static scalar(
    tag: string,
    range: readonly [start: number, content: number, end: number],
    text: string,
    properties?: Properties,
    header?: string,
  ): Node {
    return new Node("scalar", "block", tag, range, properties, text, header);
  }

  /** A collection that is still open. */
  static collection(
    kind: "sequence" | "mapping",
    style: Style,
    start: number,
    content = start,
    properties?: Properties,
  ): Node {
    const tag = properties?.tag ?? (kind === "sequence" ? "tag:yaml.org,2002:seq" : "tag:yaml.org,2002:map");
    return new Node(kind, style, tag, [start, content, -1], properties);
  }
}

/** A node at a place of the text: its own, or an alias's. */
export interface Use {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
  readonly alias?: string;
}

/** An entry of a sequence or, with a key, of a mapping. */
export interface Entry {
  /** The dash, the question mark, else the key or value. */
  readonly start: number;
  /** Behind what introduces the value: its colon or dash. */
  readonly after: number;
  readonly key?: Use;
  readonly value: Use;
}
