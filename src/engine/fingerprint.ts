import { createHash } from "node:crypto";
import type { InstallRequest } from "./engine.ts";
import type { KeyReader } from "./keys.ts";

/**
 * Identity of a build image's inputs, 64 hex digits.
 * @param imageId the base image's content identifier, so that a newer base gives another build image
 * @param keys what stands for each repository's key, see keyInputs
 */
export function fingerprintOf(request: InstallRequest, imageId: string, keys: readonly string[]): string {
  const { architecture, packages, extras } = request;
  // where a key lies is no input
  const repositories = request.repositories.map(({ gpgKey: _key, ...rest }, at) => ({
    ...rest,
    key: keys[at],
  }));
  const more = repositories.length + extras.length > 0 ? [repositories, extras] : [];
  const inputs = [1, imageId, architecture, packages, ...more];
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
}

/** Of each repository its key's fingerprint where it is named, else the file's SHA-256: nothing is fetched for it. */
export function keyInputs({ repositories }: InstallRequest, keys: KeyReader): Promise<string[]> {
  return Promise.all(
    repositories.map(async ({ name, gpgCheck, gpgKey, gpgKeyFingerprint }) => {
      if (!gpgCheck || gpgKey === undefined) return "";
      return gpgKeyFingerprint ?? digestOf(await keys.bytes(name, gpgKey));
    }),
  );
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
