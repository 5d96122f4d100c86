import { expect, it, vi } from "vitest";
import { proveEdits } from "../../src/template/edit.ts";
import * as witness from "../../src/template/witness.ts";

vi.mock(import("../../src/template/witness.ts"), async (load) => {
  const real = await load();
  return { contradicts: vi.fn(real.contradicts) };
});

const text = "Resources:\n  F: {Layers: [a]}\n";
const edits = [{ op: "append" as const, path: ["Resources", "F", "Layers"], value: "b" }];

it("a rewrite that our own reader proves is refused when the other reader contradicts", () => {
  const proven = "Resources:\n  F: {Layers: [a, b]}\n";
  expect(proveEdits(text, edits)).toBe(proven);
  expect(witness.contradicts).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ text }),
    proven,
    edits,
  );
  vi.mocked(witness.contradicts).mockReturnValueOnce(true);
  expect(() => proveEdits(text, edits)).toThrow("another reader (yaml-cfn) reads the result differently");
});
