import { posix } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Header } from "tar-stream";
import { extract, pack } from "tar-stream";
import type { UnpackedFile } from "../engine.ts";

/**
 * The first entry of a tar stream, when it is a regular file.
 * The engine answers a request for one file with an archive of that file alone; its path inside is of no interest, so
 * none is ever taken from it.
 */
export async function readArchive(
  stream: NodeJS.ReadableStream,
): Promise<{ mode: number; bytes: Uint8Array } | undefined> {
  const archive = extract();
  let found: { mode: number; bytes: Uint8Array } | undefined;
  archive.on("entry", (header, content, next) => {
    if (found || header.type !== "file") {
      content.on("end", next).resume();
      return;
    }
    const chunks: Buffer[] = [];
    content.on("data", (chunk) => chunks.push(chunk as Buffer));
    content.on("error", next);
    content.on("end", () => {
      found = { mode: header.mode ?? 0o644, bytes: Buffer.concat(chunks) };
      next();
    });
  });
  await pipeline(stream, archive as unknown as Writable);
  return found;
}

/** One entry of a folder's archive; its name is relative to the folder. */
export type ArchiveEntry =
  | { readonly type: "file"; readonly name: string; readonly mode: number; readonly bytes?: Uint8Array }
  | { readonly type: "link"; readonly name: string; readonly target: string }
  | { readonly type: "folder" | "other"; readonly name: string };

/**
 * The entries of an archive of a folder, with the content of the files that `keep` chooses. The archive's own paths are
 * not trusted: what would lead out of the folder is left out.
 */
export async function readEntries(
  stream: NodeJS.ReadableStream,
  keep: (name: string, size: number) => boolean,
): Promise<ArchiveEntry[]> {
  const archive = extract();
  const entries: ArchiveEntry[] = [];
  const byName = new Map<string, ArchiveEntry>();
  archive.on("entry", (header, content, next) => {
    const name = belowFolder(header.name);
    const chunks: Buffer[] = [];
    const wanted = name !== undefined && header.type === "file" && keep(name, header.size ?? 0);
    content.on("data", (chunk) => wanted && chunks.push(chunk as Buffer));
    content.on("error", next);
    content.on("end", () => {
      const entry =
        name === undefined
          ? undefined
          : entryOf(name, header, wanted ? Buffer.concat(chunks) : undefined, byName);
      if (entry) {
        entries.push(entry);
        byName.set(entry.name, entry);
      }
      next();
    });
  });
  await pipeline(stream, archive as unknown as Writable);
  return entries;
}

function entryOf(
  name: string,
  { type, mode, linkname }: Header,
  bytes: Uint8Array | undefined,
  earlier: ReadonlyMap<string, ArchiveEntry>,
): ArchiveEntry {
  if (type === "file") return { type, name, mode, ...(bytes ? { bytes } : {}) };
  if (type === "symlink") return { type: "link", name, target: linkname ?? "" };
  if (type === "directory") return { type: "folder", name };
  // A hard link names the entry that holds the content.
  const target = type === "link" && linkname != null ? earlier.get(belowFolder(linkname) ?? "") : undefined;
  return target?.type === "file" ? { ...target, name } : { type: "other", name };
}

/** An entry's name below the folder that the archive is of; undefined for the folder itself, and for what lies outside. */
function belowFolder(name: string): string | undefined {
  const [, ...below] = posix.normalize(name).split("/");
  const inside = !name.startsWith("/") && !below.includes("..");
  const path = below.filter((part) => part !== "").join("/");
  return inside && path !== "" ? path : undefined;
}

/** An archive of files, with the folders that they need, readable by every user. */
export function writeArchive(files: readonly UnpackedFile[]): Readable {
  const archive = pack();
  const folders = new Set(files.flatMap(({ path }) => foldersAbove(path)));
  for (const name of [...folders].toSorted()) archive.entry({ name, type: "directory", mode: 0o755 });
  for (const { path, mode, bytes, link } of files) {
    if (link) archive.entry({ name: path, type: "symlink", linkname: Buffer.from(bytes).toString() });
    else archive.entry({ name: path, mode }, Buffer.from(bytes));
  }
  archive.finalize();
  return archive as unknown as Readable;
}

function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_part, index) => `${parts.slice(0, index + 1).join("/")}/`);
}
