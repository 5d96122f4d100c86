import pLimit from "p-limit";
import { posix } from "node:path";
import type { PackageFiles, ReadFile } from "./file.ts";
import type { Binaries, Binary } from "./library.ts";
import { isLibrary } from "./library.ts";

const LIBRARY_NAME = /\.so(?:\.[^/]+)?$/;
const CACHE_CONFIGURATION = /^\/etc\/ld\.so\.conf\.d\/[^/]+\.conf$/;
/** Calls to the engine at a time. */
export const READS_AT_ONCE = 8;

/** A shared library that a package owns, under every path by which the package names it. */
export interface Root {
  readonly binary: Binary;
  readonly package: string;
  readonly paths: readonly string[];
}

/** The shared libraries that packages own, each file once, in the order of packages and paths. */
export async function rootsOf(packages: readonly PackageFiles[], binaries: Binaries): Promise<Root[]> {
  const limit = pLimit(READS_AT_ONCE);
  const candidates = packages.flatMap(({ name, paths }) =>
    paths.filter((path) => LIBRARY_NAME.test(path)).map((path) => ({ name, path })),
  );
  const found = await Promise.all(
    candidates.map(({ name, path }) => limit(async () => ({ name, path, binary: await binaries.at(path) }))),
  );
  const roots = new Map<string, { binary: Binary; package: string; paths: string[] }>();
  for (const { name, path, binary } of found) {
    if (!binary || !isLibrary(binary)) continue;
    const known = roots.get(binary.path);
    if (known) known.paths.push(path);
    else roots.set(binary.path, { binary, package: name, paths: [path] });
  }
  return [...roots.values()];
}

/**
 * Folders that packages add to the dynamic linker's cache (`/usr/lib64/mysql`). Lambda has no such cache: what lies
 * there is a library like those of the default folders and goes flat into `lib/`.
 */
export async function cachedFolders(packages: readonly PackageFiles[], read: ReadFile): Promise<string[]> {
  const files = packages.flatMap(({ paths }) => paths.filter((path) => CACHE_CONFIGURATION.test(path)));
  const texts = await Promise.all(files.map(async (path) => (await read(path))?.bytes ?? new Uint8Array()));
  return texts.flatMap((bytes) =>
    Buffer.from(bytes)
      .toString()
      .split("\n")
      .map((line) => line.replace(/#.*/, "").trim())
      .filter((line) => posix.isAbsolute(line)),
  );
}
