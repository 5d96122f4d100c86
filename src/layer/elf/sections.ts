import type { ElfBytes } from "./bytes.ts";
import { ElfError } from "./errors.ts";
import type { ElfHeader } from "./header.ts";
import { StringTable } from "./strings.ts";

const SHT_NOTE = 7;

type Section = { type: number; name: number; offset: number; fileSize: number; align: number };

/**
 * The note section of a name, if the file has one. The dynamic linker reads no section headers, tools strip and
 * damage them, so a table that cannot be read counts as none.
 */
export function findSection(file: ElfBytes, header: ElfHeader, name: string): Section | undefined {
  const { offset, entrySize, count, namesIndex } = header.sectionHeaders;
  if (entrySize !== (file.class === 64 ? 64 : 40) || namesIndex >= count) return undefined;
  if (offset + count * entrySize > file.length) return undefined;
  const names = readSection(file, offset + namesIndex * entrySize);
  if (names.offset + names.fileSize > file.length) return undefined;
  const table = new StringTable(
    file.bytes.subarray(names.offset, names.offset + names.fileSize),
    file.length,
  );
  for (let index = 0; index < count; index++) {
    const section = readSection(file, offset + index * entrySize);
    if (section.type !== SHT_NOTE || section.offset + section.fileSize > file.length) continue;
    if (nameOf(table, section) === name) return section;
  }
  return undefined;
}

function nameOf(names: StringTable, section: Section): string | undefined {
  try {
    return names.at(section.name);
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}

function readSection(file: ElfBytes, at: number): Section {
  const wide = file.class === 64;
  return {
    name: file.u32(at),
    type: file.u32(at + 4),
    offset: file.word(at + (wide ? 24 : 16)),
    fileSize: file.word(at + (wide ? 32 : 20)),
    align: file.word(at + (wide ? 48 : 32)),
  };
}
