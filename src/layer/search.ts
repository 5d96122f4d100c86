import { posix } from "node:path";
import { defaultFolders, LIBRARY_PATH } from "../target/environment.ts";
import type { Architecture } from "../target/runtimes.ts";
import type { ElfFile } from "./elf/elf.ts";
import { expandOrigin } from "./elf/elf.ts";

/**
 * The folders in which the dynamic linker looks for what a file needs, in its order (ld.so(8)): DT_RPATH unless there is
 * a DT_RUNPATH, LD_LIBRARY_PATH, DT_RUNPATH, the default folders.
 * @param folder the file's own folder, `$ORIGIN`
 * @param extra folders that the linker's cache would add, from /etc/ld.so.conf.d
 */
export function searchFolders(
  elf: Pick<ElfFile, "rpath" | "runpath">,
  folder: string,
  architecture: Architecture,
  extra: readonly string[] = [],
): string[] {
  const platform = architecture === "arm64" ? "aarch64" : "x86_64";
  const expand = (entries: readonly string[]): string[] =>
    entries.map((entry) => posix.normalize(expandOrigin(entry, folder, "lib64", platform)));
  const before = elf.runpath.length > 0 ? [] : expand(elf.rpath);
  const folders = [
    ...before,
    ...LIBRARY_PATH,
    ...expand(elf.runpath),
    ...extra,
    ...defaultFolders(architecture),
  ];
  return [...new Set(folders.filter((one) => posix.isAbsolute(one)).map((one) => one.replace(/\/+$/, "")))];
}
