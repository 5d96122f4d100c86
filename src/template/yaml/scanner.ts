// Cuts a YAML text into tokens, as PyYAML's scanner does: its quirks decide what SAM reads.
import { Cursor, isBlank, nameOf } from "./cursor.ts";
import { PossibleKeys } from "./keys.ts";
import { scanBlock, scanPlain, scanQuoted } from "./scalars.ts";
import type { Token } from "./tokens.ts";
import { scanAnchor, scanDirective, scanTag } from "./tokens.ts";

const UNPRINTABLE = /[^\t\n\r\x20-\x7E\x85\xA0-\uFFFD]/;

export class Scanner {
  readonly at: Cursor;
  private readonly tokens: Token[] = [];
  private taken = 0;
  private done = false;
  private level = 0;
  private indent = -1;
  private readonly indents: number[] = [];
  private keyAllowed = true;
  private readonly keys: PossibleKeys;

  constructor(text: string) {
    this.at = new Cursor(text);
    this.keys = new PossibleKeys(this.at);
    const offset = text.search(UNPRINTABLE);
    if (offset < 0) return;
    const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0");
    this.at.fail(`the control character U+${code} cannot stand in YAML`, offset);
  }

  /** The next token, which stays the next. The last one is `stream-end`. */
  peek(): Token {
    while (this.needsMore()) this.fetch();
    const [token] = this.tokens;
    if (!token) throw new RangeError("the text is at its end");
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.tokens.shift();
    this.taken++;
    return token;
  }

  private needsMore(): boolean {
    if (this.done) return false;
    if (this.tokens.length === 0) return true;
    this.keys.dropStale();
    return this.keys.first === this.taken;
  }

  private fetch(): void {
    const { at } = this;
    this.skipToToken();
    this.keys.dropStale();
    this.unwind(at.column);
    const char = at.peek();
    if (char === undefined) return this.end();
    if (at.column === 0) {
      if (char === "%") return this.directive();
      if ((char === "-" || char === ".") && at.atSeparator()) return this.documentIndicator(char);
    }
    switch (char) {
      case "[":
      case "{":
        this.saveKey();
        this.level++;
        this.keyAllowed = true;
        return this.indicator(char);
      case "]":
      case "}":
        this.keys.drop(this.level);
        this.level--;
        this.keyAllowed = false;
        return this.indicator(char);
      case ",":
        this.keyAllowed = true;
        this.keys.drop(this.level);
        return this.indicator(",");
      case "*":
      case "&":
        this.saveKey();
        this.keyAllowed = false;
        this.tokens.push(scanAnchor(at));
        return;
      case "!":
        this.saveKey();
        this.keyAllowed = false;
        this.tokens.push(scanTag(at));
        return;
      case "'":
      case '"':
        return this.quoted();
      case "-":
        if (isBlank(at.peek(1))) return this.blockEntry();
        return this.plain();
      case "?":
        if (this.level !== 0 || isBlank(at.peek(1))) return this.key();
        return this.plain();
      case ":":
        if (this.level !== 0 || isBlank(at.peek(1))) return this.value();
        return this.plain();
      case "|":
      case ">":
        if (this.level === 0) return this.block();
        return this.refuse(char);
      case "\t":
      case "#":
      case "%":
      case "@":
      case "`":
        return this.refuse(char);
      default:
        return this.plain();
    }
  }

  private refuse(char: string): never {
    const { at } = this;
    if (char !== "\t") return at.fail(`nothing can start with ${nameOf(char)} here: put it in quotes`);
    const before = at.text.slice(at.pos - at.column, at.pos);
    if (before.trim() !== "") return at.fail("a tab stands where YAML allows only spaces");
    return at.fail("a tab is used as indentation, which YAML forbids: use spaces", at.pos, "tab-indentation");
  }

  private skipToToken(): void {
    const { at } = this;
    for (;;) {
      at.skipSpaces();
      if (at.peek() === "#") at.skipLine();
      if (at.takeBreak() === "") return;
      if (this.level === 0) this.keyAllowed = true;
    }
  }

  /** Notes that a key may start here. */
  private saveKey(): void {
    if (!this.keyAllowed) return;
    const required = this.level === 0 && this.indent === this.at.column;
    this.keys.save(this.level, this.taken + this.tokens.length, required);
  }

  private unwind(column: number): void {
    if (this.level !== 0) return;
    while (this.indent > column) {
      this.indent = this.indents.pop() ?? -1;
      this.tokens.push(this.mark("block-end"));
    }
  }

  private mark(type: Token["type"], start = this.at.pos): Token {
    return { type, start, end: start };
  }

  /** Whether a block collection starts in this column. */
  private opens(column: number): boolean {
    if (this.level !== 0 || this.indent >= column) return false;
    this.indents.push(this.indent);
    this.indent = column;
    return true;
  }

  private indicator(type: Token["type"], length = 1): void {
    const start = this.at.pos;
    this.at.pos += length;
    this.tokens.push({ type, start, end: this.at.pos });
  }

  private end(): void {
    this.unwind(-1);
    this.keys.drop(this.level);
    this.keyAllowed = false;
    this.keys.clear();
    this.tokens.push(this.mark("stream-end"));
    this.done = true;
  }

  private directive(): void {
    this.unwind(-1);
    this.keys.drop(this.level);
    this.keyAllowed = false;
    this.tokens.push(scanDirective(this.at));
  }

  private documentIndicator(char: string): void {
    this.unwind(-1);
    this.keys.drop(this.level);
    this.keyAllowed = false;
    this.indicator(char === "-" ? "document-start" : "document-end", 3);
  }

  private blockEntry(): void {
    if (this.level === 0 && !this.keyAllowed) this.at.fail("a list's entry cannot start here");
    if (this.opens(this.at.column)) this.tokens.push(this.mark("block-sequence"));
    this.keyAllowed = true;
    this.keys.drop(this.level);
    this.indicator("-");
  }

  private key(): void {
    if (this.level === 0 && !this.keyAllowed) this.at.fail("a mapping's key cannot start here");
    if (this.opens(this.at.column)) this.tokens.push(this.mark("block-mapping"));
    this.keyAllowed = this.level === 0;
    this.keys.drop(this.level);
    this.indicator("key");
  }

  private value(): void {
    const key = this.keys.take(this.level);
    if (key) {
      const before = key.number - this.taken;
      this.tokens.splice(before, 0, this.mark("key", key.start));
      if (this.opens(key.column)) this.tokens.splice(before, 0, this.mark("block-mapping", key.start));
      this.keyAllowed = false;
    } else {
      if (this.level === 0 && !this.keyAllowed) this.at.fail("a mapping's value cannot start here");
      if (this.opens(this.at.column)) this.tokens.push(this.mark("block-mapping"));
      this.keyAllowed = this.level === 0;
    }
    this.indicator("value");
  }

  private quoted(): void {
    this.saveKey();
    this.keyAllowed = false;
    const start = this.at.pos;
    this.tokens.push({ type: "scalar", start, ...scanQuoted(this.at) });
  }

  private plain(): void {
    this.saveKey();
    const start = this.at.pos;
    const { text, end, lines } = scanPlain(this.at, this.indent + 1, this.level !== 0);
    this.keyAllowed = lines;
    this.tokens.push({ type: "scalar", start, end, text, plain: true });
  }

  private block(): void {
    this.keyAllowed = true;
    this.keys.drop(this.level);
    const start = this.at.pos;
    const { text, end } = scanBlock(this.at, this.indent);
    const header = /^[|>][-+0-9]*/.exec(this.at.text.slice(start, start + 3))?.[0] ?? "";
    this.tokens.push({ type: "scalar", start, end, text, header });
  }
}
