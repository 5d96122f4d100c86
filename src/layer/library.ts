import { WorkError } from "../report/errors.ts";
import type { Architecture } from "../target/runtimes.ts";
import type { ElfFile } from "./elf/elf.ts";
import { ElfError, isElf, readElf } from "./elf/elf.ts";
import type { ImageFile, ReadFile } from "./file.ts";

/** An ELF file of an image, for the layer's architecture: a shared library or a program. */
export interface Binary extends ImageFile {
  readonly elf: ElfFile;
}

/** The file as the dynamic linker sees it; undefined when it is not ELF or of another architecture. */
export function binaryOf(file: ImageFile, architecture: Architecture): Binary | undefined {
  if (!isElf(file.bytes)) return undefined;
  try {
    const elf = readElf(file.bytes);
    const loadable = elf.type === "shared" || elf.type === "executable";
    const fits = loadable && elf.class === 64 && elf.endian === "little" && elf.machine === architecture;
    return fits ? { ...file, elf } : undefined;
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    throw new WorkError(`${file.path} is damaged: ${error.message}`, {
      hint: "a package holds a broken file: install another version of it (`name = version`)",
      cause: error,
    });
  }
}

/** Whether other files can be linked against it. Programs that are position-independent have the same ELF type. */
export function isLibrary({ elf }: Binary): boolean {
  return (
    elf.type === "shared" && !elf.flags1Pie && (elf.interpreter === undefined || elf.soname !== undefined)
  );
}

/** The binaries of an image, each path read and parsed once. */
export class Binaries {
  private readonly read: ReadFile;
  private readonly architecture: Architecture;
  private readonly first: readonly string[];
  private readonly known = new Map<string, Promise<Binary | undefined>>();

  /** @param first folders that are searched before all others */
  constructor(read: ReadFile, architecture: Architecture, first: readonly string[] = []) {
    this.read = read;
    this.first = first;
    this.architecture = architecture;
  }

  /** The binary that a path leads to; its own path tells where it really lies. */
  at(path: string): Promise<Binary | undefined> {
    const known = this.known.get(path) ?? this.load(path);
    this.known.set(path, known);
    return known;
  }

  /** The first binary of that file name in folders, as the dynamic linker would find it, and the path it found. */
  async find(
    name: string,
    folders: readonly string[],
  ): Promise<{ readonly path: string; readonly binary: Binary } | undefined> {
    for (const folder of [...this.first, ...folders]) {
      const path = `${folder}/${name}`;
      const binary = await this.at(path);
      if (binary) return { path, binary };
    }
    return undefined;
  }

  private async load(path: string): Promise<Binary | undefined> {
    const file = await this.read(path);
    return file && binaryOf(file, this.architecture);
  }
}
