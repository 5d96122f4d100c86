// Texts that are almost YAML: pieces of it in any order, and templates with a few characters changed.
import type { Choices } from "./choices.ts";

const TOKENS =
  `a|b|a: |b: |- |-|? |: |:|,|, |[|]|{|}|&a |*a|&b |*b|*a : |!Ref |!GetAtt |!Sub |!x|! |!!str |!!int |!!float |!!bool
!!map |!!seq |!!null |!!set |!!binary |!<!Foo> |!e!x |!%41 |!%C3%A9 |>|>-|'|''|'x'|"|"y"|\\|\\n|\\x41|\\u00e9|#| #c| # c
 |  |---|...|<<: |<<|=|=: |~|null|yes|on|1|012|0x1F|0b1|0b_|1_0|1:30|1.5|1e3|1.5e+3|.inf|.nan|+|.|2010-09-09|@|%|x y|a.b.c
__proto__: |"a": |'b' : |{a: 1}|[1, 2]|- - |[a: b]|{a}|,,|é|😀|NaN|true|1: |"1": |!!timestamp x|!!omap |? [a]`
    .split(/[|\n]/)
    .concat("|", "|-", "|+", "|2", ">1-", "|0", "`");
const BREAKS = [
  "\n",
  "\n",
  "\n ",
  "\n  ",
  "\n    ",
  "\n  - ",
  "\n- ",
  "\n:",
  "\n---\n",
  "\n...\n",
  "\\\n",
  "\r\n",
  "\r",
];
const ODD = ["\t", "\u0085", "\u2028", "\u2029", "\uFEFF", "\u00A0", "\u0007", "\0", "\u007F", "\uFFFE"];
const STARTS = [
  "%YAML 1.1\n---\n",
  "%YAML 1.2\n---\n",
  "%YAML 2.0\n---\n",
  "%TAG !e! !E\n---\n",
  "---\n",
  "? a\n: b\n",
];
const PIECES = [...TOKENS, ...TOKENS, ...BREAKS, ...BREAKS, ...ODD, ...STARTS];

const TEXTS = [
  "a:\n  b: &x\n    c: 1\n    d: [e, f]\n  g: *x\nh:\n  <<: *x\n  i: |\n    text\n     more\n\n  j: >-\n    fold\n    ed\n",
  "R:\n  F:\n    Properties:\n      Runtime: python3.12 # c\n      Layers:\n      - !Ref L\n      - a:b\n    Metadata: {Packages: {Build: [gcc], R: []}}\n",
  '{"a": {"b": [1, 2, {"c": "d"}]},\n "e": true}',
  "a: 'x\n  y\n\n  z'\nb: \"q\\\n  r\\u0041\"\nc: plain\n  more\n   text # c\nd: [a,\n  b, # c\n c: d]\n",
  "- - a\n  - b\n-\n  - c\n- ? d\n  : e\n-   f: 1\n    g: 2\n",
];

const pieceOf = (choices: Choices): string => PIECES[choices.below(PIECES.length)] ?? "";

/** A text of pieces, or one of `texts` with some of them put in and some characters taken out. */
export function mutated(choices: Choices, texts: readonly string[] = TEXTS): string {
  if (choices.rarely(3))
    return Array.from({ length: 1 + choices.below(12) }, () => pieceOf(choices)).join("");
  let text = texts[choices.below(texts.length)] ?? "";
  if (choices.rarely(3)) text = text.slice(0, 20 + choices.below(text.length));
  for (let count = 1 + choices.below(3); count > 0; count--) {
    const at = choices.below(text.length + 1);
    const rest = text.slice(at + (choices.rarely(3) ? choices.below(4) : 0));
    text = text.slice(0, at) + (choices.rarely(4) ? "" : pieceOf(choices)) + rest;
  }
  // half of an astral character is no UTF-8
  return /\p{Surrogate}/u.test(text) ? "" : text;
}
