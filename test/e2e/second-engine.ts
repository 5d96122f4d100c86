import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, "../lab/second-engine");

/** What the lab's script knows to start. */
export type Kind = "docker" | "docker-tls" | "podman";

/** Where a second engine in a folder listens. */
export const hostOf = (folder: string): string => `unix://${folder}/engine.sock`;

/**
 * Starts an engine of the lab's in a folder that is not there yet, with an image or more of the machine's engine.
 * @param size of its disk, as for mount's tmpfs
 */
export async function startEngine(
  kind: Kind,
  folder: string,
  size: string,
  images: readonly string[],
): Promise<void> {
  await run("bash", [SCRIPT, "start", kind, folder, size, String(process.pid)]);
  const copy = 'docker save "${@:2}" | docker -H "$1" load';
  await run("bash", ["-o", "pipefail", "-c", copy, "copy", hostOf(folder), ...images]);
}

/** Stops it and removes its folder. */
export async function stopEngine(folder: string): Promise<void> {
  await run("bash", [SCRIPT, "stop", folder]);
}
