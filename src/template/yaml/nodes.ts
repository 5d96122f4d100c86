// What a YAML text consists of: nodes, and where each of them is used.

/** A value before it is made: every alias of it is the same node. Offsets are UTF-16 units. */
export interface Node {
  readonly kind: "scalar" | "sequence" | "mapping";
  /** Resolved: `tag:yaml.org,2002:…` or `!…`. */
  readonly tag: string;
  readonly anchor?: string;
  /** The tag as it is written. */
  readonly written?: string;
  /** With tag and anchor. */
  readonly start: number;
  /** Behind tag and anchor. */
  readonly content: number;
  /** Behind the last character of what means something, for a block scalar its newline; -1 as long as it is open. */
  end: number;
  /** A scalar's text. */
  readonly text: string;
  /** A block scalar's `|` or `>` with its indicators. */
  readonly header?: string;
  /** `{}`, `[]`, or a pair in a list: `[a: b]`. */
  readonly style: "block" | "flow" | "pair";
  readonly entries: Entry[];
  /** A comma stands behind the last entry. */
  trailingComma: boolean;
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
