import { posix } from "node:path";
import type { Architecture } from "../target/runtimes.ts";
import { LAYER_ROOT } from "../target/environment.ts";
import { searchFolders } from "./search.ts";
import type { LayerFile } from "./file.ts";
import type { Binaries, Binary } from "./library.ts";
import { binaryOf } from "./library.ts";

/** Something that would fail when a function loads a file of the layer. */
export interface Failure {
  readonly file: LayerFile;
  /** What is wrong, starting with the file's name. */
  readonly message: string;
}

/** Why each binary of a layer would load, or what it lacks. */
export interface Trace {
  readonly failures: readonly Failure[];
  /** SONAMEs that only the runtime image has, and that are not certain to be in Lambda. */
  readonly assumed: readonly string[];
}

/**
 * Looks every NEEDED library and every symbol version of a layer's binaries up as a function would: in the layer at
 * `/opt` and in the runtime image as it is without the packages, in the dynamic linker's order.
 * @param base the runtime image without the packages
 */
export async function trace(
  files: readonly LayerFile[],
  base: Binaries,
  architecture: Architecture,
  isCertain: (soname: string) => boolean,
): Promise<Trace> {
  const layer = new LayerBinaries(files, architecture);
  const find = async (name: string, folders: readonly string[]): Promise<Found | undefined> => {
    // A name with a slash is a path, which the dynamic linker opens as it is (ld.so(8)).
    const paths = name.includes("/") ? [name] : folders.map((folder) => `${folder}/${name}`);
    for (const path of paths.filter((one) => one.startsWith("/"))) {
      const inLayer = layer.at(path);
      if (inLayer) return { binary: inLayer, shipped: true };
      const inBase = path.startsWith(`${LAYER_ROOT}/`) ? undefined : await base.at(path);
      if (inBase) return { binary: inBase, shipped: false };
    }
    return undefined;
  };
  const assumed = new Set<string>();
  const traced = await Promise.all(
    files.map(async (file): Promise<Failure[]> => {
      const binary = file.link ? undefined : layer.at(`${LAYER_ROOT}/${file.path}`);
      if (!binary) return [];
      const { elf } = binary;
      const folders = searchFolders(elf, posix.dirname(`${LAYER_ROOT}/${file.path}`), architecture);
      const failures = await Promise.all(
        elf.needed.map(async (name): Promise<Failure[]> => {
          const found = await find(name, folders);
          if (!found)
            return [{ file, message: `${nameOf(file)} needs ${name}, which is nowhere to be found` }];
          if (!found.shipped && !isCertain(name) && !layer.has(name)) assumed.add(name);
          return missingVersions(binary, name, found).map((message) => ({
            file,
            message: `${nameOf(file)} needs ${message}`,
          }));
        }),
      );
      return failures.flat();
    }),
  );
  return { failures: traced.flat(), assumed: [...assumed].toSorted() };
}

interface Found {
  readonly binary: Binary;
  /** From the layer, not from the runtime image. */
  readonly shipped: boolean;
}

const nameOf = ({ path }: LayerFile): string => posix.basename(path);

/** `GLIBC_2.38 from libc.so.6, the runtime has up to GLIBC_2.34`, for each version that is missing. */
function missingVersions({ elf }: Binary, name: string, { binary, shipped }: Found): string[] {
  const defined = new Set(binary.elf.versionDefinitions);
  // The dynamic linker only warns when a library defines no version at all.
  if (defined.size === 0) return [];
  return elf.versionNeeds
    .filter(({ file }) => file === name)
    .flatMap(({ versions }) => versions)
    .filter((version) => !version.weak && !defined.has(version.name))
    .map((version) => {
      const highest = highestLike(version.name, defined);
      const owner = shipped ? "the layer" : "the runtime";
      return `${version.name} from ${name}, ${owner} has ${highest === undefined ? "no such version" : `up to ${highest}`}`;
    });
}

/** The highest version of the same family: of GLIBC_2.4 and GLIBC_2.34 the second. */
function highestLike(version: string, defined: ReadonlySet<string>): string | undefined {
  const family = version.replace(/[\d.]+$/, "");
  const numbers = (one: string): number[] => one.slice(family.length).split(".").map(Number);
  return [...defined]
    .filter((one) => one.startsWith(family) && /^[\d.]+$/.test(one.slice(family.length)))
    .toSorted((a, b) => {
      const [left, right] = [numbers(a), numbers(b)];
      const at = left.findIndex((part, index) => part !== right[index]);
      return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? 0);
    })
    .at(-1);
}

/** The binaries of a layer under their paths in a function, links followed. */
class LayerBinaries {
  private readonly files: ReadonlyMap<string, LayerFile>;
  private readonly architecture: Architecture;
  private readonly parsed = new Map<LayerFile, Binary | undefined>();

  constructor(files: readonly LayerFile[], architecture: Architecture) {
    this.files = new Map(files.map((file) => [`${LAYER_ROOT}/${file.path}`, file]));
    this.architecture = architecture;
  }

  has(soname: string): boolean {
    return this.files.has(`${LAYER_ROOT}/lib/${soname}`);
  }

  at(path: string): Binary | undefined {
    const file = this.files.get(path);
    if (!file) return undefined;
    // A link of a layer leads to a regular file, never to another link.
    if (file.link) return this.at(posix.join(posix.dirname(path), Buffer.from(file.bytes).toString()));
    if (!this.parsed.has(file)) {
      this.parsed.set(file, binaryOf({ path, mode: file.mode, bytes: file.bytes }, this.architecture));
    }
    return this.parsed.get(file);
  }
}
