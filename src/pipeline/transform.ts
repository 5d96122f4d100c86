import { resolve } from "node:path";
import type { Grant } from "../publish/lambda/grant.ts";
import type { LayerReference } from "../publish/publish.ts";
import { WorkError } from "../report/errors.ts";
import type { FunctionRequest } from "../template/request.ts";
import type { AccountOptions } from "./account.ts";
import type { FunctionResult } from "./edits.ts";
import { variablesFor } from "./edits.ts";
import type { CheckedLayer } from "./layer.ts";
import type { Dockerfiles } from "./dockerfiles.ts";
import { dockerfilesOf } from "./dockerfiles.ts";
import { findTemplate } from "./find.ts";
import { plainlyBuilt } from "./images.ts";
import { checkNamesakes } from "./namesakes.ts";
import { checkOutputs, planRewrites, proveRewrites } from "./outputs.ts";
import { planSets } from "./plan.ts";
import type { PublishMode } from "./publish.ts";
import { openPublisher } from "./publish.ts";
import { isSameRewrite, LAYER_STAND_INS, standIn } from "./rewrite.ts";
import type { Made, WorkOptions } from "./sets.ts";
import { tellRemarks } from "./remarks.ts";
import type { SettingsOptions } from "./settings.ts";
import { STDOUT } from "./source.ts";
import type { Stack, Tree } from "./stacks.ts";
import { readStacks } from "./stacks.ts";
import { writeWhole } from "./write.ts";

/** What `transform` is asked to do. */
export interface TransformOptions extends WorkOptions, AccountOptions, SettingsOptions {
  /** Path of the template; SAM's default names are tried when absent. */
  readonly template?: string;
  /** Path of the rewritten template, `-` for none: the caller takes it from the result. */
  readonly output?: string;
  readonly publish: PublishMode;
  readonly shareWith?: readonly Grant[];
}

/** A nested template that was rewritten. */
export interface WrittenChild {
  readonly template: string;
  readonly output: string;
  /** The logical IDs from the root's resource down: `Api/Auth`. */
  readonly stack: string;
  /** Its functions and layers with packages. */
  readonly requests: readonly FunctionRequest[];
}

/** What `transform` did. */
export interface TransformResult {
  readonly template: string;
  /** Path of the rewritten template, `-` for standard output. */
  readonly output: string;
  readonly text: string;
  /** Nested templates that were rewritten, children before their parents. */
  readonly children: readonly WrittenChild[];
  /** Of all stacks, the root's first. */
  readonly functions: readonly FunctionResult[];
  readonly layers: readonly CheckedLayer[];
  /** Whether `sam build` needs to be told to expand the template's loops. */
  readonly askForLoops: boolean;
  /** Logical IDs of the functions and layers that SAM builds in its own way. */
  readonly plain: readonly string[];
  /** SAM's configuration file, where it is not the one that `sam build` finds by the template or was told of. */
  readonly configFile?: string;
}

/**
 * The main job: reads a template and its nested ones, makes their build images and layers, writes the templates that
 * use them. Throws InputError (exit code 2), WorkError (1) or Interrupted (130); nothing is written or published then.
 */
export async function transform(asked: TransformOptions): Promise<TransformResult> {
  const { listener } = asked;
  const { file, config } = await findTemplate(asked);
  const options = { ...asked, ...config };
  const tree = await readStacks(file, options);
  const dockerfiles = await dockerfilesOf(tree);
  checkNamesakes(tree, dockerfiles, listener);
  const rewrites = planRewrites(tree, options.output);
  await checkOutputs(rewrites, listener);
  if (tree.requests.length > 0) await checkSamconfig(tree.root.file, options);
  // Before anything is made, and again before anything is published: it must be possible to write what comes of it.
  const unpublished = LAYER_STAND_INS[options.publish === "template" ? "resource" : "version"];
  const tried = tree.requests.map((request) => standIn(request, unpublished));
  proveRewrites(rewrites, tried);
  tellRemarks(tree, listener);
  const publishLayers = await openPublisher(tree, options);
  const made = await make(tree, dockerfiles, options);
  const expected = tree.requests.map((request) => expectedOf(request, made, unpublished, options));
  if (!isSameRewrite(tried, expected)) proveRewrites(rewrites, expected);
  const references = await publishLayers(made.layers);
  const functions = expected.map(({ layer: _standIn, ...result }): FunctionResult => {
    const layer = references.get(result.request.key);
    return layer ? { ...result, layer } : result;
  });
  const texts = proveRewrites(rewrites, functions);
  // Children before their parents: a run that is killed leaves no template that names one which is not there.
  for (const [at, { stack, output }] of rewrites.entries()) {
    await writeOutput(stack, output, texts[at] ?? "");
  }
  const children = rewrites.slice(0, -1).map(({ stack, output }): WrittenChild => {
    return { template: stack.file, output, stack: stack.path, requests: stack.requests };
  });
  const output = rewrites.at(-1)?.output ?? STDOUT;
  const text = texts.at(-1) ?? "";
  const { root, askForLoops } = tree;
  const { layers } = made;
  const plain = plainlyBuilt(tree.stacks, functions);
  return { template: root.file, output, text, children, functions, layers, askForLoops, plain, ...config };
}

/** What is read of samconfig when all is made must not turn out wrong only then. */
async function checkSamconfig(template: string, options: SettingsOptions): Promise<void> {
  const { readSamconfig } = await import("./samconfig.ts");
  (await readSamconfig(template, options))?.for("build");
}

/** A template without packages does not pay for loading what makes them. */
async function make(
  { stacks, requests }: Tree,
  dockerfiles: Dockerfiles,
  options: TransformOptions,
): Promise<Made> {
  if (requests.length === 0) return { buildImages: new Map(), layers: [] };
  const { makeSets } = await import("./sets.ts");
  return makeSets(planSets(requests, dockerfiles), stacks, options);
}

/** What was made for a function, its layer not yet published. */
function expectedOf(
  request: FunctionRequest,
  made: Made,
  unpublished: LayerReference,
  { publish, listener }: TransformOptions,
): FunctionResult {
  const buildImage = made.buildImages.get(request.key);
  const layer = made.layers.find(({ set }) => set.keys.includes(request.key));
  return {
    request,
    ...(buildImage ? { buildImage } : {}),
    ...(layer && publish !== "none"
      ? { layer: unpublished, environment: variablesFor(request, layer.environment, listener) }
      : {}),
  };
}

async function writeOutput({ file, template }: Stack, output: string, text: string): Promise<void> {
  if (output === STDOUT || (text === template.text && resolve(output) === resolve(file))) return;
  try {
    await writeWhole(output, text);
  } catch (error) {
    throw new WorkError(`cannot write ${output}`, {
      quote: error instanceof Error ? error.message : String(error),
      hint: "check the folder's permissions and free space, or use --output-template-file -",
    });
  }
}
