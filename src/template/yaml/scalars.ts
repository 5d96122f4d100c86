// Reads the texts of a YAML document: plain, quoted and block scalars.
import type { Cursor } from "./cursor.ts";
import { isBreak, isEnd, isGap, nameOf } from "./cursor.ts";

/** What a scalar says, and where it ends. */
export interface ScalarText {
  readonly text: string;
  readonly end: number;
}

const LINE = /[^\r\n\u0085\u2028\u2029]*/y;
const QUOTED_WORD = /[^'"\\ \t\r\n\u0085\u2028\u2029]*/y;
const BLOCK_WORD = /(?:[^: \t\r\n\u0085\u2028\u2029]+|:(?![ \t\r\n\u0085\u2028\u2029]|$))*/y;
const FLOW_WORD = /(?:[^:,?[\]{} \t\r\n\u0085\u2028\u2029]+|:(?![,[\]{} \t\r\n\u0085\u2028\u2029]|$))*/y;

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\u0007",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\u001B",
  " ": " ",
  '"': '"',
  "\\": "\\",
  "/": "/",
  N: "\u0085",
  _: "\u00A0",
  L: "\u2028",
  P: "\u2029",
};
const ESCAPE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A scalar between quotes; its lines may be indented in any way. */
export function scanQuoted(at: Cursor): ScalarText {
  const start = at.pos;
  const quote = at.peek();
  at.pos++;
  let text = scanWord(at, quote === '"');
  while (at.peek() !== quote) {
    text += scanQuotedSpaces(at, start);
    text += scanWord(at, quote === '"');
  }
  at.pos++;
  return { text, end: at.pos };
}

/** What stands between quotes up to a space, line break or the closing quote. */
function scanWord(at: Cursor, double: boolean): string {
  let text = "";
  for (;;) {
    text += at.take(QUOTED_WORD);
    const char = at.peek();
    if (!double && char === "'" && at.peek(1) === "'") {
      text += "'";
      at.pos += 2;
    } else if ((double && char === "'") || (!double && (char === '"' || char === "\\"))) {
      text += char;
      at.pos++;
    } else if (double && char === "\\") {
      at.pos++;
      text += scanEscape(at);
    } else return text;
  }
}

function scanEscape(at: Cursor): string {
  const char = at.peek() ?? "";
  if (isBreak(char)) {
    at.takeBreak();
    return scanQuotedBreaks(at);
  }
  const escaped = Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined;
  if (escaped !== undefined) {
    at.pos++;
    return escaped;
  }
  const length = Object.hasOwn(ESCAPE_LENGTHS, char) ? ESCAPE_LENGTHS[char] : undefined;
  if (length === undefined) return at.fail(`\\${char} is no escape of a double-quoted text`);
  at.pos++;
  const digits = at.text.slice(at.pos, at.pos + length);
  if (digits.length < length || /[^0-9A-Fa-f]/.test(digits))
    return at.fail(`\\${char} needs ${length} hexadecimal digits`);
  const code = Number.parseInt(digits, 16);
  if (code > 0x10_ff_ff) return at.fail(`\\${char}${digits} is no character`);
  at.pos += length;
  return String.fromCodePoint(code);
}

function scanQuotedSpaces(at: Cursor, start: number): string {
  const from = at.pos;
  while (at.peek() === " " || at.peek() === "\t") at.pos++;
  const spaces = at.text.slice(from, at.pos);
  if (at.peek() === undefined) return at.fail("the quoted text is never closed", start);
  if (!isBreak(at.peek())) return spaces;
  return fold(at.takeBreak(), scanQuotedBreaks(at));
}

/** One line break between lines of text is a space, more are themselves less one. */
function fold(first: string, others: string): string {
  if (first !== "\n") return first + others;
  return others === "" ? " " : others;
}

function scanQuotedBreaks(at: Cursor): string {
  let breaks = "";
  for (;;) {
    if (at.atSeparator()) at.fail("a document separator stands inside a quoted text");
    while (at.peek() === " " || at.peek() === "\t") at.pos++;
    if (!isBreak(at.peek())) return breaks;
    breaks += at.takeBreak();
  }
}

/** A plain scalar. `lines` says whether the cursor came to another line behind it. */
export function scanPlain(at: Cursor, indent: number, flow: boolean): ScalarText & { lines: boolean } {
  let text = "";
  let end = at.pos;
  let lines = false;
  let spaces = "";
  while (at.peek() !== "#") {
    const word = at.take(flow ? FLOW_WORD : BLOCK_WORD);
    if (word === "") break;
    text += spaces + word;
    end = at.pos;
    const line = at.line;
    const found = scanPlainSpaces(at);
    // a text that goes on is no key on this line any more; one that broke off may be followed by one
    lines = at.line > line;
    if (found === undefined || found === "" || (!flow && at.column < indent)) break;
    spaces = found;
  }
  return { text, end, lines };
}

/** The white space between two parts of a plain scalar, as it counts; undefined before a document separator. */
function scanPlainSpaces(at: Cursor): string | undefined {
  const from = at.pos;
  at.skipSpaces();
  if (!isBreak(at.peek())) return at.text.slice(from, at.pos);
  const first = at.takeBreak();
  if (at.atSeparator()) return undefined;
  let breaks = "";
  for (;;) {
    at.skipSpaces();
    if (!isBreak(at.peek())) return fold(first, breaks);
    breaks += at.takeBreak();
    if (at.atSeparator()) return undefined;
  }
}

/** A block scalar from its `|` or `>` on, in a collection of this indentation (-1: in none). */
export function scanBlock(at: Cursor, outer: number): ScalarText {
  const folded = at.peek() === ">";
  at.pos++;
  const { chomping, increment } = scanHeader(at);
  let end = at.pos;
  const least = Math.max(1, outer + 1);
  let breaks: string;
  let indent: number;
  if (increment === undefined) {
    const found = scanIndentation(at);
    breaks = found.breaks;
    indent = Math.max(least, found.most);
  } else {
    indent = least + increment - 1;
    breaks = scanBlockBreaks(at, indent);
  }
  let text = "";
  let last = "";
  while (at.column === indent && at.peek() !== undefined) {
    text += breaks;
    const spaced = at.peek() === " " || at.peek() === "\t";
    text += at.take(LINE);
    last = at.takeBreak();
    end = at.pos;
    breaks = scanBlockBreaks(at, indent);
    if (at.column !== indent || at.peek() === undefined) break;
    if (folded && last === "\n" && !spaced && at.peek() !== " " && at.peek() !== "\t") {
      if (breaks === "") text += " ";
    } else text += last;
  }
  if (chomping !== "-") text += last;
  if (chomping !== "+" || breaks === "") return { text, end };
  return { text: text + breaks, end: at.pos - at.column };
}

function scanHeader(at: Cursor): { chomping: string; increment: number | undefined } {
  const [header = ""] = /^(?:[+-][0-9]?|[0-9][+-]?)?/.exec(at.text.slice(at.pos, at.pos + 2)) ?? [];
  at.pos += header.length;
  const digit = /[0-9]/.exec(header)?.[0];
  if (digit === "0")
    at.fail("the indentation of a block text is 1 to 9, not 0", at.pos - header.length + header.indexOf("0"));
  if (!isGap(at.peek()))
    at.fail(`expected + or - or a digit or nothing after | or >, but found ${nameOf(at.peek())}`);
  skipRest(at);
  return {
    chomping: /[+-]/.exec(header)?.[0] ?? "",
    increment: digit === undefined ? undefined : Number(digit),
  };
}

/** Moves to the next line past spaces and a comment. */
export function skipRest(at: Cursor): void {
  at.skipSpaces();
  if (at.peek() === "#") at.skipLine();
  if (!isEnd(at.peek())) at.fail(`expected a comment or the end of the line, but found ${nameOf(at.peek())}`);
  at.takeBreak();
}

function scanIndentation(at: Cursor): { breaks: string; most: number } {
  let breaks = "";
  let most = 0;
  for (;;) {
    at.skipSpaces();
    most = Math.max(most, at.column);
    if (!isBreak(at.peek())) return { breaks, most };
    breaks += at.takeBreak();
  }
}

function scanBlockBreaks(at: Cursor, indent: number): string {
  let breaks = "";
  for (;;) {
    while (at.column < indent && at.peek() === " ") at.pos++;
    if (!isBreak(at.peek())) return breaks;
    breaks += at.takeBreak();
  }
}
