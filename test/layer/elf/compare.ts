import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { isElf, readElf } from "../../../src/layer/elf/elf.ts";
import { readelf } from "./readelf.ts";

/** Regular files below a folder whose name matches. */
export function filesBelow(folder: string, name: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Fails when the reader and readelf tell different things of a file; returns how many ELF files there were. */
export function compare(files: string[]): number {
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
