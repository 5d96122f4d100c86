// SAM's own reader judges how templates are read and rewritten.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit, Json } from "../../src/template/apply.ts";
import { proveEdits, spliceEdits } from "../../src/template/edit.ts";
import { applyEdits, EditRefused } from "../../src/template/apply.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import { TemplateSyntaxError } from "../../src/template/syntax.ts";
import { Template } from "../../src/template/template.ts";
import { Choices } from "../template/choices.ts";
import type { Verdict } from "../template/judge.ts";
import { Judge } from "../template/judge.ts";
import { mutated } from "../template/mutated.ts";
import { editsOf, templateText } from "../template/templates.ts";
import { lab } from "../e2e/project.ts";

/** One that is always the same, and one that never is. */
const SEEDS = [1, Math.floor(Math.random() * 1e9)];
const BATCH = 250;

let judge: Judge;
beforeAll(() => (judge = new Judge(lab("SAM"))));
afterAll(() => judge.close());

/** Fails with what differs and the seed that made it. */
function differs(seed: number, what: string, ...texts: readonly unknown[]): never {
  expect.unreachable(`seed ${seed}: ${what}\n${texts.map((text) => JSON.stringify(text)).join("\n")}`);
}

/** JSON's zero has no sign here: Python's integer has none. */
const unsigned = (value: unknown): unknown => {
  if (typeof value === "number") return Object.is(value, -0) ? 0 : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unsigned);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unsigned(item)]));
};

function read(text: string): { value: Json } | TemplateSyntaxError {
  try {
    return { value: parseTemplate(text) };
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error;
    throw error;
  }
}

describe("reading", () => {
  // PyYAML sees these where it has read on, sam-pkg where they begin; PyYAML's columns leave out BOM and count characters
  const ELSEWHERE = /alias|% escapes/;
  // of several values that mean nothing, either may be named
  const STRUCTURE = /^(?:Scanner|Parser|Composer)Error/;

  function compare(seed: number, text: string, sam: Verdict): "read" | "refused" | "odd" {
    const mine = read(text);
    if ("error" in sam) {
      if (!(mine instanceof TemplateSyntaxError))
        differs(seed, `SAM refuses: ${sam.error}`, text, mine.value);
      const place = `${mine.line}:${mine.column}`;
      if (STRUCTURE.test(sam.error) && !ELSEWHERE.test(mine.message) && !/[\uFEFF\uD800-\uDFFF]/.test(text))
        expect(sam.places, `seed ${seed}: ${mine.message} ${JSON.stringify(text)}`).toContain(place);
      return "refused";
    }
    if (mine instanceof TemplateSyntaxError) {
      const meant =
        sam.odd || mine.reason !== "syntax" || mine.message.startsWith("the value cannot be read as");
      if (!meant) differs(seed, `only SAM reads it: ${mine.message}`, text, sam.value);
      return "odd";
    }
    if (!isDeepStrictEqual(unsigned(mine.value), unsigned(sam.value)))
      differs(seed, "read differently", text, mine.value, sam.value);
    return "read";
  }

  it.each(SEEDS)("means what SAM reads, and is refused where SAM refuses it (seed %i)", async (seed) => {
    const counts = { read: 0, refused: 0, odd: 0 };
    for (let batch = 0; batch < 60; batch++) {
      const texts = Array.from({ length: BATCH }, (_, i) => mutated(new Choices(seed + batch * BATCH + i)));
      const verdicts = await judge.read(texts);
      for (const [i, verdict] of verdicts.entries())
        counts[compare(seed + batch * BATCH + i, texts[i] ?? "", verdict)]++;
    }
    expect(counts.read).toBeGreaterThan(3000);
    expect(counts.refused).toBeGreaterThan(3000);
    expect(counts.odd).toBeLessThan(300);
  });
});

const lineEnds = (text: string) => new Set(text.match(/\r\n|[\r\n\u0085]/g));

describe("rewriting", () => {
  const EMPTY = /^(?:\s|~|null|\[\s*\]|\{\s*\})*$/i;

  interface Rewrite {
    readonly seed: number;
    readonly before: string;
    readonly after: string;
    readonly edits: readonly Edit[];
  }

  /** Undefined when it is refused. */
  function rewrite(seed: number, before: string, choices: Choices): Rewrite | undefined {
    const template = new Template(before);
    const edits = editsOf(template.value, choices);
    let after: string;
    try {
      after = proveEdits(template, edits);
    } catch (error) {
      if (error instanceof EditRefused) return undefined;
      throw error;
    }
    let at = 0;
    let rest = after;
    for (const { start, end, text } of spliceEdits(template, edits)) {
      const kept = before.slice(at, start);
      if (start < at || !rest.startsWith(kept + text))
        differs(seed, "changed outside of the edits", before, after);
      if (!EMPTY.test(before.slice(start, end))) differs(seed, "a value was removed", before, after);
      rest = rest.slice(kept.length + text.length);
      at = end;
    }
    if (rest !== before.slice(at)) differs(seed, "changed behind the edits", before, after);
    const ends = lineEnds(before);
    if (ends.size > 0 && [...lineEnds(after)].some((end) => !ends.has(end)))
      differs(seed, "line ends", before, after);
    return { seed, before, after, edits };
  }

  async function judged(rewrites: readonly Rewrite[]): Promise<void> {
    const verdicts = await judge.read(rewrites.flatMap(({ before, after }) => [before, after]));
    for (const [i, { seed, before, after, edits }] of rewrites.entries()) {
      const [old, now] = [verdicts[2 * i], verdicts[2 * i + 1]];
      if (!old || !now || "error" in old || "error" in now)
        differs(seed, "SAM refuses", before, after, old, now);
      if (!isDeepStrictEqual(now.value, applyEdits(old.value as Json, edits)))
        differs(seed, "SAM reads something else", before, after);
    }
  }

  it.each(SEEDS)("makes the edits and nothing else of generated templates (seed %i)", async (seed) => {
    let made = 0;
    let refused = 0;
    for (let batch = 0; batch < 12; batch++) {
      const rewrites = Array.from({ length: BATCH }, (_, i) => {
        const choices = new Choices(seed + batch * BATCH + i);
        return rewrite(seed + batch * BATCH + i, templateText(choices), choices);
      }).filter((one) => one !== undefined);
      made += rewrites.length;
      refused += BATCH - rewrites.length;
      await judged(rewrites);
    }
    expect(made + refused).toBe(12 * BATCH);
    // merged and aliased Layers, which only one template in eight can have
    expect(refused / made).toBeLessThan(0.05);
  });

  it("makes them of every project, with each kind of line end", async () => {
    const fixtures = join(import.meta.dirname, "../../fixtures");
    const names = (await readdir(fixtures, { recursive: true })).filter(
      (name) => /\.(?:ya?ml|json)$/.test(name) && !/^(?:refused|templates)\//.test(name),
    );
    expect(names.length).toBeGreaterThan(2);
    const texts = await Promise.all(names.map((name) => readFile(join(fixtures, name), "utf8")));
    const ends = ["\n", "\r\n", "\r"].flatMap((end) => texts.map((text) => text.replaceAll("\n", end)));
    const rewrites = ends.flatMap((text, i) => rewrite(i, text, new Choices(i)) ?? []);
    expect(rewrites).toHaveLength(ends.length);
    await judged(rewrites);
  });
});
