import type { ImageFiles, RuntimePackage, RuntimeRoot } from "../engine/engine.ts";
import type { Assembly } from "../layer/assemble.ts";
import { assemble } from "../layer/assemble.ts";
import type { Budget } from "../layer/budget.ts";
import { budgetOf } from "../layer/budget.ts";
import { licenseInfo } from "../layer/license.ts";
import { contentDigest } from "../layer/manifest.ts";
import { digestMark, layerDescription, layerName } from "../layer/name.ts";
import { zipLayer } from "../layer/zip.ts";
import type { Layer } from "../publish/publish.ts";
import type { Listener } from "../report/events.ts";
import { isNameOf, parsePackage } from "../target/packages.ts";
import { liveRuntimes } from "../target/runtimes.ts";
import type { PackageSet } from "./plan.ts";
import { testLoading } from "./load-test.ts";
import { tooLarge, wouldNotLoad } from "./verdict.ts";

/** Lambda's limit of CompatibleRuntimes (PublishLayerVersion). */
const MOST_RUNTIMES = 15;

/** A layer of a package set, checked, with all that is known of it. */
export interface CheckedLayer extends Assembly {
  readonly set: PackageSet;
  readonly name: string;
  /** The content's digest, 64 hex digits. */
  readonly digest: string;
  readonly os: string;
  readonly packages: readonly RuntimePackage[];
  readonly budget: Budget;
}

export interface CheckOptions {
  readonly loadTest: boolean;
  readonly listener: Listener;
}

/**
 * Assembles the layer of a set and checks that it would load; undefined when there is nothing to ship.
 * Throws WorkError with everything that would fail.
 * @param built the images of the set's Dockerfiles, whose libraries and programs go in as well
 */
export async function checkLayer(
  set: PackageSet,
  root: RuntimeRoot,
  built: readonly ImageFiles[],
  { loadTest, listener }: CheckOptions,
): Promise<CheckedLayer | undefined> {
  const { architecture, include, exclude } = set;
  const { packages, files: image, base, os } = root;
  reportNames(packages, listener);
  const assembly = await assemble({
    architecture,
    packages,
    include,
    exclude,
    read: (path) => image.read(path),
    list: (folder) => image.list(folder),
    readBase: (path) => base.read(path),
    built: built.map((one) => ({ read: (path) => one.read(path), list: (folder) => one.list(folder) })),
  });
  const { files, failures, assumed } = assembly;
  if (failures.length > 0) throw wouldNotLoad(set, packages, failures);
  if (files.length === 0) {
    listener({ kind: "nothing-to-ship", packages: set.packages });
    for (const message of assembly.notes) listener({ kind: "note", message });
    return undefined;
  }
  const budget = budgetOf(files);
  if (budget.verdict === "too-large") throw tooLarge(set, budget);
  const tested = loadTest ? await testLoading(set, root, assembly) : undefined;
  const notes = [...(tested?.notes ?? []), ...assembly.notes];
  const shipped = set.shipped.map((one) => one.dockerfile?.digest ?? one.image);
  const name = layerName({ ...set, os, shipped });
  const digest = contentDigest(files, architecture);
  listener({
    kind: "layer",
    name,
    digest,
    files: files.length,
    bytes: budget.bytes,
    ...(tested ? { loadTest: { tried: tested.tried, loaded: tested.loaded } } : {}),
  });
  for (const message of notes) listener({ kind: "note", message });
  if (assumed.length > 0) {
    const message = `taken from the runtime image, though Lambda may not have it: ${assumed.join(", ")}`;
    listener({ kind: "warning", message, hint: "take it out of Exclude, so that the layer brings it" });
  }
  if (budget.verdict === "tight") {
    const message = `layer ${name} takes ${Math.round(budget.bytes / 2_621_440)}% of the 262,144,000 bytes that a function may have`;
    listener({ kind: "warning", message, hint: "`sam-pkg plan` shows what takes how much" });
  }
  return { ...assembly, notes, set, name, digest, os, packages, budget };
}

/** A checked layer as publishers take it. */
export function packLayer(checked: CheckedLayer): Layer {
  const { set, name, digest, files, packages, os } = checked;
  const license = licenseInfo(files, packages);
  return {
    name,
    digest,
    mark: digestMark(digest),
    description: layerDescription(digest, set.packages),
    ...(license === undefined ? {} : { license }),
    zip: () => zipLayer(files),
    architecture: set.architecture,
    runtimes: compatibleRuntimes(set, os),
    asked: set.runtimes.map(({ id }) => id),
  };
}

/** The runtimes that asked, then the others of the same system as far as the limit goes. */
function compatibleRuntimes({ runtimes }: PackageSet, os: string): string[] {
  const asked = runtimes.map(({ id }) => id);
  return [...new Set([...asked, ...liveRuntimes(os)])].slice(0, MOST_RUNTIMES);
}

/** Which package came for a name that no package has. */
function reportNames(packages: readonly RuntimePackage[], listener: Listener): void {
  for (const { name, version, requests } of packages) {
    for (const request of requests) {
      if (isNameOf(request, name)) continue;
      listener({ kind: "resolved", request: parsePackage(request).name, package: name, version });
    }
  }
}
