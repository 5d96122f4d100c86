import { Readable } from "node:stream";
import JSZip from "jszip";
import type { LayerFile } from "./file.ts";

const REGULAR = 0o100000;
const SYMBOLIC_LINK = 0o120777;
/** The first instant that a zip can hold; JSZip writes it in UTC, whatever the time zone. */
const EPOCH = new Date(Date.UTC(1980, 0, 1));

/**
 * The layer's archive, piece by piece as it is read: never whole in memory. The same files give the same bytes on every
 * machine: sorted, one date, fixed modes.
 */
export function zipLayer(files: readonly LayerFile[]): AsyncIterable<Uint8Array> {
  const zip = new JSZip();
  for (const { path, mode, bytes, link } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    zip.file(path, bytes, {
      date: EPOCH,
      createFolders: false,
      unixPermissions: link ? SYMBOLIC_LINK : REGULAR | mode,
    });
  }
  const pieces = zip.generateNodeStream({ platform: "UNIX", compression: "DEFLATE" });
  // JSZip's stream is of an age before asynchronous iteration.
  return new Readable().wrap(pieces);
}
