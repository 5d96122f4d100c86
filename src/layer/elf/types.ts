/** Word size of the file's structures (EI_CLASS). */
export type ElfClass = 32 | 64;

/** Byte order of the file's structures (EI_DATA). */
export type ElfEndian = "little" | "big";

/** Instruction set (e_machine); an architecture without a name here keeps its number. */
export type ElfMachine = "x86_64" | "arm64" | "i386" | "arm" | `machine ${number}`;

/** Object file type (e_type). A position-independent executable is "shared", with `flags1Pie` set. */
export type ElfType = "shared" | "executable" | "relocatable" | "core" | `type ${number}`;

/** Operating system ABI (EI_OSABI). */
export type ElfOsAbi = "sysv" | "gnu" | `abi ${number}`;

/** The versions that a file needs of one other file (an entry of DT_VERNEED). */
export type VersionNeed = {
  /** SONAME of the file that has to define the versions. */
  file: string;
  versions: { name: string; weak: boolean }[];
};

/** One entry of a `.note.dlopen` note: libraries the file may load by itself, any one of which will do. */
export type DlopenNote = {
  soname: string[];
  feature?: string;
  priority?: "required" | "recommended" | "suggested";
  description?: string;
};

/** What the dynamic linker would learn about a file. */
export type ElfFile = {
  class: ElfClass;
  endian: ElfEndian;
  machine: ElfMachine;
  type: ElfType;
  osAbi: ElfOsAbi;
  /** The program interpreter (PT_INTERP), usually the dynamic linker. */
  interpreter?: string;
  soname?: string;
  needed: string[];
  /** DT_RPATH, split at ":"; dynamic string tokens such as `$ORIGIN` are left as written. */
  rpath: string[];
  /** DT_RUNPATH, split likewise; where there is one, the dynamic linker ignores DT_RPATH. */
  runpath: string[];
  versionNeeds: VersionNeed[];
  /** Names of the defined versions (DT_VERDEF), without the base definition, which names the file itself. */
  versionDefinitions: string[];
  dlopenNotes: DlopenNote[];
  /** DF_1_PIE of DT_FLAGS_1: an executable, although its type is "shared". */
  flags1Pie: boolean;
};
