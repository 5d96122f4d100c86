import { createHash } from "node:crypto";
import type { Architecture } from "../target/runtimes.ts";
import type { LayerFile } from "./file.ts";

/**
 * The content's digest, 64 hex digits: SHA-256 over one line a file (path, mode or `link`, SHA-256 of the
 * content or of the link's target), sorted by path, below a line
 * with the architecture. Nothing of the machine, the time or the zip goes into it.
 */
export function contentDigest(files: readonly LayerFile[], architecture: Architecture): string {
  const lines = files
    .map(
      ({ path, mode, bytes, link }) =>
        `${JSON.stringify(path)} ${link ? "link" : mode.toString(8)} ${sha256(bytes)}\n`,
    )
    .toSorted();
  return sha256(`sam-pkg layer 1 ${architecture}\n${lines.join("")}`);
}

function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}
