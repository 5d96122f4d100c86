// What the scanner makes of a YAML text, and the scanning of its smallest parts.
import type { Cursor } from "./cursor.ts";
import { isBlank, isEnd, isGap, nameOf } from "./cursor.ts";
import { skipRest } from "./scalars.ts";

/** A piece of a YAML text. Those that only structure makes (`block-…`, some `key`) have no length. */
export interface Token {
  readonly type:
    | "directive"
    | "document-start"
    | "document-end"
    | "stream-end"
    | "block-sequence"
    | "block-mapping"
    | "block-end"
    | "["
    | "]"
    | "{"
    | "}"
    | ","
    | "-"
    | "key"
    | "value"
    | "alias"
    | "anchor"
    | "tag"
    | "scalar";
  readonly start: number;
  readonly end: number;
  /** A scalar's text, an anchor's or alias's name, a tag's suffix, a directive's name. */
  readonly text?: string;
  /** A tag's handle: absent in `!<…>` and `!`. */
  readonly handle?: string;
  /** What a directive says. */
  readonly words?: readonly string[];
  /** A scalar without quotes. */
  readonly plain?: boolean;
  /** A block scalar's `|` or `>` with its indicators. */
  readonly header?: string;
}

const NAME = /[0-9A-Za-z_-]*/y;
const DIGITS = /[0-9]*/y;
const URI = /(?:[0-9A-Za-z\-;/?:@&=+$,_.!~*'()[\]]+|%)*/y;

export function scanAnchor(at: Cursor): Token {
  const start = at.pos;
  const type = at.peek() === "*" ? "alias" : "anchor";
  at.pos++;
  const text = at.take(NAME);
  const next = at.peek();
  if (text === "" || (!isBlank(next) && !"?:,]}%@`".includes(next ?? "")))
    at.fail(`an ${type}'s name has letters, digits, - and _, but here is ${nameOf(next)}`);
  return { type, start, end: at.pos, text };
}

export function scanTag(at: Cursor): Token {
  const start = at.pos;
  const next = at.peek(1);
  let handle: string | undefined;
  let text = "!";
  if (next === "<") {
    at.pos += 2;
    text = scanUri(at);
    if (at.peek() !== ">") at.fail(`expected > at the tag's end, but found ${nameOf(at.peek())}`);
    at.pos++;
  } else if (isBlank(next)) at.pos++;
  else {
    handle = "!";
    let word = at.pos + 1;
    while (!isGap(at.text[word]) && at.text[word] !== "!") word++;
    if (at.text[word] === "!") handle = scanHandle(at);
    else at.pos++;
    text = scanUri(at);
  }
  if (!isGap(at.peek())) at.fail(`expected a space behind the tag, but found ${nameOf(at.peek())}`);
  return { type: "tag", start, end: at.pos, text, ...(handle !== undefined && { handle }) };
}

/** `!`, `!!` or `!name!`. */
function scanHandle(at: Cursor): string {
  const start = at.pos;
  if (at.peek() !== "!") at.fail(`expected a tag's !, but found ${nameOf(at.peek())}`);
  at.pos++;
  if (at.peek() !== " ") {
    at.take(NAME);
    if (at.peek() !== "!") at.fail(`expected a tag handle's !, but found ${nameOf(at.peek())}`);
    at.pos++;
  }
  return at.text.slice(start, at.pos);
}

function scanUri(at: Cursor): string {
  const { pos } = at;
  const uri = at.take(URI);
  if (uri === "") at.fail(`expected a tag's name, but found ${nameOf(at.peek())}`);
  try {
    return decodeURIComponent(uri);
  } catch {
    return at.fail("the % escapes of the tag's name are no UTF-8", pos);
  }
}

/** A line that starts with `%`. */
export function scanDirective(at: Cursor): Token {
  const start = at.pos;
  at.pos++;
  const text = at.take(NAME);
  if (text === "" || !isGap(at.peek()))
    at.fail(`expected a directive's name, but found ${nameOf(at.peek())}`);
  const words: string[] = [];
  at.skipSpaces();
  if (text === "YAML") {
    words.push(scanNumber(at));
    if (at.peek() !== ".") at.fail(`expected the . of a YAML version, but found ${nameOf(at.peek())}`);
    at.pos++;
    scanNumber(at);
    if (!isGap(at.peek())) at.fail(`expected a space, but found ${nameOf(at.peek())}`);
  } else if (text === "TAG") {
    words.push(scanHandle(at));
    if (at.peek() !== " ") at.fail(`expected a space, but found ${nameOf(at.peek())}`);
    at.skipSpaces();
    words.push(scanUri(at));
    if (!isGap(at.peek())) at.fail(`expected a space, but found ${nameOf(at.peek())}`);
  } else while (!isEnd(at.peek())) at.pos++;
  const end = at.pos;
  skipRest(at);
  return { type: "directive", start, end, text, words };
}

function scanNumber(at: Cursor): string {
  const digits = at.take(DIGITS);
  if (digits === "") at.fail(`expected a digit of a YAML version, but found ${nameOf(at.peek())}`);
  return digits;
}
