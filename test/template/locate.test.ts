import { describe, expect, it } from "vitest";
import type { Path } from "../../src/template/locate.ts";
import { locate } from "../../src/template/locate.ts";

/** The text of the value at a path. */
function slice(text: string, path: Path): string | undefined {
  const found = locate(text).find(path);
  return found && text.slice(found.start, found.end);
}

const TEMPLATE = `# a comment
Resources:
  F: &anchor
    Type: AWS::Serverless::Function # trailing
    "Layers": !If
      - C
      - [a, {b: c, d: }]
      - !Ref Other
    Code: |
      one
      two

    Name: !Sub &n "x
      y"
    Nothing:
    Tilde: ~
  G: *anchor
  F:
    last: 1
8080: port
yes: true
`;

describe("find", () => {
  it.each<[string, Path, string, string]>([
    ["a scalar", ["Resources", "F", "last"], "1", "scalar"],
    ["a number's key", [8080], "port", "scalar"],
    ["a key by its meaning", ["true"], "true", "scalar"],
    ["an alias", ["Resources", "G"], "*anchor", "alias"],
    ["the last of duplicates", ["Resources", "F"], "last: 1", "mapping"],
  ])("%s", (_, path, text, kind) => {
    expect(slice(TEMPLATE, path)).toBe(text);
    expect(locate(TEMPLATE).find(path)).toMatchObject({ kind });
  });

  const once = TEMPLATE.replace("  F:\n    last: 1\n", "");
  it.each<[string, Path, string, string, string]>([
    ["tag and anchor", ["Name"], '!Sub &n "x\n      y"', "mapping", "flow"],
    ["a short form's value", ["Name", "Fn::Sub"], '"x\n      y"', "scalar", "flow"],
    [
      "a short form's list",
      ["Layers", "Fn::If"],
      "- C\n      - [a, {b: c, d: }]\n      - !Ref Other",
      "sequence",
      "block",
    ],
    ["within it", ["Layers", "Fn::If", 0], "C", "scalar", "block"],
    ["a flow list", ["Layers", "Fn::If", 1], "[a, {b: c, d: }]", "sequence", "flow"],
    ["within that", ["Layers", "Fn::If", 1, 1, "b"], "c", "scalar", "flow"],
    ["a null in flow", ["Layers", "Fn::If", 1, 1, "d"], "", "null", "flow"],
    ["a short form in a short form", ["Layers", "Fn::If", 2, "Ref"], "Other", "scalar", "flow"],
    ["a block scalar", ["Code"], "|\n      one\n      two\n", "scalar", "block"],
    ["an empty value", ["Nothing"], "", "null", "block"],
    ["a null", ["Tilde"], "~", "null", "block"],
  ])("%s", (_, path, text, kind, style) => {
    const full = ["Resources", "F", ...path];
    expect(slice(once, full)).toBe(text);
    expect(locate(once).find(full)).toMatchObject({ kind, style });
  });

  it("finds nothing behind an alias, in a merge, or where nothing is", () => {
    const text = "a: &x {b: 1}\nc: *x\nd: {<<: *x}\n";
    for (const path of [["c", "b"], ["d", "b"], ["e"], ["a", "b", 0]])
      expect(locate(text).find(path)).toBeUndefined();
    expect(locate(text).find(["d"])?.merges).toBe(true);
  });

  it("gives the key's range and the entries for insertion", () => {
    const found = locate(TEMPLATE).find(["Resources"]);
    expect(TEMPLATE.slice(found?.keyStart, found?.keyEnd)).toBe("Resources");
    expect(found?.items.map((item) => TEMPLATE.slice(item.entryStart, item.after))).toStrictEqual([
      "F:",
      "G:",
      "F:",
    ]);
  });

  it("reads JSON, BOM, CRLF and document marks", () => {
    expect(slice('\uFEFF{\r\n "a": [1, {"b": null}]\r\n}', ["a", 1, "b"])).toBe("null");
    expect(slice('{\t"a": [1, {"b": null}]}', ["a", 1, "b"])).toBe("null");
    expect(slice("%YAML 1.1\n---\n? a\n: - b\n  - c\n...\n", ["a", 1])).toBe("c");
    expect(slice("[a: b]\n", [0, "a"])).toBe("b");
    expect(locate("").find([])).toBeUndefined();
  });
});

describe("positionOf", () => {
  it.each<[string, Path, number, number]>([
    ["a key, not its value", ["Resources", "F"], 18, 3],
    ["an element of a list", ["list", 1], 2, 12],
    ["the nearest value above", ["Resources", "G", "x", 0], 17, 3],
    ["the root", [], 2, 1],
  ])("%s", (_, path, line, column) => {
    const text = path[0] === "list" ? "# x\nlist: [a,  b]\n" : TEMPLATE;
    expect(locate(text).positionOf(path)).toStrictEqual({ line, column });
  });

  it("does not count the BOM, and counts nothing in an empty text", () => {
    expect(locate("\uFEFFa: 1\n").positionOf(["a"])).toStrictEqual({ line: 1, column: 1 });
    expect(locate("").positionOf(["a"])).toStrictEqual({ line: 1, column: 1 });
    expect(locate("a: 1\nb: 2\n").positionAt(8)).toStrictEqual({ line: 2, column: 4 });
  });
});

describe("layout", () => {
  it("sees the indentation step and whether lists are indented", () => {
    expect(locate("a:\n    b:\n        c: 1\nd:\n- 1\n")).toMatchObject({
      step: 4,
      indentedSequences: false,
    });
    expect(locate("a:\n  - 1\n")).toMatchObject({ step: 2, indentedSequences: true });
  });
});
