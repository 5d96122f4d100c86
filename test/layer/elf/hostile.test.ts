import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ElfError, isElf, readElf } from "../../../src/layer/elf/elf.ts";
import { LOADED_AT, makeElf, sample } from "./builder.ts";
import type { Made, MadeElf } from "./builder.ts";

/** Makes a 64-bit little-endian file, damages it and reads it. */
function read(damage: (made: MadeElf) => void, change?: Partial<Made>) {
  const made = makeElf(sample(change));
  damage(made);
  return readElf(made.bytes);
}

/** Offset of the value of a dynamic entry. */
function valueOf({ view, parts }: MadeElf, tag: number): number {
  let at = parts.dynamic;
  while (view.getUint32(at, true) !== tag) at += 16;
  return at + 8;
}

/** Overwrites DT_NULL, the entry after DT_STRSZ. */
function endDynamic(made: MadeElf): void {
  made.view.setUint32(valueOf(made, 10) + 8, 7, true);
}

/** Moves the addresses of the loaded segment and of the string table, which a double cannot tell apart there. */
function loadBeyond(made: MadeElf): void {
  made.view.setUint32(valueOf(made, 5) + 4, 0x80000000, true);
  // The dynamic table is found through a segment of its own, in place of the interpreter.
  copySegment(made, 0, 2);
  made.view.setUint32(64 + 16 + 4, 0x80000000, true);
}

/** Copies a program header over another. */
function copySegment({ bytes }: MadeElf, from: number, to: number): void {
  bytes.copyWithin(64 + to * 56, 64 + from * 56, 64 + (from + 1) * 56);
}

const set16 = (at: number, value: number) => (made: MadeElf) => made.view.setUint16(at, value, true);
const setTag = (tag: number, value: number | bigint) => (made: MadeElf) =>
  made.view.setBigUint64(valueOf(made, tag), BigInt(value), true);
const setNeed = (at: number, value: number) => (made: MadeElf) =>
  made.view.setUint32(made.parts.needs + at, value, true);
const setByte = (at: number, value: number) => (made: MadeElf) => made.view.setUint8(at, value);

describe("what is not ELF", () => {
  test.for([
    [],
    [0x7f],
    [0x7f, 0x45, 0x4c],
    [0x7f, 0x45, 0x4c, 0x47, 2, 1, 1],
    [...Buffer.from("INPUT(-lncurses)")],
  ])("%j", (bytes) => {
    expect(isElf(Uint8Array.from(bytes))).toBe(false);
    expect(() => readElf(Uint8Array.from(bytes))).toThrow(new ElfError("not an ELF file"));
  });

  test("any bytes after the magic number are refused or read", () => {
    const property = fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(1, 2), (bytes, kind) => {
      try {
        readElf(Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, kind, kind, 1, ...bytes]));
      } catch (error) {
        expect(error).toBeInstanceOf(ElfError);
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });
});

test("every truncation is refused", () => {
  for (const endian of ["little", "big"] as const) {
    for (const elfClass of [32, 64] as const) {
      const { bytes } = makeElf(sample({ class: elfClass, endian }));
      for (let end = 0; end < bytes.length; end++) {
        expect(() => readElf(bytes.subarray(0, end)), `${end} of ${bytes.length} bytes`).toThrow(ElfError);
      }
    }
  }
});

test.for<[string, (made: MadeElf) => void, RegExp]>([
  ["an unknown class", setByte(4, 3), /unknown ELF class 3/],
  ["an unknown byte order", setByte(5, 0), /unknown ELF data encoding 0/],
  ["an unknown version in the identification", setByte(6, 2), /unknown ELF version 2/],
  ["an unknown version in the header", setByte(20, 9), /unknown ELF version 9/],
  ["program headers of another size", set16(54, 57), /a program header has 57 bytes, not 56/],
  ["more program headers than bytes", set16(56, 60_000), /the program headers: .* do not fit/],
  ["uncounted program headers", set16(56, 0xffff), /more program headers/],
  ["a string table that is not loaded", setTag(5, 0x10), /the string table: no segment .* 0x10$/],
  ["a string table beyond 2^53", setTag(5, 2n ** 63n), /the string table: no segment/],
  ["a segment and a string table in it beyond 2^53", loadBeyond, /the string table: no segment/],
  ["a string table larger than its segment", setTag(10, 1_000_000), /the string table: .* do not fit/],
  ["no string table", setTag(10, 0), /no string table/],
  ["a name outside the string table", setTag(14, 100_000), /outside its string table/],
  ["a name that does not end", setTag(10, 5), /(does not end inside|outside) its string table/],
  ["an endless dynamic table", endDynamic, /DT_NULL/],
  ["version needs that are not loaded", setTag(0x6ffffffe, 0), /the needed versions: no segment/],
  ["fewer version needs than stated", setTag(0x6fffffff, 1), /longer than its count/],
  ["version needs without a count", setTag(0x6fffffff, 0), /longer than its count/],
  ["a cycle of version needs", setNeed(12, 2), /overlaps the one before/],
  ["a version need outside the segment", setNeed(12, 0xfffffff0), /the needed versions: .* do not fit/],
  ["an unknown revision of version needs", setNeed(0, 2), /unknown revision 2/],
  ["a cycle of needed versions", setNeed(16 + 12, 8), /overlaps the one before/],
  ["needed versions outside the segment", setNeed(8, 0x7fffffff), /the needed versions: .* do not fit/],
  ["fewer definitions than stated", setTag(0x6ffffffd, 1), /longer than its count/],
  ["an interpreter that does not end", (made) => made.bytes.fill(65, made.parts.interpreter), /does not end/],
  [
    "a name that is not UTF-8",
    (made) => made.bytes.fill(0xff, made.parts.strings + 1, made.parts.strings + 3),
    /UTF-8/,
  ],
])("%s is refused", ([, damage, message]) => {
  expect(() => read(damage)).toThrow(ElfError);
  expect(() => read(damage)).toThrow(message);
});

describe("what the dynamic linker accepts is read", () => {
  const sound = readElf(makeElf(sample()).bytes);

  test("a chain that ends before its count", () => {
    expect(read(setTag(0x6fffffff, 9))).toEqual(sound);
  });

  test("damaged section headers", () => {
    const elf = read(({ view }: MadeElf) => {
      view.setBigUint64(40, 2n ** 62n, true);
      for (const [at, value] of [
        [58, 64],
        [60, 30],
        [62, 29],
      ] as const)
        view.setUint16(at, value, true);
    });
    expect(elf).toEqual(sound);
  });

  test("a segment loaded over an earlier one", () => {
    const elf = read((made) => {
      copySegment(made, 0, 2);
      // The first one now loads other bytes at the same addresses.
      made.view.setBigUint64(64 + 8, 8n, true);
      made.view.setBigUint64(64 + 32, BigInt(made.bytes.length - 8), true);
    });
    const { interpreter: _, ...rest } = sound;
    expect(elf).toEqual(rest);
  });

  test("a note section outside the file", () => {
    const { bytes } = makeElf(sample({ notes: [] }));
    const table = Buffer.alloc(bytes.length + 2 * 64 + 16);
    table.set(bytes);
    const [sections, names] = [bytes.length, bytes.length + 128];
    table.write(".note.dlopen", names);
    for (const [at, type, offset, size] of [
      [sections, 3, names, 13],
      [sections + 64, 7, table.length - 4, 64],
    ] as const) {
      table.writeUInt32LE(type, at + 4);
      table.writeBigUInt64LE(BigInt(offset), at + 24);
      table.writeBigUInt64LE(BigInt(size), at + 32);
    }
    table.writeBigUInt64LE(BigInt(sections), 40);
    for (const [at, value] of [64, 2, 0].entries()) table.writeUInt16LE(value, 58 + at * 2);
    expect(readElf(table)).toEqual({ ...sound, dlopenNotes: [] });
  });

  test("notes that run past their segment", () => {
    const elf = read(({ view, parts }) => view.setUint32(parts.notes, 0xffffffff, true));
    expect(elf).toEqual({ ...sound, dlopenNotes: [] });
  });
});

describe("little that pretends to be much is refused at once", { timeout: 5000 }, () => {
  test("names that overlap", () => {
    const needed = Array.from({ length: 5000 }, () => "x");
    needed[0] = "a".repeat(1_000_000);
    expect(() =>
      read(
        ({ view, parts }: MadeElf) => {
          for (let entry = 0; entry < 5000; entry++) {
            view.setBigUint64(parts.dynamic + entry * 16 + 8, BigInt(1 + 100 + entry), true);
          }
        },
        { needed, versionNeeds: [], versionDefinitions: [] },
      ),
    ).toThrow(/more text than the file/);
  });

  test("needed versions that overlap", () => {
    const versions = Array.from({ length: 3000 }, () => ({ name: "V", weak: false }));
    const versionNeeds = versions.map(() => ({ file: "x", versions: versions.slice(0, 1) }));
    versionNeeds.push({ file: "y", versions });
    expect(() =>
      read(
        ({ view, parts }: MadeElf) => {
          for (let at = 0; at < 3000 * 32; at += 32) {
            view.setUint16(parts.needs + at + 2, 3000, true);
            view.setUint32(parts.needs + at + 8, 3000 * 32 + 16 - at, true);
          }
        },
        { versionNeeds },
      ),
    ).toThrow(/more entries than the table has room for/);
  });

  test("notes that overlap", () => {
    const { bytes, parts } = makeElf(sample({ notes: ["[]".padEnd(1_000_000)] }));
    const headers = Uint8Array.from({ length: bytes.length + 60_000 * 56 });
    headers.set(bytes);
    // All the old headers, then the one of the notes again and again.
    headers.copyWithin(bytes.length, 64, 64 + 4 * 56);
    for (let index = 4; index < 60_000; index++)
      headers.copyWithin(bytes.length + index * 56, 64 + 3 * 56, 64 + 4 * 56);
    const view = new DataView(headers.buffer);
    view.setBigUint64(32, BigInt(bytes.length), true);
    view.setUint16(56, 60_000, true);
    expect(parts.notes + LOADED_AT).toBe(Number(view.getBigUint64(64 + 3 * 56 + 16, true)));
    expect(() => readElf(headers)).toThrow(/the notes are larger than the file/);
  });

  test("a dlopen note that is nested deeply", () => {
    const deep = 200_000;
    expect(() => read(() => {}, { notes: ["[".repeat(deep) + "]".repeat(deep)] })).toThrow(ElfError);
  });
});
