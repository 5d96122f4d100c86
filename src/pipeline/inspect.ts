import type { FunctionRequest } from "../template/request.ts";
import { variablesFor } from "./edits.ts";
import type { CheckedLayer } from "./layer.ts";
import type { Plan } from "./plan.ts";
import { dockerfilesOf } from "./dockerfiles.ts";
import { findTemplate } from "./find.ts";
import { checkNamesakes } from "./namesakes.ts";
import { planRewrites, proveRewrites } from "./outputs.ts";
import { planSets } from "./plan.ts";
import { LAYER_STAND_INS, standIn } from "./rewrite.ts";
import { tellRemarks } from "./remarks.ts";
import type { SettingsOptions } from "./settings.ts";
import type { WorkOptions } from "./sets.ts";
import { makeSets } from "./sets.ts";
import { readStacks } from "./stacks.ts";

/** What is asked of an inspection. */
export interface InspectOptions extends WorkOptions, SettingsOptions {
  /** Path of the template; SAM's default names are tried when absent. */
  readonly template?: string;
}

/** What a transform would make of a template. */
export interface Inspection {
  readonly template: string;
  readonly functions: readonly InspectedFunction[];
  readonly plan: Plan;
  /** In the plan's order; a set with nothing to ship has none. */
  readonly layers: readonly CheckedLayer[];
}

/** What a transform would do for one function. */
export interface InspectedFunction {
  readonly request: FunctionRequest;
  readonly layer: CheckedLayer | undefined;
  /** Variables that it would add. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Reads a template with its nested ones and makes their layers, but no build image; nothing is written or published.
 * Throws as `transform` does.
 */
export async function inspect(asked: InspectOptions): Promise<Inspection> {
  const { listener } = asked;
  const { file, config } = await findTemplate(asked);
  const options = { ...asked, ...config };
  const tree = await readStacks(file, options);
  // What transform would refuse has no plan.
  const dockerfiles = await dockerfilesOf(tree);
  checkNamesakes(tree, dockerfiles, listener);
  proveRewrites(
    planRewrites(tree),
    tree.requests.map((request) => standIn(request, LAYER_STAND_INS.version)),
  );
  tellRemarks(tree, listener);
  const plan = planSets(tree.requests, dockerfiles);
  const { layers } = await makeSets({ builds: [], layers: plan.layers }, tree.stacks, options);
  const functions = tree.requests.map((request): InspectedFunction => {
    const layer = layers.find(({ set }) => set.keys.includes(request.key));
    const environment = layer ? variablesFor(request, layer.environment, listener) : {};
    return { request, layer, environment };
  });
  return { template: tree.root.file, functions, plan, layers };
}
