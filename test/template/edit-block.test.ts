import { describe } from "vitest";
import { append, ARN, holds, set, text } from "./edits.ts";

describe("block mappings", () => {
  holds([
    [
      "several edits at one place, the innermost first",
      text`
      R:
        F:
          P:
            Handler: a # why

      # end
      `,
      [
        set("R.F.P.Layers", [ARN, { Ref: "Other" }]),
        set("R.F.Metadata.SamPkg", "ab12"),
        set("Metadata.By", "me"),
      ],
      text`
      R:
        F:
          P:
            Handler: a # why
            Layers:
              - arn:aws:lambda:us-east-1:123456789012:layer:x:1
              - !Ref Other
          Metadata:
            SamPkg: ab12
      Metadata:
        By: me

      # end
      `,
    ],
    [
      "several edits of one mapping that is not there, and of one list",
      "A:\n- x\nB: 1\n",
      [set("C.d", 1), set("C.e.f", true), append("A", "u"), append("A", { k: "v", l: ["w"] })],
      "A:\n- x\n- u\n- k: v\n  l:\n  - w\nB: 1\nC:\n  d: 1\n  e:\n    f: true\n",
    ],
    ["no newline at the end", "a:\n  b: 1", [set("a.c", 1), set("d", {})], "a:\n  b: 1\n  c: 1\nd: {}"],
    ["CRLF", "a:\r\n  b: 1\r\nc: 2\r\n", [set("a.l", ["x"])], "a:\r\n  b: 1\r\n  l:\r\n    - x\r\nc: 2\r\n"],
    [
      "mixed line breaks",
      "a:\n  b: 1\r\nc: 2\n",
      [set("a.d", 1), set("e", 1)],
      "a:\n  b: 1\r\n  d: 1\r\nc: 2\ne: 1\n",
    ],
    ["BOM", "\uFEFFa: 1\n", [set("b", [1])], "\uFEFFa: 1\nb:\n  - 1\n"],
    ["document marks", "---\na: 1\n...\n", [set("b", 1)], "---\na: 1\nb: 1\n...\n"],
    [
      "steps of four",
      "a:\n    b: \n        c: 1\n",
      [set("d.e", [1])],
      "a:\n    b: \n        c: 1\nd:\n    e:\n        - 1\n",
    ],
    [
      "compact entries",
      "a:\n- k: v\n-  l: w\n",
      [set(["a", 0, "m"], 1), set(["a", 1, "m"], { o: 1 })],
      "a:\n- k: v\n  m: 1\n-  l: w\n   m:\n     o: 1\n",
    ],
    [
      "quoted keys",
      "\"a\":\n  'b': 1\n",
      [set("a.c d", 1), set("a.e: f", 1)],
      '"a":\n  \'b\': 1\n  c d: 1\n  "e: f": 1\n',
    ],
    [
      "nested lists",
      "a:\n  - - 1\n    - 2\n",
      [append(["a", 0], [3, [4]]), append("a", [])],
      "a:\n  - - 1\n    - 2\n    - - 3\n      - - 4\n  - []\n",
    ],
    [
      "comments behind the last entry",
      "a:\n  b: 1\n  # c: 2\n\n# d\ne: 1\n",
      [set("a.x", 1)],
      "a:\n  b: 1\n  x: 1\n  # c: 2\n\n# d\ne: 1\n",
    ],
    [
      "a last value that is null",
      "a:\n  b: # none\nc:\n",
      [set("a.d", 1), set("e", 1)],
      "a:\n  b: # none\n  d: 1\nc:\ne: 1\n",
    ],
    [
      "the last of duplicates",
      "a: {b: 1}\na:\n  c: 1\nd: 1\nd: 2\n",
      [set("a.e", 1), set("d", 3)],
      "a: {b: 1}\na:\n  c: 1\n  e: 1\nd: 1\nd: 3\n",
    ],
    ["explicit keys", "? a\n: b\n? c\n: d\n", [set("e", 1)], "? a\n: b\n? c\n: d\ne: 1\n"],
  ]);
});

describe("last values of more than one line", () => {
  holds([
    [
      "literal",
      "a:\n  b: |\n    x\n\n    y\n\n# z\nc: 1\n",
      [set("a.d", 1)],
      "a:\n  b: |\n    x\n\n    y\n  d: 1\n\n# z\nc: 1\n",
    ],
    ["kept", "a:\n  b: |+\n    x\n\n\nc: 1\n", [set("a.d", 1)], "a:\n  b: |+\n    x\n\n\n  d: 1\nc: 1\n"],
    [
      "folded, CRLF",
      "a:\r\n  b: >-\r\n    x\r\n    y\r\n",
      [set("a.d", 1)],
      "a:\r\n  b: >-\r\n    x\r\n    y\r\n  d: 1\r\n",
    ],
    ["empty literal", "a:\n  b: |\n\nc: 1\n", [set("a.d", 1)], "a:\n  b: |\n  d: 1\n\nc: 1\n"],
    ["literal in a list", "a:\n- |\n  x\n", [append("a", "u"), set("c", 1)], "a:\n- |\n  x\n- u\nc: 1\n"],
    ["stripped, no newline at the end", "a: |-\n  x", [set("b", 1)], "a: |-\n  x\nb: 1"],
    // behind it, the text would gain a newline in its value
    [
      "literal, no newline at the end",
      "z: 1\na:\n  b: |\n    x",
      [set("a.d", 1)],
      "z: 1\na:\n  d: 1\n  b: |\n    x",
    ],
    ["plain", "a:\n  b: x\n    y # z\nc: 1\n", [set("a.d", 1)], "a:\n  b: x\n    y # z\n  d: 1\nc: 1\n"],
    ["quoted", 'a:\n  b: "x\n\n    y" # z\n', [set("a.d", 1)], 'a:\n  b: "x\n\n    y" # z\n  d: 1\n'],
    [
      "quoted and under-indented",
      'a:\n  b: "x\n y"\nc: 1\n',
      [set("a.d", 1)],
      'a:\n  b: "x\n y"\n  d: 1\nc: 1\n',
    ],
    [
      "flow and under-indented",
      "a:\n  b: [x, # one\n y,\n{w: 1,\n v: 2}\n]\nc: 1\n",
      [append("a.b", 3), set(["a", "b", 2, "u"], 4), set("a.d", 1)],
      "a:\n  b: [x, # one\n y,\n{w: 1,\n v: 2,\n u: 4},\n3\n]\n  d: 1\nc: 1\n",
    ],
    ["flow", "a:\n  b: [x,\n    y] # z\n", [set("a.d", 1)], "a:\n  b: [x,\n    y] # z\n  d: 1\n"],
  ]);
});

describe("null values", () => {
  holds([
    ["empty", "a:\n  b:\nc: 1\n", [set("a.b", ["x"])], "a:\n  b:\n    - x\nc: 1\n"],
    ["empty, lists not indented", "a:\n- x\nb:\nc: 1\n", [set("b", ["x"])], "a:\n- x\nb:\n- x\nc: 1\n"],
    [
      "empty with a comment",
      "a: # why\n# next\nb: 1\n",
      [set("a", ["x"])],
      "a: # why\n  - x\n# next\nb: 1\n",
    ],
    ["empty with a comment, scalar", "a: # why\n", [set("a", "x")], "a: x # why\n"],
    ["empty, no newline", "a:\n  b:", [set("a.b.c.d", 1)], "a:\n  b:\n    c:\n      d: 1"],
    [
      "null with a comment",
      "a: null # why\nb: ~\n",
      [set("a.x", [1]), set("b", [])],
      "a: # why\n  x:\n    - 1\nb: []\n",
    ],
    [
      "in a list",
      "a:\n  -\n  - # c\n  - ~\n",
      [set(["a", 0], { x: 1, u: 2 }), set(["a", 1], "z")],
      "a:\n  - x: 1\n    u: 2\n  - z # c\n  - ~\n",
    ],
    [
      "in flow",
      "{a: , b, c: null}\n",
      [set("a", 1), set("b", [2]), set("c.d", 3)],
      "{a: 1 , b: [2], c: {d: 3}}\n",
    ],
  ]);
});
