import type { Repository } from "../target/repositories.ts";
import { canonicalPackages } from "../target/packages.ts";
import type { Path } from "./locate.ts";

/** A Dockerfile that an image is built from; paths start in the template's folder. */
export interface DockerfileRequest {
  readonly file: string;
  readonly context: string;
  readonly args: Readonly<Record<string, string>>;
  readonly target?: string;
  /** Where it is named, for messages. */
  readonly place: Path;
}

/** What a `Packages` mapping asks for, its Spec joined in. */
export interface Asked {
  /** Something in it is wrong, which was told. */
  readonly broken: boolean;
  /** Canonical spellings, sorted, each once. */
  readonly build: readonly string[];
  readonly runtime: readonly string[];
  /** Patterns, sorted, each once. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Sorted by name. */
  readonly repositories: readonly Repository[];
  readonly extras: readonly string[];
  /** At most one of the two. */
  readonly buildImage?: string;
  readonly dockerfile?: DockerfileRequest;
  /** Build arguments beside no Dockerfile: they are for that of an outer mapping. */
  readonly args: Readonly<Record<string, string>>;
  readonly runtimeImage?: string;
}

/** Nothing. */
export const NOTHING: Asked = {
  broken: false,
  build: [],
  runtime: [],
  include: [],
  exclude: [],
  repositories: [],
  extras: [],
  args: {},
};

/** What several mappings ask for together: lists join, of images and arguments the last one's hold. */
export function joinAsked(...all: readonly Asked[]): Asked {
  const list = (key: "include" | "exclude" | "extras"): string[] => {
    return [...new Set(all.flatMap((one) => one[key]))].toSorted();
  };
  const image = all.findLast(({ buildImage, dockerfile }) => buildImage !== undefined || dockerfile);
  const runtimeImage = all.findLast((one) => one.runtimeImage !== undefined)?.runtimeImage;
  const args = Object.assign({}, ...all.map((one) => one.args)) as Record<string, string>;
  const { buildImage, dockerfile } = image ?? {};
  return {
    broken: all.some(({ broken }) => broken),
    build: canonicalPackages(all.flatMap(({ build }) => build)),
    runtime: canonicalPackages(all.flatMap(({ runtime }) => runtime)),
    include: list("include"),
    exclude: list("exclude"),
    extras: list("extras"),
    repositories: joinRepositories(all.flatMap(({ repositories }) => repositories)),
    args,
    ...(buildImage === undefined ? {} : { buildImage }),
    ...(dockerfile ? { dockerfile: { ...dockerfile, args: { ...dockerfile.args, ...args } } } : {}),
    ...(runtimeImage === undefined ? {} : { runtimeImage }),
  };
}

/** Each once; two by one name stay two, for whoever asks. */
function joinRepositories(all: readonly Repository[]): Repository[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()].toSorted((a, b) =>
    a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
  );
}

/** A name that two different repositories have; undefined when each has its own. */
export function sharedName(repositories: readonly Repository[]): string | undefined {
  return repositories.find(({ name }, at) => repositories[at + 1]?.name === name)?.name;
}
