import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Edit, Json } from "../../src/template/edit.ts";
import { applyEdits, EditRefused, proveEdits, spliceEdits } from "../../src/template/edit.ts";
import type { Path } from "../../src/template/locate.ts";
import { parseTemplate } from "../../src/template/parse.ts";

const set = (path: string | Path, value: Json): Edit => ({ op: "set", path: split(path), value });
const append = (path: string | Path, value: Json): Edit => ({ op: "append", path: split(path), value });
const split = (path: string | Path): Path => (typeof path === "string" ? path.split(".") : path);
const ARN = "arn:aws:lambda:us-east-1:123456789012:layer:x:1";

/** Tables read better without their backslashes: a template literal, its indentation taken off. */
function text(strings: TemplateStringsArray): string {
  return (strings.raw[0] ?? "").replace(/^\n/, "").replaceAll(/^ {6}/gm, "").replace(/ +$/, "");
}

type Example = readonly [name: string, before: string, edits: readonly Edit[], after: string];

function holds(examples: readonly Example[]): void {
  it.each(examples)("%s", (_, before, edits, after) => {
    expect(proveEdits(before, edits)).toBe(after);
    expect(spliceEdits(before, edits)).toBe(after);
  });
}

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
    ["empty literal", "a:\n  b: |\n\nc: 1\n", [set("a.d", 1)], "a:\n  b: |\n\n  d: 1\nc: 1\n"],
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
      "{a:  1, b: [2], c: {d: 3}}\n",
    ],
  ]);
});

describe("flow collections", () => {
  holds([
    [
      "in a block",
      "a: {b: 1, c: [x, y]} # z\n",
      [append("a.c", ARN), append("a.c", "v"), set("a.d", { e: [{ Ref: "R" }] })],
      `a: {b: 1, c: [x, y, "${ARN}", v], d: {e: [!Ref R]}} # z\n`,
    ],
    [
      "empty",
      "a: []\nb: {}\nc: [ ]\n",
      [append("a", "x"), append("a", { k: 1 }), set("b.u", "z"), append("c", 1)],
      "a: [x, {k: 1}]\nb: {u: z}\nc: [1 ]\n",
    ],
    [
      "trailing comma",
      "a: [x, y,]\nb: {c: 1 , }\n",
      [append("a", "z"), set("b.d", 1)],
      "a: [x, y, z,]\nb: {c: 1, d: 1 , }\n",
    ],
    ["no spaces", "a: [x,y]\n", [append("a", "z")], "a: [x,y,z]\n"],
    [
      "quoted as its neighbours",
      'a: {"b": ["c"]}\n',
      [append("a.b", "d"), set("a.e", "f")],
      'a: {"b": ["c", "d"], "e": "f"}\n',
    ],
    ["one a line", "a: [\n  x,\n  y\n]\n", [append("a", "z")], "a: [\n  x,\n  y,\n  z\n]\n"],
    [
      "comments in it",
      "a: [\n  x, # one\n  y # two, three\n]\n",
      [append("a", "z"), append("a", "w")],
      "a: [\n  x, # one\n  y, # two, three\n  z,\n  w\n]\n",
    ],
    [
      "comments and a trailing comma",
      "a: [\n  x, # one\n  # end\n]\n",
      [append("a", "z")],
      "a: [\n  x, # one\n  z,\n  # end\n]\n",
    ],
    [
      "a comma behind the comment",
      "a: [\n  x # one\n  , ]\n",
      [append("a", "z")],
      "a: [\n  x,\n  z # one\n  , ]\n",
    ],
    ["a comment in an empty one", "a: [ # none\n  ]\n", [append("a", "z")], "a: [z # none\n  ]\n"],
    [
      "short forms",
      "a: !If [c, [x], !Ref y]\n",
      [append(["a", "Fn::If", 1], "z"), set(["a", "Fn::If", 2], ["w"])],
      "a: !If [c, [x, z], [w]]\n",
    ],
    [
      "short forms in a block",
      "a: !If\n- c\n- - x\n- [y]\n",
      [append(["a", "Fn::If", 1], "z"), append(["a", "Fn::If", 2], "z")],
      "a: !If\n- c\n- - x\n  - z\n- [y, z]\n",
    ],
  ]);
});

const pretty = (value: unknown, unit: string | number, newline = "\n"): string =>
  JSON.stringify(value, null, unit).replaceAll("\n", newline);

describe("JSON", () => {
  const before = { R: { F: { P: { A: 1, L: ["x"] }, E: {} } }, N: null, Q: [] };
  const edits = [
    append("R.F.P.L", { Ref: "Y" }),
    set("R.F.E.K", "v"),
    set("R.F.M.S", ["a", {}]),
    set("N.x", 1),
    append("Q", 1),
  ];
  const after = {
    R: { F: { P: { A: 1, L: ["x", { Ref: "Y" }] }, E: { K: "v" }, M: { S: ["a", {}] } } },
    N: { x: 1 },
    Q: [1],
  };

  it.each<[string, string | number, string]>([
    ["two spaces", 2, "\n"],
    ["four spaces", 4, "\n"],
    ["tabs, CRLF", "\t", "\r\n"],
    ["minified", "", "\n"],
  ])("%s: as JSON.stringify would have it", (_, unit, newline) => {
    const result = proveEdits(pretty(before, unit, newline), edits);
    // a value in place of null stays on its line
    expect(result.replace(/"N":\s*\{\s*"x":\s*1\s*\}/, '"N":"?"')).toBe(
      pretty(after, unit, newline).replace(/"N":\s*\{\s*"x":\s*1\s*\}/, '"N":"?"'),
    );
    expect(JSON.parse(result)).toStrictEqual(after);
  });

  holds([
    [
      "spaced on one line, BOM",
      '\uFEFF{"a": 1, "b": [1]}',
      [append("b", 2), set("c", { d: [1, 2] })],
      '\uFEFF{"a": 1, "b": [1, 2], "c": {"d": [1, 2]}}',
    ],
    [
      "lists on one line",
      '{\n  "a": [1, 2],\n  "b": ["x"]\n}\n',
      [append("a", 3), append("b", "y")],
      '{\n  "a": [1, 2, 3],\n  "b": ["x", "y"]\n}\n',
    ],
    [
      "strings that YAML would leave plain",
      '{"a":["x"]}',
      [append("a", { Ref: "b" }), set("c", "d\u2028")],
      '{"a":["x",{"Ref":"b"}],"c":"d\\u2028"}',
    ],
  ]);
});

describe("replacing", () => {
  holds([
    ["nothing when it is equal", "a: [1, 2] # x\n", [set("a", [1, 2])], "a: [1, 2] # x\n"],
    [
      "scalars",
      "a: 'x' # y\nb: x\n  y\nc: |\n  x\n\nd: 1\n",
      [set("a", "z"), set("b", 1), set("c", "no")],
      'a: z # y\nb: 1\nc: "no"\n\nd: 1\n',
    ],
    ["a scalar by a list", "a: x # y\nb: 1\n", [set("a", ["z"])], "a: # y\n  - z\nb: 1\n"],
    [
      "a short form by a list",
      "a: !Sub x\n",
      [set("a", [{ "Fn::Sub": "x" }, { Ref: "AWS::Region" }])],
      'a:\n  - Fn::Sub: x\n  - !Ref "AWS::Region"\n',
    ],
    [
      "collections",
      "a: # k\n  b: 1\nc:\n  - 1\n  - 2\nd: [1]\n",
      [set("a", ["x"]), set("c", "u"), set("d", ["z"])],
      "a: # k\n  - x\nc: u\nd: [z]\n",
    ],
    [
      "what an edit has just written",
      "a:\n  b: 1\n",
      [set("a.c", 1), set("a", { d: {} }), set("a.d.e", [1]), append("a.d.e", 2)],
      "a:\n  d:\n    e:\n      - 1\n      - 2\n",
    ],
    ["an alias", "a: &x {b: 1}\nc: *x\n", [set("c", "u")], "a: &x {b: 1}\nc: u\n"],
    [
      "what a merge gave",
      "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n",
      [set("d.b", 3)],
      "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  b: 3\n",
    ],
  ]);

  it("quotes what SAM would not read as that string", () => {
    const strings = [
      "yes",
      "y",
      "012",
      "1e3",
      "~",
      "",
      " a",
      "a: b",
      "a #b",
      "a:",
      "- a",
      "a,b",
      "{}",
      "!a",
      "*a",
      "@a",
      "=",
      "<<",
      "2010-09-09",
      "22:22",
      "a\nb",
      "\u2028\u0085",
      "é",
      '"',
      "it's",
    ];
    const result = proveEdits("a: []\nb:\n", [set("b", strings), ...strings.map((s) => append("a", s))]);
    expect(
      result
        .split("\n")
        .slice(2, -1)
        .every((line) => line.startsWith('  - "')),
    ).toBe(true);
    expect(
      proveEdits("a: 1\n", [set("b", ["x-y_z", "a b", "AWS::Region", "/opt/lib", "libpq.so.5", ARN])]),
    ).not.toContain('"');
  });
});

describe("refusals", () => {
  it.each<[string, string, readonly Edit[], Path, RegExp]>([
    [
      "an anchored value",
      "a: &x\n  b: 1\nc: *x\n",
      [set("d", 1), set("a.e", 1)],
      ["a", "e"],
      /anchor \(&x\).*\*x/,
    ],
    ["inside an anchored value", "a: &x {b: [1]}\nc: *x\n", [append("a.b", 2)], ["a", "b"], /anchor \(&x\)/],
    [
      "an anchored value merged elsewhere",
      "a: &x {b: 1}\nc: {<<: *x}\n",
      [set("a.b", 2)],
      ["a", "b"],
      /anchor \(&x\)/,
    ],
    ["behind an alias", "a: &x {b: 1}\nc: *x\n", [set("c.d", 1)], ["c", "d"], /anchor \(&x\)/],
    [
      "inside what a merge gave",
      "a: &x {p: {b: 1}}\nc:\n  <<: *x\n",
      [set("c.p.d", 1)],
      ["c", "p", "d"],
      /merge \(<<\)/,
    ],
    ["a key for a short form", "a: !Ref x\n", [set("a.b", 1)], ["a", "b"], /short form !Ref/],
    ["an element for a short form", "a: !Ref x\n", [append("a", 1)], ["a"], /no list/],
    ["a list that is not there", "a: 1\n", [append("b", 1)], ["b"], /no list/],
    ["a list that is null", "a:\n", [append("a", 1)], ["a"], /no list/],
    ["below a scalar", "a: {b: 1}\n", [set("a.b.c", 1)], ["a", "b", "c"], /a\.b is not a mapping/],
    ["an element that is not there", "a: [1]\n", [set(["a", 1], 1)], ["a", 1], /no element 1/],
    ["an empty text", "# x\n", [set("a", 1)], ["a"], /empty/],
    ["a prototype", "a: {}\n", [set("a.__proto__.b", 1)], ["a", "__proto__", "b"], /__proto__/],
    ["a list that ends the file in a block text", "a:\n  - |\n    x", [append("a", "y")], ["a"], /newline/],
  ])("%s", (_, before, edits, path, reason) => {
    let error: unknown;
    try {
      proveEdits(before, edits);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(EditRefused);
    expect(error).toMatchObject({ path, message: expect.stringMatching(reason) });
  });

  it("an anchor that nothing else uses is no obstacle", () => {
    expect(proveEdits("a: &x\n  b: 1\n", [set("a.c", 1)])).toBe("a: &x\n  b: 1\n  c: 1\n");
  });
});

describe("applyEdits", () => {
  it("changes nothing that it was given, and nothing that is shared", () => {
    const shared = { list: [1] };
    const before = { a: shared, b: shared };
    const written = { x: [] };
    const after = applyEdits(before, [append("a.list", 2), set("c", written), append("c.x", 1)]);
    expect(after).toStrictEqual({ a: { list: [1, 2] }, b: { list: [1] }, c: { x: [1] } });
    expect([before, written]).toStrictEqual([{ a: { list: [1] }, b: { list: [1] } }, { x: [] }]);
    expect(Object(after).b).toBe(shared);
  });
});

describe("large templates", () => {
  it.each(["\n", ""])(
    "a thousand edits of a template with five hundred functions (JSON break: %j)",
    (lineBreak) => {
      const names = Array.from({ length: 500 }, (_, i) => `F${i}`);
      const yaml = `R:\n${names.map((name) => `  ${name}:\n    P:\n      Code: |\n        x\n      Layers: [a]\n`).join("")}`;
      const json = JSON.stringify(parseTemplate(yaml), null, lineBreak === "" ? 0 : 2);
      const edits = names.flatMap((name) => [append(`R.${name}.P.Layers`, ARN), set(`R.${name}.M.S`, name)]);
      for (const before of [yaml, json]) {
        const start = performance.now();
        const after = proveEdits(before, edits);
        expect(performance.now() - start).toBeLessThan(3000);
        expect(parseTemplate(after)).toStrictEqual(applyEdits(parseTemplate(before), edits));
      }
    },
  );
});

// Templates of every style, each value with the text that says it.
interface Style {
  readonly newline: readonly string[];
  readonly step: number;
  readonly indentedLists: boolean;
  readonly end: boolean;
  readonly bom: boolean;
}
type Shape =
  | { readonly kind: "scalar"; readonly lines: readonly [string, ...string[]]; readonly comment: string }
  | {
      readonly kind: "map" | "list";
      readonly flow: boolean;
      readonly items: readonly Shape[];
      readonly comment: string;
    };

const comment = fc.constantFrom("", "", "", " # c", " # a: [b, c]");
const scalarLines = fc.constantFrom<readonly [string, ...string[]]>(
  ["x"],
  ["12"],
  ["!Ref X"],
  ["'it''s'"],
  ['"a # b"'],
  [""],
  ["~"],
  ["a", " b"],
  ['"q', ' r"'],
  ["|-", " t", "", " u"],
  [">-", " t"],
  ["!Sub |-", " t", "  u"],
  ["[]"],
  ["{}"],
);
const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ kind: fc.constant("scalar" as const), lines: scalarLines, comment }),
    fc.record({
      kind: fc.constantFrom("map" as const, "list" as const),
      flow: fc.boolean(),
      items: fc.array(tie("shape"), { minLength: 1, maxLength: 4 }),
      comment,
    }),
  ),
}));
const style: fc.Arbitrary<Style> = fc.record({
  newline: fc.constantFrom(["\n"], ["\r\n"], ["\n", "\r\n", "\n"]),
  step: fc.constantFrom(1, 2, 4),
  indentedLists: fc.boolean(),
  end: fc.boolean(),
  bom: fc.boolean(),
});

function flowText(it_: Shape): string {
  if (it_.kind === "scalar") return it_.lines.length > 1 || it_.lines[0] === "" ? "f" : it_.lines[0];
  const items = it_.items.map((item, i) => (it_.kind === "map" ? `k${i}: ` : "") + flowText(item)).join(", ");
  return it_.kind === "map" ? `{${items}}` : `[${items}]`;
}

/** What follows `key:` or `-`, the first line with its leading space. */
function blockText(it_: Shape, column: number, how: Style): string[] {
  const pad = " ".repeat(column);
  if (it_.kind === "scalar") {
    const [first, ...rest] = it_.lines;
    const open = rest.length > 0 && !/[|>]-$/.test(first);
    return [
      (first && ` ${first}`) + (open ? "" : it_.comment),
      ...rest.map((line) => (line === "" ? "" : `${pad}${line}`)),
    ];
  }
  if (it_.flow) return [` ${flowText(it_)}${it_.comment}`];
  const lines = it_.items.flatMap((item, i) =>
    entryText(item, it_.kind === "map" ? `k${i}` : undefined, column, how),
  );
  return [it_.comment, ...lines];
}

function entryText(it_: Shape, key: string | undefined, column: number, how: Style): string[] {
  const pad = " ".repeat(column);
  const sameColumn = key !== undefined && it_.kind === "list" && !it_.flow && !how.indentedLists;
  const [first = "", ...rest] = blockText(
    it_,
    sameColumn ? column : column + (key === undefined ? 2 : how.step),
    how,
  );
  if (key === undefined && first === "" && rest[0] !== undefined)
    return [`${pad}- ${rest[0].trimStart()}`, ...rest.slice(1)];
  // js-yaml reads `-` with nothing behind it wrongly where a less indented `-` follows
  if (key === undefined && rest.length === 0 && /^(?: #.*)?$/.test(first)) return [`${pad}- ~${first}`];
  return [`${pad}${key === undefined ? "-" : `${key}:`}${first}`, ...rest];
}

function templateText(items: readonly Shape[], how: Style): string {
  const lines = items.flatMap((item, i) => entryText(item, `k${i}`, 0, how));
  const joined = lines.map((line, i) => line + (how.newline[i % how.newline.length] ?? "")).join("");
  return (how.bom ? "\uFEFF" : "") + (how.end ? joined : joined.replace(/\r?\n$/, ""));
}

/** An edit that only adds, at each mapping and list of a value that the seeds choose. */
function additions(value: Json, path: Path, chosen: () => boolean, add: Json): Edit[] {
  if (typeof value !== "object" || value === null) return [];
  const list = Array.isArray(value);
  if (Object.keys(value).some((key) => key === "Ref" || key.startsWith("Fn::"))) return [];
  const below = Object.entries(value).flatMap(([key, item]) =>
    additions(item, [...path, list ? Number(key) : key], chosen, add),
  );
  if (!chosen()) return below;
  return [...below, list ? append(path, add) : set([...path, "new"], add)];
}

/** Whether the old text is what remains of the new one when insertions are taken out. */
function remains(before: string, after: string): boolean {
  let at = 0;
  for (const char of after) if (before.startsWith(char, at)) at += char.length;
  return at === before.length;
}

const added = fc.constantFrom<Json>("x", ARN, "yes", 1, [], ["a", { Ref: "R" }], {
  p: { q: ["r", { s: [] }] },
  t: null,
});

describe("properties", () => {
  it("additions are proven and leave every other byte", () => {
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 1, maxLength: 4 }),
        style,
        fc.infiniteStream(fc.boolean()),
        added,
        fc.boolean(),
        (items, how, seeds, add, backwards) => {
          const before = templateText(items, how);
          const edits = additions(parseTemplate(before), [], () => seeds.next().value, add);
          const after = proveEdits(before, backwards ? edits.toReversed() : edits);
          expect(remains(before, after)).toBe(true);
          if (before.includes("\n") && how.newline.length === 1 && how.newline[0] === "\r\n")
            expect(after).not.toMatch(/[^\r]\n/);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("in JSON too, which stays JSON and as JSON.stringify writes it", () => {
    const unit = fc.constantFrom(0, 2, 4, "\t");
    const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(value, unit, fc.infiniteStream(fc.boolean()), added, (json, indent, seeds, add) => {
        const before = JSON.stringify(json, null, indent);
        fc.pre(!before.includes("__proto__"));
        const edits = additions(parseTemplate(before), [], () => seeds.next().value, add);
        expect(proveEdits(before, edits)).toBe(
          JSON.stringify(applyEdits(parseTemplate(before), edits), null, indent),
        );
      }),
    );
  });
});
