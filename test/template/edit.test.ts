import { describe, expect, it } from "vitest";
import type { Edit } from "../../src/template/apply.ts";
import { proveEdits } from "../../src/template/edit.ts";
import { applyEdits, EditRefused } from "../../src/template/apply.ts";
import type { Path } from "../../src/template/locate.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import { append, ARN, holds, set } from "./edits.ts";

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
