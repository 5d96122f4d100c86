import { posix } from "node:path";
import type { LayerFile, Reason } from "./file.ts";

/** The files of a layer in the making, by path: the first of a path stays. */
export class Files {
  private readonly byPath = new Map<string, LayerFile>();
  private readonly folders = new Set<string>();

  /** Whether the file has its place now; it cannot stand where a folder of another one must be. */
  add(file: LayerFile): boolean {
    const folders = foldersOf(file.path);
    if (this.byPath.has(file.path) || this.folders.has(file.path)) return false;
    if (folders.some((folder) => this.byPath.has(folder))) return false;
    this.byPath.set(file.path, file);
    for (const folder of folders) this.folders.add(folder);
    return true;
  }

  /**
   * A further name below `lib/` of a file or a folder, when that, seen from the name's folder, is there and the name is
   * free.
   */
  link(name: string, target: string, reason: Reason): void {
    const path = `lib/${name}`;
    const place = posix.join(posix.dirname(path), target);
    const file =
      this.byPath.get(place) ?? [...this.byPath.values()].find((one) => one.path.startsWith(`${place}/`));
    if (file && !file.link)
      this.add({ ...file, path, bytes: Buffer.from(target), link: true, reasons: [reason] });
  }

  sorted(): LayerFile[] {
    return [...this.byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }
}

function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join("/"));
}
