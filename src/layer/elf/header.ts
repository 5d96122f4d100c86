import { ElfBytes } from "./bytes.ts";
import { ElfError } from "./errors.ts";
import type { ElfMachine, ElfOsAbi, ElfType } from "./types.ts";

const IDENT_SIZE = 16;
const PN_XNUM = 0xffff;

const machines: Partial<Record<number, ElfMachine>> = { 3: "i386", 40: "arm", 62: "x86_64", 183: "arm64" };
const types: Partial<Record<number, ElfType>> = { 1: "relocatable", 2: "executable", 3: "shared", 4: "core" };
const osAbis: Partial<Record<number, ElfOsAbi>> = { 0: "sysv", 3: "gnu" };

/** Where a table of equal entries lies in the file. */
type Table = { offset: number; entrySize: number; count: number };

/** The ELF header (Ehdr). */
export type ElfHeader = {
  machine: ElfMachine;
  type: ElfType;
  osAbi: ElfOsAbi;
  programHeaders: Table;
  sectionHeaders: Table & { namesIndex: number };
};

/** Whether bytes begin with ELF's magic number. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** The file in the word size and byte order that its identification (e_ident) states. */
export function readIdent(bytes: Uint8Array): ElfBytes {
  if (!isElf(bytes)) throw new ElfError("not an ELF file");
  if (bytes.length < IDENT_SIZE) throw new ElfError("the file ends inside the ELF identification");
  const [elfClass, data, version] = bytes.subarray(4, 7);
  if (elfClass !== 1 && elfClass !== 2) throw new ElfError(`unknown ELF class ${elfClass}`);
  if (data !== 1 && data !== 2) throw new ElfError(`unknown ELF data encoding ${data}`);
  if (version !== 1) throw new ElfError(`unknown ELF version ${version}`);
  return new ElfBytes(bytes, elfClass === 1 ? 32 : 64, data === 1 ? "little" : "big");
}

/** Reads the ELF header. */
export function readHeader(file: ElfBytes): ElfHeader {
  const wide = file.class === 64;
  const header = file.part(0, wide ? 64 : 52, "the ELF header");
  const type = header.u16(16);
  const machine = header.u16(18);
  const osAbi = header.bytes[7] ?? 0;
  const version = header.u32(20);
  if (version !== 1) throw new ElfError(`unknown ELF version ${version}`);
  // After the two file offsets and e_flags, both classes hold the same half words.
  const sizes = wide ? 52 : 40;
  const programHeaders = {
    offset: header.word(wide ? 32 : 28),
    entrySize: header.u16(sizes + 2),
    count: header.u16(sizes + 4),
  };
  if (programHeaders.count === PN_XNUM)
    throw new ElfError("more program headers than the ELF header can count");
  return {
    machine: machines[machine] ?? `machine ${machine}`,
    type: types[type] ?? `type ${type}`,
    osAbi: osAbis[osAbi] ?? `abi ${osAbi}`,
    programHeaders,
    sectionHeaders: {
      offset: header.word(wide ? 40 : 32),
      entrySize: header.u16(sizes + 6),
      count: header.u16(sizes + 8),
      namesIndex: header.u16(sizes + 10),
    },
  };
}
