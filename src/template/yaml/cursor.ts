/*!
 * The rules of this folder's scanner, composer and constructor are those of PyYAML 6, under this licence:
 *
 * Copyright (c) 2017-2021 Ingy döt Net
 * Copyright (c) 2006-2016 Kirill Simonov
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of
 * this software and associated documentation files (the "Software"), to deal in
 * the Software without restriction, including without limitation the rights to
 * use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies
 * of the Software, and to permit persons to whom the Software is furnished to do
 * so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all
 * copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 * SOFTWARE.
 */
// A place in a text that moves on by YAML's rules of lines and columns.
import { TemplateSyntaxError } from "../syntax.ts";
import type { SyntaxReason } from "../syntax.ts";

/** CRLF, CR, LF, NEL, LS and PS end a line. */
const BREAK = /\r\n|[\r\n\u0085\u2028\u2029]/g;

/** Whether a character ends a line; `undefined` stands behind the text's end. */
export function isBreak(char: string | undefined): boolean {
  switch (char) {
    case "\n":
    case "\r":
    case "\u0085":
    case "\u2028":
    case "\u2029":
      return true;
    default:
      return false;
  }
}

/** Whether a line ends before the character: at a line break or the text's end. */
export function isEnd(char: string | undefined): boolean {
  return char === undefined || isBreak(char);
}

/** Whether a word ends before the character: at a space, a line break or the text's end. */
export function isGap(char: string | undefined): boolean {
  return char === undefined || char === " " || isBreak(char);
}

/** Whether a character is a gap or a tab. */
export function isBlank(char: string | undefined): boolean {
  return char === "\t" || isGap(char);
}

export class Cursor {
  readonly text: string;
  pos = 0;
  line = 0;
  private lineStart = 0;

  constructor(text: string) {
    this.text = text;
    if (text.startsWith("\uFEFF")) this.pos = this.lineStart = 1;
  }

  get column(): number {
    return this.pos - this.lineStart;
  }

  /** The character here, or some further on; undefined behind the end. */
  peek(ahead = 0): string | undefined {
    return this.text[this.pos + ahead];
  }

  /** Moves past what a sticky pattern matches here, and gives it. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.pos;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.pos += found.length;
    return found;
  }

  skipSpaces(): void {
    while (this.text[this.pos] === " ") this.pos++;
  }

  skipLine(): void {
    while (!isEnd(this.text[this.pos])) this.pos++;
  }

  /** Moves past a line break, and says what it means in a scalar: "" if there is none here. */
  takeBreak(): string {
    const char = this.text[this.pos];
    if (!isBreak(char)) return "";
    this.pos += char === "\r" && this.text[this.pos + 1] === "\n" ? 2 : 1;
    this.line++;
    this.lineStart = this.pos;
    return char === "\u2028" || char === "\u2029" ? char : "\n";
  }

  /** Whether `---` or `...` stands here as a word of its own; the caller knows that a line starts here. */
  atSeparator(): boolean {
    const { text, pos } = this;
    return (text.startsWith("---", pos) || text.startsWith("...", pos)) && isBlank(text[pos + 3]);
  }

  /** Throws; of a message's offset, the line and column count from 1. */
  fail(message: string, offset = this.pos, reason: SyntaxReason = "syntax"): never {
    throw syntaxError(this.text, message, offset, reason);
  }
}

/** Where each line starts; the first one behind the BOM. */
export function lineStarts(text: string): number[] {
  const starts = [text.startsWith("\uFEFF") ? 1 : 0];
  for (const { index, 0: lineBreak } of text.matchAll(BREAK)) starts.push(index + lineBreak.length);
  return starts;
}

/** The error with the line and column of an offset. */
export function syntaxError(
  text: string,
  message: string,
  offset: number,
  reason: SyntaxReason = "syntax",
): TemplateSyntaxError {
  const starts = lineStarts(text.slice(0, offset));
  const column = Math.max(1, offset - (starts.at(-1) ?? 0) + 1);
  return new TemplateSyntaxError(reason, message, starts.length, column);
}

/** A character as a message names it. */
export function nameOf(char: string | undefined): string {
  if (char === undefined) return "the end of the file";
  if (isBreak(char)) return "the end of the line";
  return char === "\t" ? "a tab" : char === " " ? "a space" : JSON.stringify(char);
}
