import table from "../../schemas/environment.json" with { type: "json" };
import type { Architecture } from "./runtimes.ts";

/** Where Lambda unpacks layers. */
export const LAYER_ROOT = "/opt";

/** LD_LIBRARY_PATH of a function, in order. */
export const LIBRARY_PATH: readonly string[] = table.libraryPath;

const certain = new Set(table.certain);

/** Whether every runtime has a library of this SONAME, so that no layer needs it. */
export function isCertain(soname: string): boolean {
  return certain.has(soname);
}

/** The dynamic linker's own folders, which it searches last. */
export function defaultFolders(architecture: Architecture): readonly string[] {
  return table.defaultFolders[architecture];
}
