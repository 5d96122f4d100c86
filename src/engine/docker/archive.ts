import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";

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
