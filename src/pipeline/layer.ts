import type { AddedPackage, InstalledRoot } from "../engine/engine.ts";
import { contentDigest } from "../layer/manifest.ts";
import { digestMark, layerDescription, layerName } from "../layer/name.ts";
import type { LayerFile } from "../layer/file.ts";
import { selectLibraries } from "../layer/select.ts";
import { zipLayer } from "../layer/zip.ts";
import type { Layer } from "../publish/publish.ts";
import type { Listener } from "../report/events.ts";
import { liveRuntimes } from "../target/runtimes.ts";
import type { PackageSet } from "./plan.ts";

/** Lambda's limit of CompatibleRuntimes (PublishLayerVersion). */
const MOST_RUNTIMES = 15;

/** A layer with what it is made of, for the report. */
export interface PackedLayer {
  readonly layer: Layer;
  readonly files: readonly LayerFile[];
  readonly packages: readonly AddedPackage[];
}

/** Packs the libraries of a set's packages; undefined when they have none to ship. */
export async function packLayer(
  set: PackageSet,
  root: InstalledRoot,
  listener: Listener,
): Promise<PackedLayer | undefined> {
  const { architecture, packages, image } = set;
  const files = await selectLibraries(root.added, architecture, (path) => root.read(path));
  if (files.length === 0) {
    listener({ kind: "nothing-to-ship", packages });
    return undefined;
  }
  const digest = contentDigest(files, architecture);
  const name = layerName({ os: root.os, architecture, image, packages });
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  listener({ kind: "layer", name, digest, files: files.length, bytes });
  const layer = {
    name,
    digest,
    mark: digestMark(digest),
    description: layerDescription(digest, packages),
    zip: await zipLayer(files),
    architecture,
    runtimes: compatibleRuntimes(set, root.os),
  };
  return { layer, files, packages: root.added };
}

/** The runtimes that asked, then the others of the same system as far as the limit goes. */
function compatibleRuntimes({ runtimes }: PackageSet, os: string): string[] {
  const asked = runtimes.map(({ id }) => id);
  return [...new Set([...asked, ...liveRuntimes(os)])].slice(0, MOST_RUNTIMES);
}
