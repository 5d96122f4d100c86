import type { ElfClass, ElfEndian, ElfFile } from "../../../src/layer/elf/elf.ts";

/** What a made file holds; numbers and texts as they stand in the file. */
export type Made = Pick<ElfFile, "class" | "endian" | "needed" | "versionNeeds" | "versionDefinitions"> & {
  machine: number;
  type: number;
  interpreter?: string;
  soname?: string;
  rpath?: string;
  runpath?: string;
  flags1?: number;
  /** Descriptions of notes, in notes of systemd's type and owner. */
  notes: string[];
};

/** A made file and where its parts are, so that a test can damage one. */
export type MadeElf = { bytes: Uint8Array; view: DataView; parts: Record<Part, number> };

type Part = "dynamic" | "strings" | "needs" | "definitions" | "notes" | "interpreter";

/** Addresses differ from offsets by this much, so that a reader that mixes them up is noticed. */
export const LOADED_AT = 0x40000;

class Output {
  readonly data: number[] = [];
  readonly elfClass: ElfClass;
  readonly endian: ElfEndian;

  constructor(elfClass: ElfClass, endian: ElfEndian) {
    this.elfClass = elfClass;
    this.endian = endian;
  }

  number(value: number, size: number): this {
    const bytes = Array.from({ length: size }, (_, index) => Math.floor(value / 256 ** index) % 256);
    this.data.push(...(this.endian === "little" ? bytes : bytes.toReversed()));
    return this;
  }

  half(...values: number[]): this {
    for (const value of values) this.number(value, 2);
    return this;
  }

  full(...values: number[]): this {
    for (const value of values) this.number(value, 4);
    return this;
  }

  word(...values: number[]): this {
    for (const value of values) this.number(value, this.elfClass / 8);
    return this;
  }

  bytes(bytes: Iterable<number>): this {
    for (const byte of bytes) this.data.push(byte);
    return this;
  }

  align(size: number): this {
    while (this.data.length % size !== 0) this.data.push(0);
    return this;
  }
}

/** Makes an ELF file of any class and byte order, without section headers. */
export function makeElf(made: Made): MadeElf {
  const output = () => new Output(made.class, made.endian);
  const strings = output().bytes([0]);
  const name = (text: string) => {
    const at = strings.data.length;
    strings.bytes(Buffer.from(`${text}\0`));
    return at;
  };

  const needs = output();
  made.versionNeeds.forEach(({ file, versions }, index) => {
    const last = index === made.versionNeeds.length - 1;
    const size = 16 + 16 * versions.length;
    needs.half(1, versions.length).full(name(file), 16, last ? 0 : size);
    versions.forEach((version, at) => {
      needs.full(0).half(version.weak ? 2 : 0, at + 2);
      needs.full(name(version.name), at === versions.length - 1 ? 0 : 16);
    });
  });

  const definitions = output();
  const defined = made.versionDefinitions.length === 0 ? [] : ["the base", ...made.versionDefinitions];
  defined.forEach((text, index) => {
    const last = index === defined.length - 1;
    definitions.half(1, index === 0 ? 1 : 0, index + 1, 1).full(0, 20, last ? 0 : 28);
    definitions.full(name(text), 0);
  });

  const notes = output();
  for (const text of made.notes) {
    const description = Buffer.from(`${text}\0`);
    // Another note before each: the reader has to walk.
    notes.full(5, 3, 1).bytes(Buffer.from("Test\0")).align(4).bytes([1, 2, 3]).align(4);
    notes.full(4, description.length, 0x407c0c0a).bytes(Buffer.from("FDO\0")).bytes(description).align(4);
  }

  const interpreter = output();
  if (made.interpreter !== undefined) interpreter.bytes(Buffer.from(`${made.interpreter}\0`));

  const entries: [number, number | Part][] = made.needed.map((text) => [1, name(text)]);
  if (made.soname !== undefined) entries.push([14, name(made.soname)]);
  if (made.rpath !== undefined) entries.push([15, name(made.rpath)]);
  if (made.runpath !== undefined) entries.push([29, name(made.runpath)]);
  if (made.flags1 !== undefined) entries.push([0x6ffffffb, made.flags1]);
  if (defined.length > 0) entries.push([0x6ffffffc, "definitions"], [0x6ffffffd, defined.length]);
  if (made.versionNeeds.length > 0)
    entries.push([0x6ffffffe, "needs"], [0x6fffffff, made.versionNeeds.length]);
  entries.push([5, "strings"], [10, strings.data.length], [0, 0]);

  const wide = made.class === 64;
  const [headerSize, segmentSize] = wide ? [64, 56] : [52, 32];
  const dynamicSize = (entries.length * 2 * made.class) / 8;
  const contents = { strings, needs, definitions, notes, interpreter };
  const parts: MadeElf["parts"] = {
    dynamic: headerSize + 4 * segmentSize,
    strings: 0,
    needs: 0,
    definitions: 0,
    notes: 0,
    interpreter: 0,
  };
  let end = parts.dynamic + dynamicSize;
  for (const part of ["strings", "needs", "definitions", "notes", "interpreter"] as const) {
    parts[part] = Math.ceil(end / 8) * 8;
    end = parts[part] + contents[part].data.length;
  }

  const file = output()
    .bytes([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, made.endian === "little" ? 1 : 2, 1])
    .align(16);
  file.half(made.type, made.machine).full(1).word(0, headerSize, 0);
  file.full(0).half(headerSize, segmentSize, 4, 0, 0, 0);
  const segment = (type: number, at: number, size: number) => {
    const address = at + LOADED_AT;
    if (wide) file.full(type, 4).word(at, address, address, size, size, 4);
    else file.full(type).word(at, address, address, size, size).full(4, 4);
  };
  segment(1, 0, end);
  segment(2, parts.dynamic, dynamicSize);
  segment(made.interpreter === undefined ? 0 : 3, parts.interpreter, interpreter.data.length);
  segment(4, parts.notes, notes.data.length);
  for (const [tag, value] of entries) {
    file.word(tag, typeof value === "number" ? value : parts[value] + LOADED_AT);
  }
  for (const part of ["strings", "needs", "definitions", "notes", "interpreter"] as const) {
    file.align(8).bytes(contents[part].data);
  }
  const bytes = Uint8Array.from(file.data);
  return { bytes, view: new DataView(bytes.buffer), parts };
}

/** A made file that has a little of everything. */
export function sample(change: Partial<Made> = {}): Made {
  return {
    class: 64,
    endian: "little",
    machine: 62,
    type: 3,
    interpreter: "/lib64/ld-linux-x86-64.so.2",
    soname: "libsample.so.1",
    needed: ["libz.so.1", "libc.so.6"],
    rpath: "$ORIGIN/../lib:/opt/lib",
    runpath: "${ORIGIN}:/opt/$LIB",
    flags1: 1,
    versionNeeds: [
      {
        file: "libc.so.6",
        versions: [
          { name: "GLIBC_2.2.5", weak: false },
          { name: "GLIBC_2.34", weak: true },
        ],
      },
      { file: "libz.so.1", versions: [{ name: "ZLIB_1.2.9", weak: false }] },
    ],
    versionDefinitions: ["SAMPLE_1", "SAMPLE_2"],
    notes: [`[{"soname":["liblzma.so.5"],"feature":"lzma","priority":"suggested","description":"xz"}]`],
    ...change,
  };
}
