import type { ElfBytes } from "./bytes.ts";
import { ElfError } from "./errors.ts";
import { bytesAt, PT_DYNAMIC } from "./segments.ts";
import type { Segment } from "./segments.ts";
import { StringTable } from "./strings.ts";

const DT_NULL = 0;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_STRSZ = 10;

/** Tags (d_tag) of single values. */
export const DT_SONAME = 14;
export const DT_RPATH = 15;
export const DT_RUNPATH = 29;
export const DT_FLAGS_1 = 0x6ffffffb;
export const DT_VERDEF = 0x6ffffffc;
export const DT_VERDEFNUM = 0x6ffffffd;
export const DT_VERNEED = 0x6ffffffe;
export const DT_VERNEEDNUM = 0x6fffffff;

const singles = new Set([
  DT_STRTAB,
  DT_STRSZ,
  DT_SONAME,
  DT_RPATH,
  DT_RUNPATH,
  DT_FLAGS_1,
  DT_VERDEF,
  DT_VERDEFNUM,
  DT_VERNEED,
  DT_VERNEEDNUM,
]);

/** The dynamic table (PT_DYNAMIC): what the dynamic linker goes by. */
export class DynamicTable {
  readonly #needed: number[] = [];
  readonly #values = new Map<number, number>();
  readonly #strings: StringTable | undefined;

  constructor(file: ElfBytes, segments: Segment[]) {
    const segment = segments.findLast((each) => each.type === PT_DYNAMIC);
    if (segment === undefined || segment.fileSize === 0) return;
    // By its address, as the dynamic linker does: the file offset could state another place.
    const loaded = bytesAt(file, segments, segment.address, "the dynamic table");
    this.#readEntries(loaded.part(0, segment.fileSize, "the dynamic table"));
    const address = this.#values.get(DT_STRTAB);
    const size = this.#values.get(DT_STRSZ);
    if (address === undefined || size === undefined || size === 0) return;
    const table = bytesAt(file, segments, address, "the string table").part(0, size, "the string table");
    this.#strings = new StringTable(table.bytes, file.length);
  }

  #readEntries(table: ElfBytes): void {
    const half = table.class / 8;
    for (let at = 0; at + 2 * half <= table.length; at += 2 * half) {
      const tag = table.word(at);
      if (tag === DT_NULL) return;
      if (tag === DT_NEEDED) this.#needed.push(table.word(at + half));
      // Of a repeated tag the dynamic linker keeps the last.
      else if (singles.has(tag)) this.#values.set(tag, table.word(at + half));
    }
    throw new ElfError("the dynamic table has no end (DT_NULL)");
  }

  /** SONAMEs of the needed files, in the order of the table. */
  get needed(): string[] {
    return this.#needed.map((offset) => this.string(offset));
  }

  /** The value of a tag. */
  value(tag: number): number | undefined {
    return this.#values.get(tag);
  }

  /** The string that the value of a tag names. */
  text(tag: number): string | undefined {
    const offset = this.#values.get(tag);
    return offset === undefined ? undefined : this.string(offset);
  }

  /** The search path that the value of a tag names, split. The dynamic linker ignores an empty one. */
  path(tag: number): string[] {
    const text = this.text(tag);
    return text === undefined || text === "" ? [] : text.split(":");
  }

  /** A string of the dynamic string table (DT_STRTAB). */
  string(offset: number): string {
    if (this.#strings === undefined)
      throw new ElfError("the dynamic table names strings but has no string table");
    return this.#strings.at(offset);
  }
}
