import { describe, expect, it } from "vitest";
import { proveEdits } from "../../src/template/edit.ts";
import { EditRefused } from "../../src/template/apply.ts";
import { Template } from "../../src/template/template.ts";
import { contradicts } from "../../src/template/witness.ts";
import { Choices } from "./choices.ts";
import { editsOf, templateText } from "./templates.ts";

const template = new Template("Resources:\n  F:\n    Properties: {Layers: [a]}\n");
const edits = [{ op: "append" as const, path: ["Resources", "F", "Properties", "Layers"], value: "b" }];

describe("contradicts", () => {
  it("knows the right text from wrong ones", () => {
    const right = "Resources:\n  F:\n    Properties: {Layers: [a, b]}\n";
    expect(contradicts(template, right, edits)).toBe(false);
    for (const wrong of [
      template.text,
      right.replace("[a, b]", "[a b]"),
      right.replace("F:", "G:"),
      `${right}  H: 1\n`,
      `${right}---\n`,
      "{",
      "",
    ]) {
      expect(contradicts(template, wrong, edits), wrong).toBe(true);
    }
  });

  it.each([
    ["a duplicate key", "A: 1\nA: 2\nL: [a]\n", "A: 1\nA: 2\nL: [a, b]\n"],
    ["a tag that yaml-cfn does not know", "A: !Length [1]\nL: [a]\n", "A: !Length [1]\nL: [a, b]\n"],
    ["a line break of YAML 1.1", "A: 1\u0085L: [a]\n", "A: 1\u0085L: [a, b]\n"],
    ["a list's empty entry", "A:\n  - - 1\n    -\n  - 2\nL: [a]\n", "A:\n  - - 1\n    -\n  - 2\nL: [a, b]\n"],
    [
      "a list that comes by a merge",
      "B: &b {L: [a]}\nC:\n  <<: *b\n",
      "B: &b {L: [a]}\nC:\n  <<: *b\n  L: [a, b]\n",
    ],
  ])("has no opinion where it cannot read the old text: %s", (name, before, after) => {
    const path = name.includes("merge") ? ["C", "L"] : ["L"];
    expect(contradicts(new Template(before), after, [{ op: "append", path, value: "b" }])).toBe(false);
  });

  it("agrees with whatever our reader proves, and mostly has an opinion", () => {
    let proven = 0;
    for (let seed = 0; seed < 3000; seed++) {
      const choices = new Choices(seed);
      const source = new Template(templateText(choices));
      try {
        proveEdits(source, editsOf(source.value, choices));
        proven++;
      } catch (error) {
        expect(error).toBeInstanceOf(EditRefused);
        expect((error as EditRefused).message, source.text).not.toContain("another reader");
      }
    }
    expect(proven).toBeGreaterThan(2800);
  });
});
