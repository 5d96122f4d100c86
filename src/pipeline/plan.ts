import { createHash } from "node:crypto";
import { relative } from "node:path";
import type { InstallRequest } from "../engine/engine.ts";
import type { DockerfileRequest } from "../template/asked.ts";
import type { FunctionRequest } from "../template/request.ts";
import { mayGetLayer, namesOf } from "../template/request.ts";
import type { Runtime } from "../target/runtimes.ts";
import { buildImageOf, runtimeImageOf } from "../target/runtimes.ts";
import type { Dockerfiles } from "./dockerfiles.ts";

/** A package set: packages on top of an image. What asks for the same set shares its result. */
export interface PackageSet extends InstallRequest {
  /** Patterns of files beyond the libraries, and of files to leave out. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Images of which libraries and programs go into the layer as well. */
  readonly shipped: readonly InstallRequest[];
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

/**
 * Groups requests into distinct sets: cost grows with sets, never with functions.
 * @param dockerfiles what is known of the requests' Dockerfiles
 */
export function planSets(requests: readonly FunctionRequest[], dockerfiles: Dockerfiles = new Map()): Plan {
  const built = (request: FunctionRequest, asked: DockerfileRequest | undefined): Base => {
    const dockerfile = asked && dockerfiles.get(asked);
    if (dockerfile) return { image: relative(process.cwd(), dockerfile.file), dockerfile };
    return { image: request.buildImage ?? buildImageOf(request.runtime, request.architecture) };
  };
  const none = { include: [], exclude: [], shipped: [] };
  return {
    builds: group(
      requests.filter(({ builds }) => builds),
      (request) => ({ ...built(request, request.dockerfile), packages: request.build, ...none }),
    ),
    layers: group(requests.filter(mayGetLayer), (request) => {
      const { architecture, runtimePackages: packages, include, exclude } = request;
      const shipped = request.shipped.map((one): InstallRequest => {
        return { ...built(request, one), architecture, packages: [], repositories: [], extras: [] };
      });
      const image = request.runtimeImage ?? runtimeImageOf(request.runtime, architecture);
      return { image, packages, include, exclude, shipped };
    }),
  };
}

type Base = Pick<InstallRequest, "image" | "dockerfile">;

function group(
  requests: readonly FunctionRequest[],
  inputsOf: (
    request: FunctionRequest,
  ) => Base & Pick<PackageSet, "packages" | "include" | "exclude" | "shipped">,
): PackageSet[] {
  const sets = new Map<string, PackageSet>();
  for (const request of requests) {
    const { architecture, key, runtime, repositories, extras } = request;
    const inputs = { ...inputsOf(request), architecture, repositories, extras };
    const { packages, include, exclude, shipped } = inputs;
    const images = [inputs, ...shipped].map(({ image, dockerfile }) => dockerfile?.digest ?? image);
    const id = JSON.stringify([images, architecture, packages, repositories, extras, include, exclude]);
    const { keys = [], functions = [], runtimes = [] } = sets.get(id) ?? {};
    sets.set(id, {
      ...inputs,
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
