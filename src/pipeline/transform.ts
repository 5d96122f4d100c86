import type { Grant } from "../publish/lambda/grant.ts";
import type { LayerReference, Publisher } from "../publish/publish.ts";
import { WorkError } from "../report/errors.ts";
import type { FunctionRequest } from "../template/functions.ts";
import type { AccountOptions } from "./account.ts";
import type { FunctionResult } from "./edits.ts";
import { variablesFor } from "./edits.ts";
import type { CheckedLayer } from "./layer.ts";
import { planSets } from "./plan.ts";
import { LAYER_STAND_INS, proveRewrite, standIn } from "./rewrite.ts";
import type { Made, WorkOptions } from "./sets.ts";
import { tellRemarks } from "./remarks.ts";
import type { SettingsOptions } from "./settings.ts";
import type { Source } from "./source.ts";
import { checkOutput, findTemplate, outputPath, readSource, STDOUT } from "./source.ts";
import { writeWhole } from "./write.ts";

export type PublishMode = "lambda" | "template" | "none";

/** What `transform` is asked to do. */
export interface TransformOptions extends WorkOptions, AccountOptions, SettingsOptions {
  /** Path of the template; SAM's default names are tried when absent. */
  readonly template?: string;
  /** Path of the rewritten template, `-` for none: the caller takes it from the result. */
  readonly output?: string;
  readonly publish: PublishMode;
  readonly shareWith?: readonly Grant[];
}

/** What `transform` did. */
export interface TransformResult {
  readonly template: string;
  /** Path of the rewritten template, `-` for standard output. */
  readonly output: string;
  readonly text: string;
  readonly functions: readonly FunctionResult[];
  readonly layers: readonly CheckedLayer[];
  /** Whether `sam build` needs to be told to expand the template's loops. */
  readonly askForLoops: boolean;
}

/**
 * The main job: reads a template, makes its build images and layers, writes the template that uses them.
 * Throws InputError (exit code 2), WorkError (1) or Interrupted (130); nothing is written or published then.
 */
export async function transform(options: TransformOptions): Promise<TransformResult> {
  const source = await readSource(await findTemplate(options.template), options);
  const output = outputPath(source, options.output);
  await checkOutput(output);
  // Before anything is made, and again before anything is published: it must be possible to write what comes of it.
  const unpublished = LAYER_STAND_INS[options.publish === "template" ? "resource" : "version"];
  proveRewrite(
    source,
    source.requests.map((request) => standIn(request, unpublished)),
  );
  tellRemarks(source, options.listener);
  const publisher = await openPublisher(source, options);
  await publisher?.prepare();
  const made = await make(source, options);
  const expected = source.requests.map((request) => expectedOf(request, made, unpublished, options));
  proveRewrite(source, expected);
  const references = await publishLayers(made.layers, publisher);
  const functions = expected.map(({ layer: _standIn, ...result }): FunctionResult => {
    const layer = references.get(result.request.key);
    return layer ? { ...result, layer } : result;
  });
  const text = proveRewrite(source, functions);
  if (output !== STDOUT) await writeOutput(output, text);
  const { file, askForLoops } = source;
  return { template: file, output, text, functions, layers: made.layers, askForLoops };
}

/** A template without packages does not pay for loading what makes them. */
async function make(source: Source, options: TransformOptions): Promise<Made> {
  if (source.requests.length === 0) return { buildImages: new Map(), layers: [] };
  const { makeSets } = await import("./sets.ts");
  return makeSets(planSets(source.requests), source, options);
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

/** The reference that each function gets, by its key. */
async function publishLayers(
  layers: readonly CheckedLayer[],
  publisher: Publisher | undefined,
): Promise<Map<string, LayerReference>> {
  const references = new Map<string, LayerReference>();
  if (layers.length === 0 || !publisher) return references;
  const { packLayer } = await import("./layer.ts");
  const published = await publisher.publish(layers.map(packLayer));
  for (const [at, { set }] of layers.entries()) {
    const reference = published[at];
    if (reference) for (const key of set.keys) references.set(key, reference);
  }
  return references;
}

/** Where layers will go; undefined when none can come of the template, or none is to be published. */
async function openPublisher(
  { file, folder, requests }: Source,
  { publish, shareWith = [], ...options }: TransformOptions,
): Promise<Publisher | undefined> {
  if (publish === "none" || requests.every(({ runtimePackages }) => runtimePackages.length === 0))
    return undefined;
  const { jobs, signal, listener } = options;
  if (publish === "template") {
    const { TemplatePublisher } = await import("../publish/template/publisher.ts");
    return new TemplatePublisher(folder, writeWhole, listener);
  }
  const [{ lambdaAccount }, { LambdaPublisher }] = await Promise.all([
    import("./account.ts"),
    import("../publish/lambda/publisher.ts"),
  ]);
  return new LambdaPublisher({ ...(await lambdaAccount(file, options)), shareWith, jobs }, signal, listener);
}

async function writeOutput(output: string, text: string): Promise<void> {
  try {
    await writeWhole(output, text);
  } catch (error) {
    throw new WorkError(`cannot write ${output}`, {
      quote: error instanceof Error ? error.message : String(error),
      hint: "check the folder's permissions and free space, or use --output-template-file -",
    });
  }
}
