import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { reportError } from "../../src/cli/errors.ts";
import { dockerfilesOf } from "../../src/pipeline/dockerfiles.ts";
import { checkNamesakes } from "../../src/pipeline/namesakes.ts";
import { planRewrites, proveRewrites } from "../../src/pipeline/outputs.ts";
import { LAYER_STAND_INS, standIn } from "../../src/pipeline/rewrite.ts";
import { readStacks } from "../../src/pipeline/stacks.ts";
import { capture } from "../cli/capture.ts";

const FOLDER = join(import.meta.dirname, "../../fixtures/refused");

beforeEach(() => {
  vi.stubEnv("NO_COLOR", "1");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What the user would read; nothing for a template that is taken. */
async function refusal(file: string): Promise<string> {
  const stderr = capture("stderr");
  try {
    const tree = await readStacks(file, { listener: () => undefined });
    checkNamesakes(tree, await dockerfilesOf(tree), () => undefined);
    const standIns = tree.requests.map((request) => standIn(request, LAYER_STAND_INS.version));
    proveRewrites(planRewrites(tree), standIns);
  } catch (error) {
    expect(reportError(error)).toBe(2);
  }
  return stderr().replaceAll(`${FOLDER}/`, "");
}

describe("a template that cannot be transformed is refused with its exact message", () => {
  const names = readdirSync(FOLDER).filter((name) => /\.(?:yaml|json)$/.test(name));

  it.each(names)("%s", async (name) => {
    const text = await refusal(join(FOLDER, name));
    expect(text).toContain("hint: ");
    await expect(text).toMatchFileSnapshot(join(FOLDER, name.replace(/yaml$|json$/, "txt")));
  });
});
