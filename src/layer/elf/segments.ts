import type { ElfBytes } from "./bytes.ts";
import { ElfError } from "./errors.ts";
import type { ElfHeader } from "./header.ts";

/** Segment types (p_type) that say what a file needs. */
export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;
export const PT_NOTE = 4;

/** A program header (Phdr). */
export type Segment = {
  type: number;
  offset: number;
  address: number;
  fileSize: number;
  align: number;
};

/** Reads the program headers. */
export function readSegments(file: ElfBytes, header: ElfHeader): Segment[] {
  const { offset, entrySize, count } = header.programHeaders;
  if (count === 0) return [];
  const size = file.class === 64 ? 56 : 32;
  if (entrySize !== size) throw new ElfError(`a program header has ${entrySize} bytes, not ${size}`);
  const table = file.part(offset, count * size, "the program headers");
  return Array.from({ length: count }, (_, index) => readSegment(table, index * size));
}

function readSegment(table: ElfBytes, at: number): Segment {
  const type = table.u32(at);
  return table.class === 64
    ? {
        type,
        offset: table.word(at + 8),
        address: table.word(at + 16),
        fileSize: table.word(at + 32),
        align: table.word(at + 48),
      }
    : {
        type,
        offset: table.word(at + 4),
        address: table.word(at + 8),
        fileSize: table.word(at + 16),
        align: table.word(at + 28),
      };
}

/** The bytes that are loaded at a virtual address, up to the end of their segment in the file. */
export function bytesAt(file: ElfBytes, segments: Segment[], address: number, what: string): ElfBytes {
  // The last segment that holds the address: the dynamic linker maps later ones over earlier ones.
  const segment = segments.findLast(
    (each) => each.type === PT_LOAD && address >= each.address && address - each.address < each.fileSize,
  );
  if (segment === undefined || !Number.isSafeInteger(address)) {
    throw new ElfError(`${what}: no segment of the file is loaded at 0x${address.toString(16)}`);
  }
  const within = address - segment.address;
  return file.part(segment.offset + within, segment.fileSize - within, what);
}
