import type { ElfBytes } from "./bytes.ts";
import { ElfError } from "./errors.ts";
import { parseDlopenNote } from "./dlopen.ts";
import type { ElfHeader } from "./header.ts";
import { findSection } from "./sections.ts";
import { PT_NOTE } from "./segments.ts";
import type { Segment } from "./segments.ts";
import type { DlopenNote } from "./types.ts";

const NHDR_SIZE = 12;
const DLOPEN_TYPE = 0x407c0c0a;

/** "FDO" and its NUL, as the name of a note. */
const owner = [0x46, 0x44, 0x4f, 0];

type Range = { offset: number; fileSize: number; align: number };

/** The entries of all `.note.dlopen` notes. */
export function readDlopenNotes(file: ElfBytes, header: ElfHeader, segments: Segment[]): DlopenNote[] {
  const ranges: Range[] = segments.filter((segment) => segment.type === PT_NOTE);
  const section = findSection(file, header, ".note.dlopen");
  if (section !== undefined && !ranges.some((range) => covers(range, section))) ranges.push(section);
  // Segments may overlap: read each byte once at most on average, or many small headers cost a great deal.
  let allowance = file.length;
  const notes: DlopenNote[] = [];
  for (const range of ranges) {
    const bytes = file.part(range.offset, range.fileSize, "the notes");
    allowance -= bytes.length;
    if (allowance < 0) throw new ElfError("the notes are larger than the file");
    for (const description of dlopenDescriptions(bytes, range.align === 8 ? 8 : 4)) {
      for (const note of parseDlopenNote(description)) notes.push(note);
    }
  }
  return notes;
}

function covers(outer: Range, inner: Range): boolean {
  return inner.offset >= outer.offset && inner.offset - outer.offset < outer.fileSize;
}

/**
 * Walks the notes of one range. A note that runs past it ends the walk without an error: old linkers padded notes
 * otherwise than they declared, and the dynamic linker loads such files.
 */
function* dlopenDescriptions(bytes: ElfBytes, align: number): Generator<Uint8Array> {
  let at = 0;
  while (at + NHDR_SIZE <= bytes.length) {
    const nameSize = bytes.u32(at);
    const size = bytes.u32(at + 4);
    const start = at + roundUp(NHDR_SIZE + nameSize, align);
    if (start + size > bytes.length) return;
    if (bytes.u32(at + 8) === DLOPEN_TYPE && nameSize === owner.length && hasOwner(bytes.bytes, at)) {
      yield bytes.bytes.subarray(start, start + size);
    }
    at = start + roundUp(size, align);
  }
}

function hasOwner(bytes: Uint8Array, at: number): boolean {
  return owner.every((byte, index) => bytes[at + NHDR_SIZE + index] === byte);
}

function roundUp(size: number, align: number): number {
  return Math.ceil(size / align) * align;
}
