import type { Assembly } from "../../src/layer/assemble.ts";
import { assemble } from "../../src/layer/assemble.ts";
import type { Ingredients } from "../../src/layer/file.ts";
import { makeElf, sample } from "./elf/builder.ts";
import { FakeImage } from "./image.ts";

/** A library as gcc would make it, made without gcc: no interpreter, no versions. */
export function madeLibrary(soname?: string, needed: string[] = []): Uint8Array {
  const { interpreter: _, soname: __, rpath: ___, runpath: ____, ...rest } = sample({ needed, notes: [] });
  const quiet = { ...rest, versionNeeds: [], versionDefinitions: [] };
  return makeElf({ ...quiet, ...(soname === undefined ? {} : { soname }) }).bytes;
}

/** The layer of an image, all of which one package owns, on a runtime that has only libc. */
export function layerOf(image: FakeImage, change: Partial<Ingredients> = {}): Promise<Assembly> {
  return assemble({
    architecture: "x86_64",
    packages: [image.owned()],
    read: image.read,
    list: image.list,
    readBase: new FakeImage().file("/lib64/libc.so.6", madeLibrary("libc.so.6")).read,
    include: [],
    exclude: [],
    built: [],
    ...change,
  });
}

/** Paths of a layer's files. */
export const pathsOf = ({ files }: Assembly): string[] => files.map(({ path }) => path);
/** Paths with modes. */
export const modesOf = ({ files }: Assembly): string[] =>
  files.map(({ path, mode, link }) => `${path} ${link ? "link" : mode.toString(8)}`);
