import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/report/diagnostic.ts";
import { byPosition, formatDiagnostic } from "../../src/report/diagnostic.ts";
import { InputError, Interrupted, WorkError } from "../../src/report/errors.ts";

const problem: Diagnostic = { severity: "error", file: "app/t.yaml", message: "it is wrong" };

/** A problem at a place, or at none. */
const at = (message: string, line?: number, column = 1): Diagnostic =>
  line === undefined ? { ...problem, message } : { ...problem, message, position: { line, column } };

describe("formatDiagnostic", () => {
  it.each<[Partial<Diagnostic>, string]>([
    [{}, "app/t.yaml: error: it is wrong"],
    [{ position: { line: 3, column: 14 } }, "app/t.yaml:3:14: error: it is wrong"],
    [{ severity: "warning", hint: "do this" }, "app/t.yaml: warning: it is wrong\n  hint: do this"],
  ])("%j", (change, text) => {
    expect(formatDiagnostic({ ...problem, ...change })).toBe(text);
  });
});

describe("byPosition", () => {
  it("goes by line, then column; what has no place comes first; equal places keep their order", () => {
    const sorted = [at("d", 10, 2), at("c", 9, 30), at("e", 10, 11), at("a"), at("b", 9, 4), at("b2", 9, 4)];
    expect(sorted.toSorted(byPosition).map(({ message }) => message)).toStrictEqual([
      "a",
      "b",
      "b2",
      "c",
      "d",
      "e",
    ]);
  });

  it("is a total order", () => {
    const position = fc.record({
      line: fc.integer({ min: 1, max: 5 }),
      column: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(position), (positions) => {
        const sorted = positions.map((place) => ({ ...problem, position: place })).toSorted(byPosition);
        const keys = sorted.map(({ position: { line, column } }) => line * 10 + column);
        expect(keys).toStrictEqual(keys.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("errors", () => {
  it("carry what the command line shows", () => {
    const cause = new Error("below");
    expect(new WorkError("failed", { hint: "h", quote: "q", cause })).toMatchObject({
      name: "WorkError",
      message: "failed",
      hint: "h",
      quote: "q",
      cause,
    });
    expect(new InputError([problem, { ...problem, message: "so is this" }]).message).toBe(
      "it is wrong; so is this",
    );
    expect(new Interrupted().message).toBe("interrupted");
  });
});
