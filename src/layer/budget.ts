import type { LayerFile } from "./file.ts";

/** Lambda's limit for a function and its layers together, unzipped (Lambda quotas). */
export const MOST_BYTES = 262_144_000;
/** The share of the limit from which on a warning is due. */
const WARN_FROM = 0.8;

/** What a layer takes of the limit. */
export interface Budget {
  /** Unzipped. */
  readonly bytes: number;
  readonly verdict: "fits" | "tight" | "too-large";
  /** What each package or Dockerfile takes, largest first; undefined is the runtime image's own. */
  readonly shares: readonly { readonly package: string | undefined; readonly bytes: number }[];
}

/** Adds a layer's files up. */
export function budgetOf(files: readonly LayerFile[]): Budget {
  const byPackage = new Map<string | undefined, number>();
  for (const file of files) {
    const owner = file.package ?? file.dockerfile;
    byPackage.set(owner, (byPackage.get(owner) ?? 0) + file.bytes.length);
  }
  const shares = [...byPackage].map(([name, bytes]) => ({ package: name, bytes }));
  const bytes = shares.reduce((sum, share) => sum + share.bytes, 0);
  const verdict = bytes > MOST_BYTES ? "too-large" : bytes > MOST_BYTES * WARN_FROM ? "tight" : "fits";
  return { bytes, verdict, shares: shares.toSorted((a, b) => b.bytes - a.bytes) };
}
