import { describe, expect, it } from "vitest";
import { proveEdits } from "../../src/template/edit.ts";
import { append, ARN, holds, set } from "./edits.ts";

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
