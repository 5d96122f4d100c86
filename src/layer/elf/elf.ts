import type { ElfBytes } from "./bytes.ts";
import { DT_FLAGS_1, DT_RPATH, DT_RUNPATH, DT_SONAME, DynamicTable } from "./dynamic.ts";
import { ElfError } from "./errors.ts";
import { readHeader, readIdent } from "./header.ts";
import { readDlopenNotes } from "./notes.ts";
import { PT_INTERP, readSegments } from "./segments.ts";
import type { Segment } from "./segments.ts";
import { StringTable } from "./strings.ts";
import type { ElfFile } from "./types.ts";
import { readVersionDefinitions, readVersionNeeds } from "./versions.ts";

export { ElfError } from "./errors.ts";
export { isElf } from "./header.ts";
export { expandOrigin } from "./origin.ts";
export type * from "./types.ts";

const DF_1_PIE = 0x08000000;

/**
 * Reads what the dynamic linker would learn about a file, from its program headers. The bytes are neither copied
 * nor executed; time and memory grow with their number at most. Throws `ElfError`, and nothing else, where the
 * bytes are not a sound ELF file.
 */
export function readElf(bytes: Uint8Array): ElfFile {
  try {
    return read(readIdent(bytes));
  } catch (error) {
    // A read outside the bytes that no check foresaw.
    if (error instanceof RangeError) throw new ElfError("the file is damaged", { cause: error });
    throw error;
  }
}

function read(file: ElfBytes): ElfFile {
  const header = readHeader(file);
  const segments = readSegments(file, header);
  const dynamic = new DynamicTable(file, segments);
  const interpreter = readInterpreter(file, segments);
  const soname = dynamic.text(DT_SONAME);
  return {
    class: file.class,
    endian: file.endian,
    machine: header.machine,
    type: header.type,
    osAbi: header.osAbi,
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(soname === undefined ? {} : { soname }),
    needed: dynamic.needed,
    rpath: dynamic.path(DT_RPATH),
    runpath: dynamic.path(DT_RUNPATH),
    versionNeeds: readVersionNeeds(file, segments, dynamic),
    versionDefinitions: readVersionDefinitions(file, segments, dynamic),
    dlopenNotes: readDlopenNotes(file, header, segments),
    flags1Pie: ((dynamic.value(DT_FLAGS_1) ?? 0) & DF_1_PIE) !== 0,
  };
}

function readInterpreter(file: ElfBytes, segments: Segment[]): string | undefined {
  const segment = segments.find((each) => each.type === PT_INTERP);
  // Empty in a file of debug information split off: it has the program headers without what they describe.
  if (segment === undefined || segment.fileSize === 0) return undefined;
  const text = file.part(segment.offset, segment.fileSize, "the interpreter's name");
  return new StringTable(text.bytes, file.length).at(0);
}
