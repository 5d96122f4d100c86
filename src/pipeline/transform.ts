import { basename } from "node:path";
import type { Engine } from "../engine/engine.ts";
import type { LayerReference, Publisher } from "../publish/publish.ts";
import { InputError, WorkError } from "../report/errors.ts";
import type { Listener } from "../report/events.ts";
import { EditRefused, proveEdits } from "../template/edit.ts";
import type { FunctionResult } from "./edits.ts";
import { editsFor } from "./edits.ts";
import type { PackedLayer } from "./layer.ts";
import { packLayer } from "./layer.ts";
import { parallel } from "./parallel.ts";
import type { PackageSet } from "./plan.ts";
import { planSets, stableTags } from "./plan.ts";
import type { Source } from "./source.ts";
import { findTemplate, outputPath, readSource, STDOUT } from "./source.ts";
import { writeWhole } from "./write.ts";

export type PublishMode = "lambda" | "template" | "none";

/** What `transform` is asked to do. */
export interface TransformOptions {
  /** Path of the template; SAM's default names are tried when absent. */
  readonly template?: string;
  /** Path of the rewritten template, `-` for none: the caller takes it from the result. */
  readonly output?: string;
  readonly publish: PublishMode;
  readonly region?: string;
  readonly profile?: string;
  /** Package sets worked on at a time. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly listener: Listener;
}

/** What `transform` did. */
export interface TransformResult {
  readonly template: string;
  /** Path of the rewritten template, `-` for standard output. */
  readonly output: string;
  readonly text: string;
  readonly functions: readonly FunctionResult[];
  readonly layers: readonly PackedLayer[];
}

/**
 * The main job: reads a template, makes its build images and layers, writes the template that uses them.
 * Throws InputError (exit code 2), WorkError (1) or Interrupted (130); nothing is written or published then.
 */
export async function transform(options: TransformOptions): Promise<TransformResult> {
  const source = await readSource(await findTemplate(options.template));
  const output = outputPath(source, options.output);
  proveRewrite(source, expectedResults(source));

  const made = await makeSets(source, options);
  const references = await publishLayers(source, made.layers, options);
  const functions = source.requests.map((request) => {
    const { logicalId } = request;
    const buildImage = made.buildImages.get(logicalId);
    const layer = references.get(logicalId);
    return { request, ...(buildImage === undefined ? {} : { buildImage }), ...(layer ? { layer } : {}) };
  });
  const text = proveRewrite(source, functions);
  if (output !== STDOUT) await writeOutput(output, text);
  return { template: source.file, output, text, functions, layers: made.layers.map(({ packed }) => packed) };
}

interface MadeLayer {
  readonly set: PackageSet;
  readonly packed: PackedLayer;
}

interface Made {
  readonly buildImages: ReadonlyMap<string, NonNullable<FunctionResult["buildImage"]>>;
  readonly layers: readonly MadeLayer[];
}

async function makeSets({ folder, requests }: Source, options: TransformOptions): Promise<Made> {
  const plan = planSets(requests);
  const buildImages = new Map<string, NonNullable<FunctionResult["buildImage"]>>();
  if (plan.builds.length + plan.layers.length === 0) return { buildImages, layers: [] };

  const inner = new AbortController();
  const signal = AbortSignal.any([options.signal, inner.signal]);
  const engine = await openEngine(signal, options.listener);
  const names = stableTags(
    basename(folder),
    requests.map(({ logicalId }) => logicalId),
  );
  const builds = plan.builds.map((set) => async (): Promise<undefined> => {
    const images = set.functions.map((logicalId) => ({ logicalId, stableTag: names.get(logicalId) ?? "" }));
    const { tag } = await engine.build(
      set,
      images.map(({ stableTag }) => stableTag),
    );
    for (const { logicalId, stableTag } of images) buildImages.set(logicalId, { tag, stableTag });
  });
  const installs = plan.layers.map((set) => async (): Promise<MadeLayer | undefined> => {
    const packed = await engine.install(set, (root) => packLayer(set, root, options.listener));
    return packed && { set, packed };
  });
  const made = await parallel<MadeLayer | undefined>([...builds, ...installs], options.jobs, signal, () =>
    inner.abort(),
  );
  return { buildImages, layers: made.filter((one) => one !== undefined) };
}

/** Loaded only here: a template without packages, or with mistakes, needs no engine. */
async function openEngine(signal: AbortSignal, listener: Listener): Promise<Engine> {
  const { DockerEngine } = await import("../engine/docker/engine.ts");
  return new DockerEngine(signal, listener);
}

async function publishLayers(
  { folder }: Source,
  layers: readonly MadeLayer[],
  options: TransformOptions,
): Promise<Map<string, LayerReference>> {
  const references = new Map<string, LayerReference>();
  if (layers.length === 0 || options.publish === "none") return references;
  const publisher = await openPublisher(folder, options);
  for (const { set, packed } of layers) {
    const reference = await publisher.publish(packed.layer);
    const { kind, reused } = reference;
    const name = kind === "version" ? reference.arn : reference.logicalId;
    options.listener({ kind: "published", as: kind, reference: name, reused });
    for (const logicalId of set.functions) references.set(logicalId, reference);
  }
  return references;
}

async function openPublisher(folder: string, options: TransformOptions): Promise<Publisher> {
  if (options.publish === "template") {
    const { TemplatePublisher } = await import("../publish/template/publisher.ts");
    return new TemplatePublisher(folder);
  }
  const { LambdaPublisher } = await import("../publish/lambda/publisher.ts");
  return new LambdaPublisher(options, options.signal);
}

/** Results of the right shape, to prove that the template can be rewritten before anything is made or published. */
function expectedResults({ requests }: Source): FunctionResult[] {
  const layer = {
    kind: "version",
    arn: "arn:aws:lambda:us-east-1:123456789012:layer:sam-pkg:1",
    reused: true,
  } as const;
  return requests.map((request) => ({
    request,
    ...(request.build.length > 0
      ? { buildImage: { tag: "samcli/lambda-sampkg-0:latest", stableTag: "" } }
      : {}),
    ...(request.runtimePackages.length > 0 ? { layer } : {}),
  }));
}

function proveRewrite({ file, text }: Source, results: readonly FunctionResult[]): string {
  try {
    return proveEdits(text, editsFor(results));
  } catch (error) {
    if (!(error instanceof EditRefused)) throw error;
    const message = `cannot write ${error.path.join(".")}: ${error.message}`;
    const hint =
      "write this part of the template in its plain form (no anchor, no merge), then run sam-pkg again";
    throw new InputError([{ severity: "error", file, message, hint }]);
  }
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
