import { createReadStream } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Header, Pack } from "tar-stream";
import { pack } from "tar-stream";
import type { ContextEntry } from "../context-files.ts";

/** One date for all, so that dates decide nothing; archives with DOS dates (zip, wheels) cannot hold one before 1980. */
const DATE = new Date(Date.UTC(2000, 0, 1));

/**
 * A build's context as the engine takes it, read as it is sent.
 * @param dockerfile under a name of its own, which no COPY finds
 * @param fail called when a file cannot be read, with the stream's end cut off
 */
export function contextArchive(
  entries: readonly ContextEntry[],
  dockerfile: { readonly name: string; readonly bytes: Uint8Array },
  fail: (error: unknown) => void,
): Readable {
  const archive = pack();
  const fill = async (): Promise<void> => {
    for (const entry of entries) await addEntry(archive, entry);
    archive.entry(headerOf(dockerfile.name), Buffer.from(dockerfile.bytes));
    // The engine takes the Dockerfile away before it copies when its name is ignored; as Docker's own client does.
    archive.entry(headerOf(".dockerignore"), `.dockerignore\n${dockerfile.name}\n`);
    archive.finalize();
  };
  fill().catch((error: unknown) => {
    fail(error);
    archive.destroy();
  });
  return archive as unknown as Readable;
}

async function addEntry(archive: Pack, entry: ContextEntry): Promise<void> {
  if (entry.type === "folder") {
    archive.entry({ ...headerOf(entry.name), type: "directory", mode: 0o755 });
  } else if (entry.type === "link") {
    archive.entry({ ...headerOf(entry.name), type: "symlink", linkname: entry.target });
  } else {
    const mode = entry.executable ? 0o755 : 0o644;
    const file = archive.entry({ ...headerOf(entry.name), mode, size: entry.size });
    await pipeline(createReadStream(entry.path), file as unknown as Writable);
  }
}

function headerOf(name: string): Pick<Header, "name" | "mode" | "mtime" | "uid" | "gid"> {
  return { name, mode: 0o644, mtime: DATE, uid: 0, gid: 0 };
}
