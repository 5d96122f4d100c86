import { expect, it } from "vitest";
import type { Edit, Json } from "../../src/template/apply.ts";
import { applySplices, proveEdits, spliceEdits } from "../../src/template/edit.ts";
import type { Path } from "../../src/template/locate.ts";

export const set = (path: string | Path, value: Json): Edit => ({ op: "set", path: split(path), value });
export const append = (path: string | Path, value: Json): Edit => ({
  op: "append",
  path: split(path),
  value,
});
const split = (path: string | Path): Path => (typeof path === "string" ? path.split(".") : path);
export const ARN = "arn:aws:lambda:us-east-1:123456789012:layer:x:1";

/** Tables read better without their backslashes: a template literal, its indentation taken off. */
export function text(strings: TemplateStringsArray): string {
  return (strings.raw[0] ?? "").replace(/^\n/, "").replaceAll(/^ {6}/gm, "").replace(/ +$/, "");
}

type Example = readonly [name: string, before: string, edits: readonly Edit[], after: string];

export function holds(examples: readonly Example[]): void {
  it.each(examples)("%s", (_, before, edits, after) => {
    expect(proveEdits(before, edits)).toBe(after);
    expect(applySplices(before, spliceEdits(before, edits))).toBe(after);
  });
}
