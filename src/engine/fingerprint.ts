import { createHash } from "node:crypto";
import type { InstallRequest } from "./engine.ts";

/**
 * Identity of a build image's inputs, 64 hex digits.
 * @param imageId the base image's content identifier, so that a newer base gives another build image
 */
export function fingerprintOf(request: InstallRequest, imageId: string): string {
  const inputs = [1, imageId, request.architecture, request.packages];
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex");
}
