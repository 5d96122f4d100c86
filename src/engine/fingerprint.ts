import { createHash } from "node:crypto";
import type { Architecture } from "../target/runtimes.ts";
import type { Dockerfile, InstallRequest } from "./engine.ts";

/**
 * Identity of a build image's inputs, 64 hex digits.
 * @param base the base image's content identifier, or the fingerprint of the Dockerfile that it is built from, so that a
 * newer base gives another build image
 */
export function fingerprintOf(request: InstallRequest, base: string): string {
  return digestOf([1, base, request.architecture, request.packages]);
}

/**
 * Identity of the image that a Dockerfile is built into, 64 hex digits.
 * @param baseIds content identifiers of the images that it starts from, in its order
 */
export function imageFingerprint(
  { digest }: Dockerfile,
  baseIds: readonly string[],
  architecture: Architecture,
): string {
  return digestOf(["dockerfile", 1, digest, baseIds, architecture]);
}

function digestOf(inputs: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
}
