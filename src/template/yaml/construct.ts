// Makes values of a YAML text's nodes, as SAM's loader does: merges, short forms, keys.
import type { TemplateValue } from "../parse.ts";
import { syntaxError } from "./cursor.ts";
import { DEEPEST } from "./compose.ts";
import type { Node, Use } from "./nodes.ts";
import { scalarValue } from "./resolve.ts";

const CORE = "tag:yaml.org,2002:";
/** Of values that aliases and merges add to those that are written. */
const MOST_COPIES = 1_000_000;
const NO_JSON = ["binary", "omap", "pairs", "set"].map((name) => CORE + name);

interface Made {
  readonly value: TemplateValue;
  /** Levels in it. */
  readonly height: number;
  /** Values in it, shared ones counted each time. */
  readonly size: number;
}

type Pair = readonly [key: Node, value: Node];

/** The long form's key of a short form's tag: `!Sub` is `Fn::Sub`, but `!Ref` is `Ref`. */
export function intrinsicKey(tag: string): string {
  const name = tag.slice(1);
  return name === "Ref" || name === "Condition" ? name : `Fn::${name}`;
}

/** What the root means. Throws `TemplateSyntaxError`. */
export function construct(text: string, root: Use): TemplateValue {
  return new Constructor(text).make(root.node).value;
}

/** A key as the value's mapping has it; undefined for what is no scalar. */
export function keyName(node: Node): string | undefined {
  if (node.kind !== "scalar" || node.tag.startsWith("!")) return undefined;
  const value = node.tag === `${CORE}value` ? node.text : scalarValue(node.tag, node.text);
  return value === undefined ? undefined : String(value);
}

class Constructor {
  private readonly text: string;
  private readonly made = new Map<Node, Made>();
  private readonly flat = new Map<Node, readonly Pair[]>();
  private merged = 0;
  private written = 0;

  constructor(text: string) {
    this.text = text;
  }

  make(node: Node): Made {
    if (node.kind === "scalar") return { value: this.scalar(node), height: 1, size: 1 };
    const before = this.made.get(node);
    if (before) return before;
    const made = node.kind === "sequence" ? this.sequence(node) : this.mapping(node);
    if (made.height > DEEPEST) this.fail(node, `values are nested more than ${DEEPEST} deep`, "too-deep");
    if (made.size - this.written > MOST_COPIES) this.bomb(node);
    this.made.set(node, made);
    return made;
  }

  private scalar(node: Node): TemplateValue {
    this.written++;
    const { tag, text } = node;
    if (tag.startsWith("!")) return intrinsic(tag, tag === "!GetAtt" ? partsOf(text) : text);
    const value = scalarValue(tag, text);
    return value === undefined ? this.refuse(node) : value;
  }

  private sequence(node: Node): Made {
    const { tag } = node;
    const intrinsicTag = tag.startsWith("!");
    if (tag !== `${CORE}seq` && !intrinsicTag) this.refuse(node);
    this.written++;
    let height = 0;
    let size = 1;
    const value = node.entries.map((entry) => {
      const made = this.make(entry.value.node);
      height = Math.max(height, made.height);
      size += made.size;
      return made.value;
    });
    if (intrinsicTag) return { value: intrinsic(tag, value), height: height + 2, size: size + 1 };
    return { value, height: height + 1, size };
  }

  private mapping(node: Node): Made {
    const { tag } = node;
    const intrinsicTag = tag.startsWith("!");
    if (tag !== `${CORE}map` && !intrinsicTag) this.refuse(node);
    this.written++;
    let height = 0;
    let size = 1;
    const value: Record<string, TemplateValue> = {};
    const odd = new Map<string, Node>();
    for (const [key, item] of this.pairs(node)) {
      const name = this.key(key, odd);
      const made = this.make(item);
      height = Math.max(height, made.height);
      size += made.size;
      if (name === "__proto__") define(value, name, made.value);
      else value[name] = made.value;
    }
    if (odd.size > 0) this.checkKeys(node, odd);
    if (intrinsicTag) return { value: intrinsic(tag, value), height: height + 2, size: size + 1 };
    return { value, height: height + 1, size };
  }

  /** The entries with those that `<<` brings before them: of equal keys the last wins. */
  private pairs(node: Node): readonly Pair[] {
    const before = this.flat.get(node);
    if (before) return before;
    const own: Pair[] = [];
    const merged: (readonly Pair[])[] = [];
    for (const { key, value } of node.entries) {
      if (!key) continue;
      if (key.node.tag === `${CORE}merge`) merged.push(this.merge(node, value.node));
      else own.push([key.node, value.node]);
    }
    const pairs = merged.length > 0 ? [...merged, own].flat() : own;
    this.flat.set(node, pairs);
    return pairs;
  }

  private merge(into: Node, from: Node): readonly Pair[] {
    const sources = from.kind === "sequence" ? from.entries.map(({ value }) => value.node) : [from];
    for (const source of sources) {
      if (source.kind !== "mapping") this.fail(source, "<< takes a mapping or a list of mappings");
    }
    // of merged mappings the first wins
    return sources.toReversed().flatMap((source) => {
      const pairs = this.pairs(source);
      this.merged += pairs.length;
      if (this.merged > MOST_COPIES) this.bomb(into);
      return pairs;
    });
  }

  private key(node: Node, odd: Map<string, Node>): string {
    if (node.kind === "scalar" && node.tag === `${CORE}str`) return node.text;
    const name = keyName(node);
    if (name === undefined) {
      if (node.kind === "scalar" && !node.tag.startsWith("!")) this.refuse(node);
      return this.fail(node, "a key must be a text: a list, a mapping or a function cannot be one");
    }
    if (node.tag !== `${CORE}timestamp`) odd.set(name, node);
    return name;
  }

  /** Python tells `1` from `"1"`, but not from `true` and `1.0`; no text may depend on that. */
  private checkKeys(node: Node, odd: ReadonlyMap<string, Node>): void {
    const texts = new Set<string>();
    const values = new Map<unknown, string>();
    for (const [key] of this.pairs(node)) {
      const name = keyName(key) ?? "";
      const value = scalarValue(key.tag, key.text) ?? (key.tag === `${CORE}value` ? key.text : null);
      if (typeof value === "string") texts.add(name);
      else {
        const same = typeof value === "boolean" ? Number(value) : value;
        const before = values.get(same) ?? name;
        if (before !== name)
          this.fail(key, `the keys ${before} and ${name} are the same to SAM`, "ambiguous-key");
        if (key.tag === `${CORE}int` && !Number.isSafeInteger(value))
          this.fail(key, "the key is too big a number", "ambiguous-key");
        values.set(same, name);
      }
    }
    for (const [name, key] of odd) {
      if (key.tag !== `${CORE}value` && texts.has(name))
        this.fail(key, `the key ${name} is there both with and without quotes`, "ambiguous-key");
    }
  }

  private refuse(node: Node): never {
    const { tag, written, text } = node;
    if (NO_JSON.includes(tag))
      return this.fail(node, `CloudFormation has no values of the kind ${written ?? tag}`, "no-json-value");
    if (tag === `${CORE}merge` || tag === `${CORE}value`)
      return this.fail(node, `SAM cannot read ${text} as a value: put it in quotes`);
    if (written !== undefined) return this.fail(node, `the value cannot be read as ${written}`);
    return this.fail(node, `SAM cannot read ${text.slice(0, 40)} as a number: put it in quotes`);
  }

  private bomb(node: Node): never {
    return this.fail(node, "aliases and merges make more than a million values of this", "alias-bomb");
  }

  private fail(node: Node, message: string, reason?: Parameters<typeof syntaxError>[3]): never {
    throw syntaxError(this.text, message, node.start, reason);
  }
}

function intrinsic(tag: string, value: TemplateValue): TemplateValue {
  return { [intrinsicKey(tag)]: value };
}

/** `A.B.C` as SAM splits it: at the first dot. */
function partsOf(text: string): string[] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

function define(mapping: object, name: string, value: TemplateValue): void {
  Object.defineProperty(mapping, name, { value, writable: true, enumerable: true, configurable: true });
}
