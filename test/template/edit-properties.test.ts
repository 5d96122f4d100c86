import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Edit, Json } from "../../src/template/apply.ts";
import { proveEdits } from "../../src/template/edit.ts";
import { applyEdits } from "../../src/template/apply.ts";
import type { Path } from "../../src/template/locate.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import { append, ARN, set } from "./edits.ts";

// Templates of every style, each value with the text that says it.
interface Style {
  readonly newline: readonly string[];
  readonly step: number;
  readonly indentedLists: boolean;
  readonly end: boolean;
  readonly bom: boolean;
}
type Shape =
  | { readonly kind: "scalar"; readonly lines: readonly [string, ...string[]]; readonly comment: string }
  | {
      readonly kind: "map" | "list";
      readonly flow: boolean;
      readonly items: readonly Shape[];
      readonly comment: string;
    };

const comment = fc.constantFrom("", "", "", " # c", " # a: [b, c]");
const scalarLines = fc.constantFrom<readonly [string, ...string[]]>(
  ["x"],
  ["12"],
  ["!Ref X"],
  ["'it''s'"],
  ['"a # b"'],
  [""],
  ["~"],
  ["a", " b"],
  ['"q', ' r"'],
  ["|-", " t", "", " u"],
  [">-", " t"],
  ["!Sub |-", " t", "  u"],
  ["[]"],
  ["{}"],
);
const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ kind: fc.constant("scalar" as const), lines: scalarLines, comment }),
    fc.record({
      kind: fc.constantFrom("map" as const, "list" as const),
      flow: fc.boolean(),
      items: fc.array(tie("shape"), { minLength: 1, maxLength: 4 }),
      comment,
    }),
  ),
}));
const style: fc.Arbitrary<Style> = fc.record({
  newline: fc.constantFrom(["\n"], ["\r\n"], ["\n", "\r\n", "\n"]),
  step: fc.constantFrom(1, 2, 4),
  indentedLists: fc.boolean(),
  end: fc.boolean(),
  bom: fc.boolean(),
});

function flowText(it_: Shape): string {
  if (it_.kind === "scalar") return it_.lines.length > 1 || it_.lines[0] === "" ? "f" : it_.lines[0];
  const items = it_.items.map((item, i) => (it_.kind === "map" ? `k${i}: ` : "") + flowText(item)).join(", ");
  return it_.kind === "map" ? `{${items}}` : `[${items}]`;
}

/** What follows `key:` or `-`, the first line with its leading space. */
function blockText(it_: Shape, column: number, how: Style): string[] {
  const pad = " ".repeat(column);
  if (it_.kind === "scalar") {
    const [first, ...rest] = it_.lines;
    const open = rest.length > 0 && !/[|>]-$/.test(first);
    return [
      (first && ` ${first}`) + (open ? "" : it_.comment),
      ...rest.map((line) => (line === "" ? "" : `${pad}${line}`)),
    ];
  }
  if (it_.flow) return [` ${flowText(it_)}${it_.comment}`];
  const lines = it_.items.flatMap((item, i) =>
    entryText(item, it_.kind === "map" ? `k${i}` : undefined, column, how),
  );
  return [it_.comment, ...lines];
}

function entryText(it_: Shape, key: string | undefined, column: number, how: Style): string[] {
  const pad = " ".repeat(column);
  const sameColumn = key !== undefined && it_.kind === "list" && !it_.flow && !how.indentedLists;
  const [first = "", ...rest] = blockText(
    it_,
    sameColumn ? column : column + (key === undefined ? 2 : how.step),
    how,
  );
  if (key === undefined && first === "" && rest[0] !== undefined)
    return [`${pad}- ${rest[0].trimStart()}`, ...rest.slice(1)];
  return [`${pad}${key === undefined ? "-" : `${key}:`}${first}`, ...rest];
}

function templateText(items: readonly Shape[], how: Style): string {
  const lines = items.flatMap((item, i) => entryText(item, `k${i}`, 0, how));
  const joined = lines.map((line, i) => line + (how.newline[i % how.newline.length] ?? "")).join("");
  return (how.bom ? "\uFEFF" : "") + (how.end ? joined : joined.replace(/\r?\n$/, ""));
}

/** An edit that only adds, at each mapping and list of a value that the seeds choose. */
function additions(value: Json, path: Path, chosen: () => boolean, add: Json): Edit[] {
  if (typeof value !== "object" || value === null) return [];
  const list = Array.isArray(value);
  if (Object.keys(value).some((key) => key === "Ref" || key.startsWith("Fn::"))) return [];
  const below = Object.entries(value).flatMap(([key, item]) =>
    additions(item, [...path, list ? Number(key) : key], chosen, add),
  );
  if (!chosen()) return below;
  return [...below, list ? append(path, add) : set([...path, "new"], add)];
}

/** Whether the old text is what remains of the new one when insertions are taken out. */
function remains(before: string, after: string): boolean {
  let at = 0;
  for (const char of after) if (before.startsWith(char, at)) at += char.length;
  return at === before.length;
}

const added = fc.constantFrom<Json>("x", ARN, "yes", 1, [], ["a", { Ref: "R" }], {
  p: { q: ["r", { s: [] }] },
  t: null,
});

describe("properties", () => {
  it("additions are proven and leave every other byte", () => {
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 1, maxLength: 4 }),
        style,
        fc.infiniteStream(fc.boolean()),
        added,
        fc.boolean(),
        (items, how, seeds, add, backwards) => {
          const before = templateText(items, how);
          const edits = additions(parseTemplate(before), [], () => seeds.next().value, add);
          const after = proveEdits(before, backwards ? edits.toReversed() : edits);
          expect(remains(before, after)).toBe(true);
          if (before.includes("\n") && how.newline.length === 1 && how.newline[0] === "\r\n")
            expect(after).not.toMatch(/[^\r]\n/);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("in JSON too, which stays JSON and as JSON.stringify writes it", () => {
    const unit = fc.constantFrom(0, 2, 4, "\t");
    const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(value, unit, fc.infiniteStream(fc.boolean()), added, (json, indent, seeds, add) => {
        const before = JSON.stringify(json, null, indent);
        fc.pre(!before.includes("__proto__"));
        const edits = additions(parseTemplate(before), [], () => seeds.next().value, add);
        expect(proveEdits(before, edits)).toBe(
          JSON.stringify(applyEdits(parseTemplate(before), edits), null, indent),
        );
      }),
    );
  });
});
