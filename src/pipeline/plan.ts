import { createHash } from "node:crypto";
import type { FunctionRequest } from "../template/request.ts";
import { namesOf } from "../template/request.ts";
import type { Architecture, Runtime } from "../target/runtimes.ts";
import { buildImageOf, runtimeImageOf } from "../target/runtimes.ts";

/** A package set: packages on top of an image. What asks for the same set shares its result. */
export interface PackageSet {
  readonly image: string;
  readonly architecture: Architecture;
  readonly packages: readonly string[];
  /** Patterns of files beyond the libraries, and of files to leave out. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Keys of the functions that asked, in the template's order. */
  readonly keys: readonly string[];
  /** Their logical IDs, for people: `Child/Fn` in a nested stack. */
  readonly functions: readonly string[];
  /** The runtimes of those functions, each once. */
  readonly runtimes: readonly Runtime[];
}

/** What has to be made for a template. */
export interface Plan {
  readonly builds: readonly PackageSet[];
  readonly layers: readonly PackageSet[];
}

/** Groups the functions' requests into distinct sets: cost grows with sets, never with functions. */
export function planSets(requests: readonly FunctionRequest[]): Plan {
  return {
    builds: group(requests, (request) => ({
      image: request.buildImage ?? buildImageOf(request.runtime, request.architecture),
      packages: request.build,
      include: [],
      exclude: [],
    })),
    layers: group(requests, (request) => ({
      image: request.runtimeImage ?? runtimeImageOf(request.runtime, request.architecture),
      packages: request.runtimePackages,
      include: request.include,
      exclude: request.exclude,
    })),
  };
}

function group(
  requests: readonly FunctionRequest[],
  inputsOf: (request: FunctionRequest) => Pick<PackageSet, "image" | "packages" | "include" | "exclude">,
): PackageSet[] {
  const sets = new Map<string, PackageSet>();
  for (const request of requests) {
    const { image, packages, include, exclude } = inputsOf(request);
    if (packages.length === 0) continue;
    const { architecture, key, runtime } = request;
    const inputs = JSON.stringify([image, architecture, packages, include, exclude]);
    const { keys = [], functions = [], runtimes = [] } = sets.get(inputs) ?? {};
    sets.set(inputs, {
      image,
      architecture,
      packages,
      include,
      exclude,
      keys: [...keys, key],
      functions: [...functions, ...namesOf(request)],
      runtimes: runtimes.includes(runtime) ? runtimes : [...runtimes, runtime],
    });
  }
  return [...sets.values()];
}

const LONGEST_WORD = 100;

/**
 * The names of functions' build images that stay the same from run to run, for samconfig's `build_image`, by logical ID.
 * SAM never pulls names that start with `samcli/lambda`. Docker knows lower case only: IDs that would give one name are
 * told apart by a hash.
 */
export function stableTags(stackFolder: string, logicalIds: readonly string[]): Map<string, string> {
  const names = logicalIds.map((logicalId) => stableName(stackFolder, logicalId));
  return new Map(
    logicalIds.map((logicalId, index) => {
      const name = names[index] ?? "";
      const alone = names.indexOf(name) === names.lastIndexOf(name);
      const hash = alone ? "" : `-${createHash("sha256").update(logicalId).digest("hex").slice(0, 6)}`;
      return [logicalId, `samcli/lambda-sampkg-${name}${hash}:latest`];
    }),
  );
}

function stableName(...words: readonly string[]): string {
  return words
    .map((word) =>
      word
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, "-")
        .replaceAll(/^-|-$/g, "")
        .slice(0, LONGEST_WORD),
    )
    .map((word) => word.replace(/-$/, ""))
    .filter((word) => word !== "")
    .join("-");
}
