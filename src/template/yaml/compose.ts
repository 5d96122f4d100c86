// Makes nodes of a YAML text's tokens, by PyYAML's grammar.
import { syntaxError } from "./cursor.ts";
import type { Entry, Properties, Use } from "./nodes.ts";
import { Node } from "./nodes.ts";
import { resolveTag } from "./resolve.ts";
import { Scanner } from "./scanner.ts";
import type { Token } from "./tokens.ts";

type Type = Token["type"];

/** SAM's own reader fails at 492 levels and earlier. */
export const DEEPEST = 500;

const CORE = "tag:yaml.org,2002:";
const NULL = `${CORE}null`;
const STR = `${CORE}str`;
const NAMES: Readonly<Partial<Record<Type, string>>> = {
  "stream-end": "the end of the file",
  "block-end": "the end of the indented part",
  "document-start": "---",
  "document-end": "...",
  "block-sequence": "a list",
  "block-mapping": "a mapping",
  key: "a key",
  value: ":",
  directive: "a directive",
  alias: "an alias",
  anchor: "an anchor",
  tag: "a tag",
  scalar: "a text",
};

/** The only document's root; undefined if the text holds none. Throws `TemplateSyntaxError`. */
export function compose(text: string): Use | undefined {
  return new Composer(text).document();
}

class Composer {
  private readonly text: string;
  private readonly scanner: Scanner;
  private handles = new Map<string, string>();
  private readonly anchors = new Map<string, Node>();
  private depth = 0;

  constructor(text: string) {
    this.text = text;
    this.scanner = new Scanner(text);
  }

  document(): Use | undefined {
    if (this.at("stream-end")) return undefined;
    const explicit = this.at("directive", "document-start");
    this.directives(explicit);
    const root =
      explicit && this.at("directive", "document-start", "document-end", "stream-end")
        ? this.empty(this.scanner.peek().start)
        : this.node("block");
    while (this.at("document-end")) this.scanner.take();
    if (this.at("stream-end")) return root;
    const { start } = this.scanner.peek();
    if (!this.at("directive", "document-start")) this.unexpected("the end of the document");
    this.directives(true);
    const message = "the file holds more than one YAML document; a template is exactly one";
    throw syntaxError(this.text, message, start, "multiple-documents");
  }

  /** Reads what stands before a document, and its `---` if there has to be one. */
  private directives(explicit: boolean): void {
    this.handles = new Map();
    let version = false;
    while (this.at("directive")) {
      const { start, text, words = [] } = this.scanner.take();
      const [first = "", prefix = ""] = words;
      if (text === "YAML") {
        if (version) this.fail("a second %YAML directive", start);
        if (Number(first) !== 1) this.fail("the file asks for another YAML than version 1", start);
        version = true;
      } else if (text === "TAG") {
        if (this.handles.has(first)) this.fail(`a second %TAG directive for ${first}`, start);
        this.handles.set(first, prefix);
      }
    }
    if (!this.handles.has("!")) this.handles.set("!", "!");
    if (!this.handles.has("!!")) this.handles.set("!!", CORE);
    if (explicit) this.expect("document-start", "---");
  }

  private node(context: "block" | "indentless" | "flow"): Use {
    if (this.depth >= DEEPEST) {
      const message = `values are nested more than ${DEEPEST} deep`;
      throw syntaxError(this.text, message, this.scanner.peek().start, "too-deep");
    }
    this.depth++;
    const use = this.at("alias") ? this.alias() : this.content(context);
    this.depth--;
    return use;
  }

  private alias(): Use {
    const { text: alias = "", start, end } = this.scanner.take();
    const node = this.anchors.get(alias);
    if (!node) return this.fail(`the alias *${alias} has no anchor &${alias} before it`, start);
    if (node.end >= 0) return { node, start, end, alias };
    const message = `the alias *${alias} stands inside the value that its own anchor names`;
    throw syntaxError(this.text, message, start, "recursive-alias");
  }

  private content(context: "block" | "indentless" | "flow"): Use {
    let anchor: Token | undefined;
    let tag: Token | undefined;
    if (this.at("anchor")) anchor = this.scanner.take();
    if (this.at("tag")) tag = this.scanner.take();
    if (!anchor && this.at("anchor")) anchor = this.scanner.take();
    const token = this.scanner.peek();
    const start = Math.min(token.start, anchor?.start ?? Infinity, tag?.start ?? Infinity);
    const properties = anchor || tag ? this.properties(anchor, tag, start) : undefined;
    const bare = Math.max(anchor?.end ?? -1, tag?.end ?? -1);
    const node = this.open(context, token, start, bare, properties);
    if (anchor?.text !== undefined) this.anchors.set(anchor.text, node);
    if (node.kind !== "scalar") this.fill(node, token);
    return { node, start, end: node.end };
  }

  private properties(anchor: Token | undefined, tag: Token | undefined, start: number): Properties {
    const name = anchor?.text;
    if (name !== undefined && this.anchors.has(name)) this.fail(`the anchor &${name} is there twice`, start);
    if (!tag) return { anchor: name, tag: undefined, written: undefined };
    const { handle, text = "" } = tag;
    const prefix = handle === undefined ? "" : this.handles.get(handle);
    if (prefix === undefined) return this.fail(`the tag handle ${handle ?? ""} is not declared`, tag.start);
    const written = this.text.slice(tag.start, tag.end);
    const full = prefix + text;
    return { anchor: name, tag: full === "!" ? undefined : full, written };
  }

  /** The node that starts with this token; a collection is still open. `bare` is the end of properties before it. */
  private open(
    context: "block" | "indentless" | "flow",
    token: Token,
    start: number,
    bare: number,
    properties?: Properties,
  ): Node {
    const { type, start: content } = token;
    if (type === "scalar") {
      this.scanner.take();
      const { text = "", end, header } = token;
      // after `!` a quoted text is as good as a plain one
      const plain = token.plain === true || properties?.written !== undefined;
      const tag = properties?.tag ?? (plain ? resolveTag(text) : STR);
      return Node.scalar(tag, [start, content, end], text, properties, header);
    }
    const block = context !== "flow";
    if (type === "[") return Node.collection("sequence", "flow", start, content, properties);
    if (type === "{") return Node.collection("mapping", "flow", start, content, properties);
    if ((block && type === "block-sequence") || (context === "indentless" && type === "-"))
      return Node.collection("sequence", "block", start, content, properties);
    if (block && type === "block-mapping")
      return Node.collection("mapping", "block", start, content, properties);
    if (!properties) return this.unexpected("a value");
    return Node.scalar(properties.tag ?? NULL, [start, bare, bare], "", properties);
  }

  private fill(node: Node, { type }: Token): void {
    if (type === "[") this.flowSequence(node);
    else if (type === "{") this.flowMapping(node);
    else if (type === "block-sequence") this.blockSequence(node);
    else if (type === "block-mapping") this.blockMapping(node);
    else this.indentlessSequence(node);
  }

  private blockSequence(node: Node): void {
    this.scanner.take();
    while (this.at("-")) this.dashed(node, "-", "block-end");
    this.expect("block-end", "- or the end of the list");
    node.end = node.entries.at(-1)?.value.end ?? node.content;
  }

  private indentlessSequence(node: Node): void {
    while (this.at("-")) this.dashed(node, "-", "key", "value", "block-end");
    node.end = node.entries.at(-1)?.value.end ?? node.content;
  }

  private dashed(node: Node, ...followers: readonly Type[]): void {
    const { start, end: after } = this.scanner.take();
    const value = this.at(...followers) ? this.empty(after) : this.node("block");
    node.entries.push({ start, after, value });
  }

  private blockMapping(node: Node): void {
    this.scanner.take();
    while (this.at("key")) {
      node.entries.push(this.pair(this.scanner.take(), "indentless", "key", "value", "block-end"));
    }
    this.expect("block-end", "a key or the end of the mapping");
    node.end = node.entries.at(-1)?.value.end ?? node.content;
  }

  /** What follows a key token: key, colon and value, each of which may be missing before one of the followers. */
  private pair(token: Token, context: "indentless" | "flow", ...followers: readonly Type[]): Entry {
    const key = this.at("value", ...followers) ? this.empty(token.end) : this.node(context);
    return this.valueOf(token.start, key, context, ...followers);
  }

  private valueOf(
    start: number,
    key: Use,
    context: "indentless" | "flow",
    ...followers: readonly Type[]
  ): Entry {
    if (!this.at("value")) return { start, after: key.end, key, value: this.empty(key.end) };
    const { end: after } = this.scanner.take();
    return { start, after, key, value: this.at(...followers) ? this.empty(after) : this.node(context) };
  }

  private flowSequence(node: Node): void {
    this.scanner.take();
    while (!this.at("]")) {
      if (node.entries.length > 0) {
        this.expect(",", ", or ]");
        node.trailingComma = this.at("]");
        if (node.trailingComma) break;
      }
      const { start } = this.scanner.peek();
      const value = this.at("key") ? this.single() : this.node("flow");
      node.entries.push({ start, after: start, value });
    }
    node.end = this.scanner.take().end;
  }

  /** `a: b` in a flow sequence: a mapping without braces. */
  private single(): Use {
    const entry = this.pair(this.scanner.take(), "flow", ",", "]");
    const node = Node.collection("mapping", "pair", entry.start);
    node.entries.push(entry);
    node.end = entry.value.end;
    return { node, start: node.start, end: node.end };
  }

  private flowMapping(node: Node): void {
    this.scanner.take();
    while (!this.at("}")) {
      if (node.entries.length > 0) {
        this.expect(",", ", or }");
        node.trailingComma = this.at("}");
        if (node.trailingComma) break;
      }
      if (this.at("key")) node.entries.push(this.pair(this.scanner.take(), "flow", ",", "}"));
      else {
        const key = this.node("flow");
        node.entries.push({ start: key.start, after: key.end, key, value: this.empty(key.end) });
      }
    }
    node.end = this.scanner.take().end;
  }

  private empty(offset: number): Use {
    const node = Node.scalar(NULL, [offset, offset, offset], "");
    return { node, start: offset, end: offset };
  }

  private at(...types: readonly Type[]): boolean {
    return types.includes(this.scanner.peek().type);
  }

  private expect(type: Type, what: string): void {
    if (!this.at(type)) this.unexpected(what);
    this.scanner.take();
  }

  private unexpected(what: string): never {
    const { type, start } = this.scanner.peek();
    return this.fail(`expected ${what}, but found ${NAMES[type] ?? type}`, start);
  }

  private fail(message: string, offset: number): never {
    throw syntaxError(this.text, message, offset);
  }
}
