import type { ElfBytes } from "./bytes.ts";
import { DT_VERDEF, DT_VERDEFNUM, DT_VERNEED, DT_VERNEEDNUM } from "./dynamic.ts";
import type { DynamicTable } from "./dynamic.ts";
import { ElfError } from "./errors.ts";
import { bytesAt } from "./segments.ts";
import type { Segment } from "./segments.ts";
import type { VersionNeed } from "./types.ts";

const VER_FLG_BASE = 1;
const VER_FLG_WEAK = 2;

// Verneed, Vernaux and Verdef are the same in both classes.
const VERNEED_SIZE = 16;
const VERNAUX_SIZE = 16;
const VERDEF_SIZE = 20;
const VERDAUX_SIZE = 8;

/** The symbol versions that the file needs of others (DT_VERNEED). */
export function readVersionNeeds(file: ElfBytes, segments: Segment[], dynamic: DynamicTable): VersionNeed[] {
  const what = "the needed versions";
  const address = dynamic.value(DT_VERNEED);
  if (address === undefined) return [];
  const table = bytesAt(file, segments, address, what);
  // Chains of several entries may overlap, so what they hold together is bounded as well.
  let allowance = table.length / VERNAUX_SIZE;
  const needs: VersionNeed[] = [];
  for (const at of chain(table, 0, dynamic.value(DT_VERNEEDNUM), VERNEED_SIZE, 12, what)) {
    requireRevision(table.u16(at), what);
    const versions: VersionNeed["versions"] = [];
    for (const aux of chain(table, at + table.u32(at + 8), table.u16(at + 2), VERNAUX_SIZE, 12, what)) {
      if (--allowance < 0) throw new ElfError(`${what}: more entries than the table has room for`);
      const weak = (table.u16(aux + 4) & VER_FLG_WEAK) !== 0;
      versions.push({ name: dynamic.string(table.u32(aux + 8)), weak });
    }
    needs.push({ file: dynamic.string(table.u32(at + 4)), versions });
  }
  return needs;
}

/** The symbol versions that the file defines (DT_VERDEF), without the base definition. */
export function readVersionDefinitions(file: ElfBytes, segments: Segment[], dynamic: DynamicTable): string[] {
  const what = "the defined versions";
  const address = dynamic.value(DT_VERDEF);
  if (address === undefined) return [];
  const table = bytesAt(file, segments, address, what);
  const names: string[] = [];
  for (const at of chain(table, 0, dynamic.value(DT_VERDEFNUM), VERDEF_SIZE, 16, what)) {
    requireRevision(table.u16(at), what);
    if ((table.u16(at + 2) & VER_FLG_BASE) !== 0) continue;
    // The first auxiliary entry is the version's name, the others are its predecessors.
    const aux = at + table.u32(at + 12);
    table.require(aux, VERDAUX_SIZE, what);
    names.push(dynamic.string(table.u32(aux)));
  }
  return names;
}

/**
 * Offsets of a chain's entries, each of which states at `next` how far the next one is, or 0. The dynamic linker
 * goes by the chain alone and other tools by the count, so a chain longer than its count is refused.
 */
function* chain(
  table: ElfBytes,
  start: number,
  count: number | undefined,
  size: number,
  next: number,
  what: string,
): Generator<number> {
  let at = start;
  for (let left = count ?? 0; left > 0; left--) {
    table.require(at, size, what);
    yield at;
    const step = table.u32(at + next);
    if (step === 0) return;
    // Forward by a whole entry at least: a chain cannot come back to itself.
    if (step < size) throw new ElfError(`${what}: an entry overlaps the one before`);
    at += step;
  }
  throw new ElfError(`${what}: the chain is longer than its count`);
}

function requireRevision(revision: number, what: string): void {
  if (revision !== 1) throw new ElfError(`${what}: unknown revision ${revision}`);
}
