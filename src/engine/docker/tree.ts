import { posix } from "node:path";
import type { ImageFile, ImageFiles } from "../engine.ts";
import type { ArchiveEntry } from "./archive.ts";

/** What a tree needs of a session. */
export interface TreeSource extends Pick<ImageFiles, "read"> {
  /** Where a path leads after all links; undefined when there is nothing. */
  resolve(path: string): Promise<string | undefined>;
  /** Everything below a folder; content only of the files that `keep` chooses. */
  entries(folder: string, keep: (name: string, size: number) => boolean): Promise<readonly ArchiveEntry[]>;
}

const LIBRARY_NAME = /\.so(?:\.[^/]+)?$/;
/** Files of this size cost less to keep than to ask for one by one; in bytes. */
const SMALL = 65_536;
/** More links in a row than this are a loop, as for the kernel (path_resolution(7)). */
const MOST_LINKS = 40;

type Entry = ArchiveEntry | undefined;

/**
 * An image's files, those of its folders of libraries fetched at once: one request for a folder costs as much as a
 * request for one file of it, and a layer asks for hundreds. Everything else is asked for one by one.
 */
export class Tree implements ImageFiles {
  private readonly source: TreeSource;
  private folders: readonly string[];
  /** Entries by path, for each folder by where it really lies. */
  private readonly fetched = new Map<string, Promise<ReadonlyMap<string, ArchiveEntry>>>();
  private readonly resolved = new Map<string, Promise<string | undefined>>();

  /** @param folders folders of libraries, as paths that may be links */
  constructor(source: TreeSource, folders: readonly string[]) {
    this.source = source;
    this.folders = folders.toSorted((a, b) => b.length - a.length);
  }

  /** What is listed is likely to be read next: it is fetched with its content. */
  async list(folder: string): Promise<readonly string[]> {
    const place = await this.place(`${folder}/`);
    if (!place) {
      const real = await this.resolve(folder);
      if (real === undefined) return [];
      const fetching = this.fetch(real, () => true);
      this.fetched.set(real, fetching);
      this.folders = [folder, ...this.folders].toSorted((a, b) => b.length - a.length);
      return this.list(folder);
    }
    return [...place.entries]
      .filter(([path, { type }]) => path.startsWith(place.path) && (type === "file" || type === "link"))
      .map(([path]) => posix.join(folder, path.slice(place.path.length)));
  }

  async read(path: string): Promise<ImageFile | undefined> {
    let at = posix.normalize(path);
    for (let links = 0; links < MOST_LINKS; links++) {
      const place = await this.place(at);
      if (!place) return this.readAlone(at);
      const entry: Entry = place.entries.get(place.path);
      if (!entry) {
        // A folder of the path may itself be a link: only the engine knows where it leads.
        const below = posix.dirname(place.path);
        const unknown = below !== place.folder && !place.entries.has(below);
        return unknown ? this.readAlone(at) : undefined;
      }
      if (entry.type === "file") {
        const { mode, bytes } = entry;
        return bytes ? { path: place.path, mode, bytes } : this.source.read(place.path);
      }
      if (entry.type !== "link") return undefined;
      at = posix.resolve(posix.dirname(place.path), entry.target);
    }
    return undefined;
  }

  /** A miss costs one cheap request, a hit two. */
  private async readAlone(path: string): Promise<ImageFile | undefined> {
    const folder = await this.resolve(posix.dirname(path));
    if (folder === undefined) return undefined;
    const resolved = await this.source.resolve(posix.join(folder, posix.basename(path)));
    return resolved === undefined ? undefined : this.source.read(resolved);
  }

  private async place(path: string): Promise<Place | undefined> {
    const folder = this.folders.find((one) => path.startsWith(`${one}/`));
    const real = folder === undefined ? undefined : await this.resolve(folder);
    if (folder === undefined || real === undefined) return undefined;
    const fetching =
      this.fetched.get(real) ?? this.fetch(real, (name, size) => size <= SMALL || LIBRARY_NAME.test(name));
    this.fetched.set(real, fetching);
    return { folder: real, path: real + path.slice(folder.length), entries: await fetching };
  }

  /** Where a folder really lies. The engine resolves a path's last part only: each part is asked for once. */
  private resolve(folder: string): Promise<string | undefined> {
    const known = this.resolved.get(folder) ?? this.resolveParts(folder);
    this.resolved.set(folder, known);
    return known;
  }

  private async resolveParts(folder: string): Promise<string | undefined> {
    if (folder === "/") return folder;
    const above = await this.resolve(posix.dirname(folder));
    return above === undefined ? undefined : this.source.resolve(posix.join(above, posix.basename(folder)));
  }

  private async fetch(
    folder: string,
    keep: (name: string, size: number) => boolean,
  ): Promise<ReadonlyMap<string, ArchiveEntry>> {
    const entries = await this.source.entries(folder, keep);
    return new Map(entries.map((entry) => [posix.join(folder, entry.name), entry]));
  }
}

interface Place {
  /** Where the folder really lies. */
  readonly folder: string;
  readonly path: string;
  readonly entries: ReadonlyMap<string, ArchiveEntry>;
}
