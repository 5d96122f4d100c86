import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isElf, readElf } from "../../../src/layer/elf/elf.ts";
import { readelf } from "./readelf.ts";

/** Regular files of the host below a folder whose name matches. */
function filesBelow(folder: string, name: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function compare(files: string[]): number {
  const told = readelf(files);
  let compared = 0;
  for (const file of files) {
    const bytes = readFileSync(file);
    expect(isElf(bytes), file).toBe(told.has(file));
    if (!isElf(bytes)) continue;
    const { dlopenNotes: _, ...read } = readElf(bytes);
    expect(read, file).toEqual(told.get(file));
    compared++;
  }
  return compared;
}

test("agrees with readelf on every shared library of the host", { timeout: 60_000 }, () => {
  expect(compare(filesBelow("/usr/lib/x86_64-linux-gnu", /\.so(\.|$)/))).toBeGreaterThanOrEqual(200);
});

test("agrees with readelf on every program of the host", { timeout: 60_000 }, () => {
  expect(compare(filesBelow("/usr/bin", /^/))).toBeGreaterThanOrEqual(50);
});
