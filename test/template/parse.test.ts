import { describe, expect, it } from "vitest";
import { parseTemplate } from "../../src/template/parse.ts";
import { TemplateSyntaxError } from "../../src/template/syntax.ts";

// Every expectation here was seen to be what SAM's own reader (samcli.yamlhelper.yaml_parse) gives.
describe("scalars as PyYAML reads them", () => {
  it.each<[string, unknown]>([
    ...["yes", "Yes", "YES", "on", "true", "TRUE"].map((text): [string, unknown] => [text, true]),
    ...["no", "No", "NO", "off", "false", "False"].map((text): [string, unknown] => [text, false]),
    ...["y", "n", "Y", "N", "tRue", "1e3", "1.5e3", "089", "0o12", "0X1F", "1:60", "-.5", "1.2.3", "x"].map(
      (text): [string, unknown] => [text, text],
    ),
    ...["", "~", "null", "Null", "NULL"].map((text): [string, unknown] => [text, null]),
    ["012", 10],
    ["-012", -10],
    ["22:22", 1342],
    ["1:59:59", 7199],
    ["1:30.5", 90.5],
    ["1_000", 1000],
    ["0x1F", 31],
    ["0b101", 5],
    ["123456789012", 123_456_789_012],
    ["3.10", 3.1],
    ["1.5e+3", 1500],
    ["5.", 5],
    [".5", 0.5],
    [".inf", Infinity],
    ["-.INF", -Infinity],
    [".nan", Number.NaN],
    ["-0", 0],
    ["2010-09-09", "2010-09-09"],
    ["2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"],
    ["!!timestamp 2010-09-09", "2010-09-09"],
    ["'012'", "012"],
    ['"yes"', "yes"],
    ["!!str 12", "12"],
    ['!!int "12"', 12],
  ])("%s", (text, value) => {
    expect(parseTemplate(`a: ${text}\n`)).toStrictEqual({ a: value });
  });
});

describe("short forms", () => {
  it.each<[string, unknown]>([
    ["!Ref x", { Ref: "x" }],
    ["!Condition x", { Condition: "x" }],
    ["!Sub 012", { "Fn::Sub": "012" }],
    ["!Length [1, yes]", { "Fn::Length": [1, true] }],
    ["!ToJsonString {a: b}", { "Fn::ToJsonString": { a: "b" } }],
    ["!Anything::Else x", { "Fn::Anything::Else": "x" }],
    ["!GetAtt A.B.C", { "Fn::GetAtt": ["A", "B.C"] }],
    ["!GetAtt A", { "Fn::GetAtt": ["A"] }],
    ["!GetAtt [A, B]", { "Fn::GetAtt": ["A", "B"] }],
    ["!Ref", { Ref: "" }],
    ["!If [c, !Ref x, !GetAtt b.c]", { "Fn::If": ["c", { Ref: "x" }, { "Fn::GetAtt": ["b", "c"] }] }],
    ["!Sub\n  - ${a}\n  - a: !Ref b", { "Fn::Sub": ["${a}", { a: { Ref: "b" } }] }],
  ])("%s", (text, value) => {
    expect(parseTemplate(`a: ${text}\n`)).toStrictEqual({ a: value });
  });
});

describe("structure", () => {
  it.each<[string, string, unknown]>([
    ["nothing", "", null],
    ["only a comment", "# x\n", null],
    ["the last of duplicate keys", "a: {b: 1}\na: {c: 2}\n", { a: { c: 2 } }],
    ["an alias", "a: &x {b: 1}\nc: *x\n", { a: { b: 1 }, c: { b: 1 } }],
    ["a merge", "a: &x {b: 1, c: 2}\nd:\n  b: 3\n  <<: *x\n", { a: { b: 1, c: 2 }, d: { b: 3, c: 2 } }],
    ["the first of merged mappings", "d:\n  <<: [{b: 1}, {b: 2, c: 3}]\n", { d: { b: 1, c: 3 } }],
    ["a quoted << is no merge", 'd: {"<<": {a: 1}}\n', { d: { "<<": { a: 1 } } }],
    ["BOM and CRLF", "\uFEFFa: 1\r\nb: |\r\n  x\r\n", { a: 1, b: "x\n" }],
    ["directive, document start and end", "%YAML 1.1\n---\na: 012\n...\n", { a: 10 }],
    ["JSON", '{"a": 1e3, "a": "\\/", "b": [null]}', { a: "/", b: [null] }],
    ["JSON with BOM", '\uFEFF{"a": 1}', { a: 1 }],
    ["almost JSON", '{"a": 1e3,}', { a: "1e3" }],
    ["an empty entry before a less indented one", "- -\n  -\n-\n- a\n", [[null, null], null, "a"]],
    ["quotes indented less", "a:\n  b: 'x\ny'\n  c: [d,\ne\n]\n", { a: { b: "x y", c: ["d", "e"] } }],
    ["CR as line end", "a:\r  b: |\r    x\r", { a: { b: "x\n" } }],
    ["NEL and LS as line ends", "a: 1\u0085b: 2\u2028c: 'x\u2028y'", { a: 1, b: 2, c: "x\u2028y" }],
    ["a number in quotes behind !", "a: ! '12'\n", { a: 12 }],
    [
      "a tag by its handle",
      "%TAG !e! !\n---\na: !e!Ref x\nb: !<!Sub> y\n",
      { a: { Ref: "x" }, b: { "Fn::Sub": "y" } },
    ],
    ["a comment right behind quotes", "a: 'b'#c\n", { a: "b" }],
    ["a key named =", "=: 1\n", { "=": 1 }],
    ["a pair in a list", "[a: 1, b]\n", [{ a: 1 }, "b"]],
    ["tabs inside values", "a: 'b\tc' # d\te\nf: \"g\th\"\n", { a: "b\tc", f: "g\th" }],
    [
      "keys that are no texts",
      "2: a\nyes: b\n~: c\n2010-09-09: d\n",
      { 2: "a", true: "b", null: "c", "2010-09-09": "d" },
    ],
    ["lists not indented", "a:\n- b\n- c: 1\n  d: 2\n-\n", { a: ["b", { c: 1, d: 2 }, null] }],
  ])("%s", (_, text, value) => {
    expect(parseTemplate(text)).toStrictEqual(value);
  });

  it.each([
    "__proto__: {polluted: 1}\n",
    '{"__proto__": {"polluted": 1}}',
    "a:\n  <<: {__proto__: {polluted: 1}}\n",
  ])("no prototype is changed by %s", (text) => {
    const value = parseTemplate(text);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(Reflect.get(Object(value), "polluted")).toBeUndefined();
    expect(JSON.stringify(value)).toContain('"__proto__"');
  });

  it("shares many settings with many functions", () => {
    const settings = Array.from({ length: 30 }, (_, i) => `  s${i}: ${i}\n`).join("");
    const functions = Array.from({ length: 500 }, (_, i) => `f${i}:\n  <<: *s\n`).join("");
    expect(Object.keys(Object(parseTemplate(`s: &s\n${settings}${functions}`)))).toHaveLength(501);
  });
});

describe("what cannot be read", () => {
  it.each<[string, string, number, number]>([
    ["a:\n\tb: 1\n", "tab-indentation", 2, 1],
    ["a:\n  - b\n \t- c\n", "tab-indentation", 3, 2],
    ["a:\n  b: |\n    x\n\ty: 1\n", "tab-indentation", 4, 1],
    ["a: |\n  x\n  \ty\nb: c: d\n", "syntax", 4, 5],
    ["a: 1\nb: [1\n", "syntax", 3, 1],
    ["a: 1\nb: 2: 3\n", "syntax", 2, 5],
    ["a: *x\n", "syntax", 1, 4],
    ["a: !!python/object x\n", "syntax", 1, 4],
    ["a: 1\n---\nb: 2\n", "multiple-documents", 2, 1],
    ["a: &a [*a]\n", "recursive-alias", 1, 8],
    ["a: &x 1\nb: &x 2\n", "syntax", 2, 4],
    ["a: 1\nb: =\n", "syntax", 2, 4],
    ["a: <<\n", "syntax", 1, 4],
    ["a: 0b_\n", "syntax", 1, 4],
    ["a: !!bool maybe\n", "syntax", 1, 4],
    ["a: 1\n? [b]\n: c\n", "syntax", 2, 3],
    ["!Ref a: 1\n", "syntax", 1, 1],
    ["a:\n  <<: 1\n", "syntax", 2, 7],
    ["a:\n  <<: [{b: 1}, 2]\n", "syntax", 2, 16],
    ["a: !e!x 1\n", "syntax", 1, 4],
    ["a: \u0007\n", "syntax", 1, 4],
    ["a:\tb\n", "syntax", 1, 3],
    ['{\n\t"a": 1,\n}', "tab-indentation", 2, 1],
    ["a: 'b\n", "syntax", 1, 4],
    ['a: "\\q"\n', "syntax", 1, 6],
    ["a: b\n  c: d\n", "syntax", 2, 4],
    ["a: 1\nb\nc: 2\n", "syntax", 2, 1],
    ["%YAML 2.0\n---\na: 1\n", "syntax", 1, 1],
    ["a: 1\n...\nb: 2\n", "syntax", 3, 1],
    ["a: @b\n", "syntax", 1, 4],
    ["1: a\n'1': b\n", "ambiguous-key", 1, 1],
    ["1: a\nyes: b\n", "ambiguous-key", 2, 1],
    ["a: !!binary aGk=\n", "no-json-value", 1, 4],
    ["a: !!set {b}\n", "no-json-value", 1, 4],
    ['{"a": [1,\n NaN]}', "no-json-value", 2, 2],
  ])("%j: %s", (text, reason, line, column) => {
    let error: unknown;
    try {
      parseTemplate(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TemplateSyntaxError);
    expect(error).toMatchObject({ reason, line, column, message: expect.stringMatching(/^[^\n]+$/) });
  });

  it("a key of more than 1,024 characters", () => {
    const key = "😀".repeat(1024);
    expect(parseTemplate(`a: 1\n${key}: 2\n`)).toStrictEqual({ a: 1, [key]: 2 });
    expect(() => parseTemplate(`a: 1\n${key}x: 2\n`)).toThrow(
      expect.objectContaining({ line: 2, column: 1, message: "a key has at most 1,024 characters" }),
    );
  });

  it("a tab inside a block scalar is fine", () => {
    expect(parseTemplate("a: |\n  x\n  \ty\n")).toStrictEqual({ a: "x\n\ty\n" });
  });
});
