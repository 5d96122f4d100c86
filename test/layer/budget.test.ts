import { describe, expect, it } from "vitest";
import { budgetOf, MOST_BYTES } from "../../src/layer/budget.ts";
import type { LayerFile } from "../../src/layer/file.ts";
import { layerFile } from "./files.ts";

const sized = (path: string, length: number, owner: string | undefined = "p"): LayerFile => ({
  ...layerFile(path),
  bytes: new Uint8Array(length),
  package: owner,
});

describe("budgetOf", () => {
  it("knows Lambda's limit", () => {
    expect(MOST_BYTES).toBe(250 * 1024 * 1024);
  });

  it.each([
    [0, "fits"],
    [209_715_200, "fits"],
    [209_715_201, "tight"],
    [262_144_000, "tight"],
    [262_144_001, "too-large"],
  ])("%d bytes: %s", (bytes, verdict) => {
    expect(budgetOf([sized("lib/a", bytes)])).toStrictEqual({
      bytes,
      verdict,
      shares: [{ package: "p", bytes }],
    });
  });

  it("adds up by package, largest first; the runtime image's own has no name", () => {
    const files = [
      sized("lib/a", 5, "small"),
      sized("lib/b", 100, "large"),
      { ...sized("lib/c", 40), package: undefined },
      sized("lib/d", 6, "small"),
    ];
    expect(budgetOf(files)).toStrictEqual({
      bytes: 151,
      verdict: "fits",
      shares: [
        { package: "large", bytes: 100 },
        { package: undefined, bytes: 40 },
        { package: "small", bytes: 11 },
      ],
    });
    expect(budgetOf([])).toStrictEqual({ bytes: 0, verdict: "fits", shares: [] });
  });
});
