import pLimit from "p-limit";
import { WorkError } from "../report/errors.ts";
import type { Architecture } from "../target/runtimes.ts";
import type { ElfFile } from "./elf/elf.ts";
import { ElfError, isElf, readElf } from "./elf/elf.ts";
import type { LayerFile } from "./file.ts";

/** A package with its paths, as the engine gives it. */
export interface PackagePaths {
  readonly name: string;
  readonly paths: readonly string[];
}

/** Reads the regular file that a path leads to; undefined when there is none. */
export type ReadFile = (
  path: string,
) => Promise<{ readonly path: string; readonly bytes: Uint8Array } | undefined>;

const LIBRARY_NAME = /\.so(?:\.[^/]+)?$/;
/** Folders that hold libraries, multiarch ones too; what lies deeper belongs to one program: a plug-in. */
const LIBRARY_FOLDER = /^(?:\/usr)?\/lib(?:64)?(?:\/[^/]+-linux-(?:gnu|musl)[^/]*)?(?:\/|$)/;
const READS_AT_ONCE = 8;

/**
 * The shared libraries of packages, as files of a layer: flat in `lib/` under their SONAME,
 * plug-ins under their own path below `lib/`.
 */
export async function selectLibraries(
  packages: readonly PackagePaths[],
  architecture: Architecture,
  read: ReadFile,
): Promise<LayerFile[]> {
  const limit = pLimit(READS_AT_ONCE);
  const candidates = packages.flatMap(({ name, paths }) =>
    paths.filter((path) => LIBRARY_NAME.test(path)).map((path) => ({ name, path })),
  );
  const found = await Promise.all(
    candidates.map(({ name, path }) =>
      limit(async () => {
        const file = await read(path);
        const elf = file && libraryIn(file, name, architecture);
        return elf && { elf, bytes: file.bytes, source: file.path, package: name };
      }),
    ),
  );
  const libraries = found.filter((one) => one !== undefined);
  const needed = new Set(libraries.flatMap(({ elf }) => elf.needed));
  const byPath = new Map<string, LayerFile>();
  for (const { elf, ...file } of libraries) {
    const path = layerPath(file.source, elf.soname, needed);
    if (!byPath.has(path)) byPath.set(path, { path, mode: 0o644, ...file });
  }
  return [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** What the file is to the dynamic linker; undefined when it is no shared library of this architecture. */
function libraryIn(
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
  owner: string,
  architecture: Architecture,
): ElfFile | undefined {
  if (!isElf(bytes)) return undefined;
  try {
    const elf = readElf(bytes);
    const fits = elf.type === "shared" && !elf.flags1Pie && elf.class === 64 && elf.machine === architecture;
    return fits ? elf : undefined;
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    throw new WorkError(`${path} of package ${owner} is damaged: ${error.message}`, { cause: error });
  }
}

function layerPath(source: string, soname: string | undefined, needed: ReadonlySet<string>): string {
  const folder = LIBRARY_FOLDER.exec(source)?.[0] ?? "/";
  const rest = source.slice(folder.length);
  // A SONAME is any text at all; only one that is a plain file name can name a file.
  const name = soname !== undefined && /^[^/]+$/.test(soname) && !/^\.+$/.test(soname) ? soname : undefined;
  if (!rest.includes("/")) return `lib/${name ?? rest}`;
  return name !== undefined && needed.has(name) ? `lib/${name}` : `lib/${rest}`;
}
