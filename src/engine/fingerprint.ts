import { createHash } from "node:crypto";
import type { Architecture } from "../target/runtimes.ts";
import type { Dockerfile, InstallRequest } from "./engine.ts";
import type { KeyReader } from "./keys.ts";

/**
 * Identity of a build image's inputs, 64 hex digits.
 * @param base the base image's content identifier, or the fingerprint of the Dockerfile that it is built from, so that a
 * newer base gives another build image
 * @param keys what stands for each repository's key, see keyInputs
 */
export function fingerprintOf(request: InstallRequest, base: string, keys: readonly string[]): string {
  const { architecture, packages, extras } = request;
  // where a key lies is no input
  const repositories = request.repositories.map(({ gpgKey: _key, ...rest }, at) => ({
    ...rest,
    key: keys[at],
  }));
  const more = repositories.length + extras.length > 0 ? [repositories, extras] : [];
  return sha256Of(JSON.stringify([1, base, architecture, packages, ...more]));
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
  return sha256Of(JSON.stringify(["dockerfile", 1, digest, baseIds, architecture]));
}

/** Of each repository its key's fingerprint where it is named, else the file's SHA-256: nothing is fetched for it. */
export function keyInputs({ repositories }: InstallRequest, keys: KeyReader): Promise<string[]> {
  return Promise.all(
    repositories.map(async ({ name, gpgCheck, gpgKey, gpgKeyFingerprint }) => {
      if (!gpgCheck || gpgKey === undefined) return "";
      return gpgKeyFingerprint ?? sha256Of(await keys.bytes(name, gpgKey));
    }),
  );
}

function sha256Of(input: Uint8Array | string): string {
  return createHash("sha256").update(input).digest("hex");
}
