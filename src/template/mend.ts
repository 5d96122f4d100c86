// `yaml` breaks off at lines that are indented less than it wants, where SAM and js-yaml read on.
import { Lexer } from "yaml";

const FLOW_BROKEN_OFF = "\u0018";
const SCALAR_FOLLOWS = "\u001F";
const DOCUMENT_FOLLOWS = "\u0002";
const QUOTED = /"(?:[^"\\]+|\\[^])*"|'(?:[^']+|'')*'/y;
const MOST = 200;

/**
 * The text as `yaml` can take it, each character at its old offset: under-indented quoted texts and flow collections
 * go on one line. Only for finding places: what stands in a mended quoted text is not what it means.
 */
export function mend(text: string): string {
  let mended = text;
  for (let count = 0; count < MOST; count++) {
    const [start, end] = firstBreak(mended);
    if (start === end) break;
    mended = mended.slice(0, start) + blank(mended.slice(start, end)) + mended.slice(end);
  }
  return mended;
}

/** A quoted text loses its line breaks, what stands between the entries of a flow collection its comments too. */
function blank(part: string): string {
  return part.replace(/^["']/.test(part) ? /[\r\n]/g : /[^]/g, " ");
}

function firstBreak(text: string): readonly [start: number, end: number] {
  let offset = 0;
  let contentEnd = 0;
  let before = "";
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === FLOW_BROKEN_OFF) return [contentEnd, offset];
    if (lexeme !== SCALAR_FOLLOWS && lexeme !== DOCUMENT_FOLLOWS) {
      QUOTED.lastIndex = offset;
      const whole = before !== SCALAR_FOLLOWS && /^["']/.test(lexeme) ? QUOTED.exec(text)?.[0] : undefined;
      if (whole !== undefined && whole.length > lexeme.length) return [offset, offset + whole.length];
      offset += lexeme.length;
      if (!/^(?:\s|#|$)/.test(lexeme)) contentEnd = offset;
    }
    before = lexeme;
  }
  return [0, 0];
}
