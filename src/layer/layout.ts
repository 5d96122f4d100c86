import { posix } from "node:path";
import type { Architecture } from "../target/runtimes.ts";
import type { Member } from "./closure.ts";
import { defaultFolders } from "../target/environment.ts";
import type { LayerFile } from "./file.ts";
import { isLibrary } from "./library.ts";

/** NAME_MAX of Linux's file systems, in bytes. */
const LONGEST_NAME = 255;
const PROGRAM_FOLDER = /^(?:\/usr(?:\/local)?)?\/s?bin\/([^/]+)$/;

/** Where files of the image go in the layer. */
export class Layout {
  private readonly folders: readonly string[];

  /** @param cached folders of the linker's cache: libraries there are like those of the default folders */
  constructor(architecture: Architecture, cached: readonly string[]) {
    const trimmed = cached.map((folder) => folder.replace(/\/+$/, ""));
    this.folders = [...new Set([...trimmed, ...defaultFolders(architecture)])].toSorted(
      (a, b) => b.length - a.length,
    );
  }

  /** The path below the folder of libraries that holds it; undefined when it lies in none. */
  belowLibraries(path: string): string | undefined {
    const folder = this.folders.find((one) => path.startsWith(`${one}/`));
    return folder === undefined ? undefined : path.slice(folder.length + 1);
  }

  /** The place of a file that is no library: programs in `bin/`, all else under its own path. */
  pathOf(path: string): string {
    // The path comes from a package: normalised, it cannot lead out of the layer.
    const clean = posix.normalize(`/${path}`);
    const program = PROGRAM_FOLDER.exec(clean)?.[1];
    if (program !== undefined) return `bin/${program}`;
    const below = this.belowLibraries(clean);
    return below === undefined ? clean.slice(1) : `lib/${below}`;
  }

  /**
   * The files of a library: one regular file, and links for further names by which something asks for it.
   * In a folder of libraries, or when NEEDED, it is flat in `lib/` under its SONAME; else it is a plug-in, which keeps
   * its path and every name it has there, since its host may ask for any of them.
   * @param paths the names that its package gives it
   */
  filesOf(member: Member, paths: readonly string[]): LayerFile[] {
    const { binary } = member;
    if (!isLibrary(binary)) return [fileOf(member, this.pathOf(paths[0] ?? binary.path))];
    const all = [...new Set([binary.path, ...paths])];
    const flat =
      member.names.size > 0 || all.some((path) => this.belowLibraries(path)?.includes("/") === false);
    if (!flat) {
      const [own = "", ...others] = all.map((path) => this.pathOf(path));
      return [fileOf(member, own), ...linksTo(member, own, others)];
    }
    const names = [...member.names].filter((one) => plainName(one) !== undefined).toSorted();
    const name = plainName(binary.elf.soname) ?? names[0] ?? posix.basename(binary.path);
    return [
      fileOf(member, `lib/${name}`),
      ...linksTo(
        member,
        `lib/${name}`,
        names.map((one) => `lib/${one}`),
      ),
    ];
  }
}

/** A SONAME is any text at all; only a plain file name can name a file. */
export function plainName(name: string | undefined): string | undefined {
  if (name === undefined || !/^[^/\0]+$/.test(name) || /^\.+$/.test(name)) return undefined;
  return Buffer.byteLength(name) <= LONGEST_NAME ? name : undefined;
}

function fileOf({ binary, package: owner, reasons }: Member, path: string): LayerFile {
  const mode = isLibrary(binary) ? 0o644 : 0o755;
  return { path, mode, bytes: binary.bytes, link: false, source: binary.path, package: owner, reasons };
}

function linksTo(member: Member, target: string, paths: readonly string[]): LayerFile[] {
  return [...new Set(paths)]
    .filter((path) => path !== target)
    .map((path) => ({
      ...fileOf(member, path),
      bytes: Buffer.from(posix.relative(posix.dirname(path), target)),
      link: true,
    }));
}
