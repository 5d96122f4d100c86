// No input makes anything but a refusal with a reason, and none takes long.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/report/errors.ts";
import { proveEdits } from "../../src/template/edit.ts";
import { EditRefused } from "../../src/template/apply.ts";
import { readFunctions } from "../../src/template/functions.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import { TemplateSyntaxError } from "../../src/template/syntax.ts";
import { Template } from "../../src/template/template.ts";
import { Choices } from "./choices.ts";
import { editsOf } from "./templates.ts";
import { mutated } from "./mutated.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");
const TEXTS = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => readFileSync(join(FIXTURES, name), "utf8"));
const JSON_TEXTS = TEXTS.flatMap(asJson);
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** The same template in JSON; none for a fixture that is refused. */
function asJson(text: string): string[] {
  try {
    return [JSON.stringify(parseTemplate(text), null, 2)];
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return [];
    throw error;
  }
}

/** A fixture with some bytes changed, put in, taken out or repeated; not always UTF-8, which the decoder mends. */
function mutatedBytes(choices: Choices): string {
  const texts = choices.rarely(4) ? JSON_TEXTS : TEXTS;
  let bytes = Buffer.from(texts[choices.below(texts.length)] ?? "");
  for (let count = 1 + choices.below(4); count > 0; count--) {
    const at = choices.below(bytes.length + 1);
    const length = choices.below(8);
    const kind = choices.below(4);
    const middle =
      kind === 0
        ? Buffer.from([choices.below(256)])
        : kind === 1
          ? bytes.subarray(at, at + length)
          : Buffer.alloc(0);
    const again = kind === 1 ? at : at + (kind === 0 ? choices.below(2) : length);
    bytes = Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(again)]);
  }
  return DECODER.decode(bytes);
}

/** Everything that happens to a template's text; what is refused is fine. */
function run(text: string, choices: Choices): "rewritten" | "refused" {
  try {
    const template = new Template(text);
    template.locator.positionOf(["Resources", "Function", "Properties", "Layers"]);
    const edits = editsOf(template.value, choices);
    askFunctions(template);
    proveEdits(template, edits);
    return "rewritten";
  } catch (error) {
    if (error instanceof TemplateSyntaxError || error instanceof EditRefused) return "refused";
    throw error;
  }
}

/** Functions with problems are no reason not to try the edits. */
function askFunctions(template: Template): void {
  try {
    readFunctions("t.yaml", template.value, () => template.locator);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}

const SEEDS = [1, Math.floor(Math.random() * 1e9)];

describe("no input makes a stack trace", () => {
  it.each(SEEDS)("mutated fixtures (seed %i)", { timeout: 180_000 }, (seed) => {
    const counts = { rewritten: 0, refused: 0 };
    let slowest = 0;
    for (let i = seed; i < seed + 50_000; i++) {
      const choices = new Choices(i);
      const text = choices.rarely(4) ? mutated(choices, TEXTS) : mutatedBytes(choices);
      const start = performance.now();
      try {
        counts[run(text, choices)]++;
      } catch (error) {
        throw new Error(`seed ${i}: ${JSON.stringify(text)}`, { cause: error });
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    expect(counts.rewritten).toBeGreaterThan(10_000);
    expect(slowest).toBeLessThan(2000);
  });
});

/** Thirty values, each made of the one before. */
const bomb = (first: string, next: (name: string) => string) =>
  `a0: &a0 ${first}\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} ${next(`a${i}`)}\n`).join("")}`;

describe("what is too much", () => {
  const DEEP = 10_000;
  it.each<[string, string, string]>([
    ["a bomb of lists", "alias-bomb", bomb("[x]", (name) => `[*${name}, *${name}, *${name}]`)],
    ["a bomb of mappings", "alias-bomb", bomb("{x: y}", (name) => `{a: *${name}, b: *${name}}`)],
    ["a bomb of merges", "alias-bomb", bomb("{x: y}", (name) => `{<<: [*${name}, *${name}], z: 1}`)],
    [
      "a chain of aliases",
      "too-deep",
      `a0: &a0 [x]\n${Array.from({ length: 600 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]\n`).join("")}`,
    ],
    ["deep lists", "too-deep", "[".repeat(DEEP)],
    ["deep mappings", "too-deep", "{a: ".repeat(DEEP)],
    [
      "deep block mappings",
      "too-deep",
      Array.from({ length: DEEP / 10 }, (_, i) => `${" ".repeat(i)}a:\n`).join(""),
    ],
    ["deep block lists", "too-deep", "- ".repeat(DEEP)],
    ["deep keys", "too-deep", "? ".repeat(DEEP)],
    ["deep JSON", "too-deep", "[".repeat(DEEP) + "]".repeat(DEEP)],
    ["deep JSON mappings", "too-deep", '{"a":'.repeat(DEEP) + "1" + "}".repeat(DEEP)],
  ])("%s", (_, reason, text) => {
    const start = performance.now();
    expect(() => parseTemplate(text)).toThrow(
      expect.objectContaining({ name: "TemplateSyntaxError", reason }),
    );
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("speed", () => {
  it.each<[string, string]>([
    ["one long line", `a: "${"x ".repeat(500_000)}"\n`],
    ["open brackets on one line", "[".repeat(400) + "a, ".repeat(300_000)],
    ["a comment a line", "# x\n".repeat(250_000)],
    ["many keys", Array.from({ length: 60_000 }, (_, i) => `key${i}: value\n`).join("")],
    ["many quotes", `a: ['${"', '".repeat(200_000)}']\n`],
    ["colons", `a: ${":a".repeat(500_000)}\n`],
    ["tags", `a: !${"x".repeat(500_000)} b\n`],
    ["escapes in a tag", `a: !${"%41".repeat(300_000)} b\n`],
    ["an open quote", `a: "${"\n".repeat(500_000)}`],
    ["JSON that ends early", `{"a": [${'"\\\\", '.repeat(150_000)}`],
  ])("1 MB of %s", (_, text) => {
    const start = performance.now();
    run(text, new Choices(1));
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
