import pLimit from "p-limit";
import type { Architecture } from "../target/runtimes.ts";
import type { ElfFile } from "./elf/elf.ts";
import { isElf, readElf } from "./elf/elf.ts";
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
        if (!file || !isElf(file.bytes)) return undefined;
        const elf = readElf(file.bytes);
        if (!isLibraryFor(elf, architecture)) return undefined;
        return {
          path: layerPath(file.path, elf),
          mode: 0o644,
          bytes: file.bytes,
          source: file.path,
          package: name,
        };
      }),
    ),
  );
  const byPath = new Map<string, LayerFile>();
  for (const file of found) if (file && !byPath.has(file.path)) byPath.set(file.path, file);
  return [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function isLibraryFor(elf: ElfFile, architecture: Architecture): boolean {
  return elf.type === "shared" && !elf.flags1Pie && elf.class === 64 && elf.machine === architecture;
}

function layerPath(source: string, { soname }: ElfFile): string {
  const folder = LIBRARY_FOLDER.exec(source)?.[0] ?? "/";
  const rest = source.slice(folder.length);
  return rest.includes("/") ? `lib/${rest}` : `lib/${soname ?? rest}`;
}
