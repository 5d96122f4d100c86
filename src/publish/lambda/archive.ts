import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Interrupted, WorkError } from "../../report/errors.ts";

/** A layer's zip on disk, in a file without a name: it is gone with the process, however that ends. */
export class Archive {
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the zip, as Lambda gives it in CodeSha256. */
  readonly sha256: Buffer;
  private readonly file: FileHandle;

  private constructor(file: FileHandle, size: number, sha256: Buffer) {
    this.file = file;
    this.size = size;
    this.sha256 = sha256;
  }

  /** Writes the zip to the folder for temporary files as it comes. */
  static async write(zip: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Archive> {
    const folder = await mkdtemp(join(tmpdir(), "sam-pkg-")).catch(cannotWrite);
    let file: FileHandle | undefined;
    try {
      file = await open(join(folder, "layer.zip"), "wx+", 0o600);
      // An open file goes on without its name.
      await rm(folder, { recursive: true });
      const hash = createHash("sha256");
      let size = 0;
      for await (const piece of zip) {
        if (signal.aborted) throw new Interrupted();
        hash.update(piece);
        await file.appendFile(piece);
        size += piece.length;
      }
      return new Archive(file, size, hash.digest());
    } catch (error) {
      await file?.close();
      await rm(folder, { recursive: true, force: true });
      return cannotWrite(error);
    }
  }

  /** The whole zip. */
  async bytes(): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(this.size);
    for (let at = 0; at < this.size;) at += (await this.file.read(bytes, at, this.size - at, at)).bytesRead;
    return bytes;
  }

  /** The zip as it is read from disk. */
  stream(): Readable {
    return this.file.createReadStream({ start: 0, autoClose: false });
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

function cannotWrite(error: unknown): never {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === undefined) throw error;
  throw new WorkError(`cannot write a layer's archive in ${tmpdir()}`, {
    quote: error instanceof Error ? error.message : String(error),
    hint: "check its free space and permissions, or name another folder in TMPDIR",
    cause: error,
  });
}
