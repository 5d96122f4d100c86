import type { Diagnostic } from "../report/diagnostic.ts";
import type { Architecture, Runtime } from "../target/runtimes.ts";
import type { Edit } from "./apply.ts";
import type { Asked, DockerfileRequest } from "./asked.ts";
import type { LayerPlace } from "./layers.ts";
import type { Path } from "./locate.ts";
import type { Variables } from "./variables.ts";

/** A nested stack, as people tell it. */
interface NestedStack {
  /** The logical IDs from the root's resource down, as SAM writes them: `Api/Auth`. */
  readonly path: string;
  /** Path of its template. */
  readonly template: string;
}

/** A function or layer of the template that asks for packages, with Globals and the template's own Packages joined in. */
export interface FunctionRequest extends Pick<
  Asked,
  "build" | "include" | "exclude" | "repositories" | "extras" | "buildImage" | "dockerfile" | "runtimeImage"
> {
  /** Of a layer only the build is asked for: its Runtime packages are those of the functions that list it. */
  readonly resource: "function" | "layer";
  /** Unique in a run. */
  readonly key: string;
  /** Where the function stands in its template: below a loop, its body. */
  readonly path: Path;
  /** What SAM calls it: for the body of a loop, one name an iteration. */
  readonly logicalIds: readonly string[];
  /** The nested stack whose template it is in; absent for the root's. */
  readonly stack?: NestedStack;
  readonly runtime: Runtime;
  readonly architecture: Architecture;
  /** Whether an image is made for its build. */
  readonly builds: boolean;
  /** Canonical spellings, sorted, each once. */
  readonly runtimePackages: readonly string[];
  /** The Dockerfiles whose libraries and programs go into its layer: its own, and those of layers that it lists. */
  readonly shipped: readonly DockerfileRequest[];
  /** The variables that the function has already; undefined when none can be added. */
  readonly variables: Variables | undefined;
  /** Where its layer goes; empty when it asks for none. */
  readonly layerPlaces: readonly LayerPlace[];
  /** What else has to be edited for a layer to change nothing but Layers. */
  readonly layerPreparations: readonly Edit[];
  /** The function's own `Packages` lists that are empty keys (null). */
  readonly emptyLists: readonly Path[];
}

/** What a template's functions ask for. */
export interface Reading {
  readonly requests: readonly FunctionRequest[];
  /** What is right, but may not do what its author wants. */
  readonly warnings: readonly Diagnostic[];
  /** Whether some of the functions come from Fn::ForEach. */
  readonly loops: boolean;
}

/** Whether it may get a layer; what a Dockerfile leaves for one is known when it is built. */
export function mayGetLayer({
  runtimePackages,
  shipped,
}: Pick<FunctionRequest, "runtimePackages" | "shipped">): boolean {
  return runtimePackages.length + shipped.length > 0;
}

/** What people call a function: its logical IDs, behind those of the nested stacks that it is in. */
export function namesOf({ logicalIds, stack }: Pick<FunctionRequest, "logicalIds" | "stack">): string[] {
  return logicalIds.map((logicalId) => (stack ? `${stack.path}/${logicalId}` : logicalId));
}
