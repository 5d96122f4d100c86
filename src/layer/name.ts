import { createHash } from "node:crypto";
import type { Repository } from "../target/repositories.ts";

const LONGEST_NAME = 140;
const LONGEST_DESCRIPTION = 256;

/** What decides a layer's name: the inputs of a package set. */
export interface LayerInputs {
  readonly os: string;
  readonly architecture: string;
  readonly image: string;
  /** Canonical spellings, sorted. */
  readonly packages: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly repositories: readonly Repository[];
  readonly extras: readonly string[];
  /** Digests of the Dockerfiles whose files go in. */
  readonly shipped: readonly string[];
}

/**
 * `sam-pkg-<os>-<arch>-<first package>-<8 hex of the inputs>`: the same inputs give the same name everywhere.
 * Lambda allows letters, digits, `-` and `_`, at most 140 (PublishLayerVersion, LayerName).
 */
export function layerName(inputs: LayerInputs): string {
  const { os, architecture, image, packages, include, exclude, repositories, extras, shipped } = inputs;
  // where a key lies on this machine is no input
  const sources = repositories.map(({ gpgKey: _key, ...rest }) => rest);
  const more = sources.length + extras.length + shipped.length > 0 ? [sources, extras, shipped] : [];
  const hash = createHash("sha256")
    .update(JSON.stringify([1, os, architecture, image, packages, include, exclude, ...more]))
    .digest("hex");
  const suffix = `-${hash.slice(0, 8)}`;
  const readable = `sam-pkg-${os}-${architecture}-${packages[0] ?? "dockerfile"}`.replaceAll(
    /[^A-Za-z0-9_-]+/g,
    "-",
  );
  return readable.slice(0, LONGEST_NAME - suffix.length) + suffix;
}

/** The start of a layer version's description that says it holds this content. */
export function digestMark(digest: string): string {
  return `sam-pkg sha256:${digest}`;
}

/** A layer version's description: the digest whole, then the packages as far as Lambda's 256 characters go. */
export function layerDescription(digest: string, packages: readonly string[]): string {
  return `${digestMark(digest)} ${packages.join(" ")}`.slice(0, LONGEST_DESCRIPTION).trimEnd();
}
