import type { Grant } from "../publish/lambda/grant.ts";
import type { LayerReference } from "../publish/publish.ts";
import { mayGetLayer } from "../template/request.ts";
import type { AccountOptions } from "./account.ts";
import type { CheckedLayer } from "./layer.ts";
import type { WorkOptions } from "./sets.ts";
import type { Tree } from "./stacks.ts";
import { writeWhole } from "./write.ts";

export type PublishMode = "lambda" | "template" | "none";

/** How layers are published. */
export interface PublishOptions extends WorkOptions, AccountOptions {
  readonly publish: PublishMode;
  readonly shareWith?: readonly Grant[];
}

/** Publishes layers; gives the reference that each function gets, by its key. */
export type PublishLayers = (layers: readonly CheckedLayer[]) => Promise<ReadonlyMap<string, LayerReference>>;

/** Finds out before anything is made where the layers of a tree will go. Throws WorkError or InputError. */
export async function openPublisher(tree: Tree, options: PublishOptions): Promise<PublishLayers> {
  const asked = tree.requests.some(mayGetLayer);
  if (options.publish === "none" || !asked) return async () => new Map();
  return options.publish === "template" ? intoTemplates(tree, options) : toLambda(tree, options);
}

async function toLambda(
  { root }: Tree,
  { shareWith = [], ...options }: PublishOptions,
): Promise<PublishLayers> {
  const { jobs, signal, listener } = options;
  const [{ lambdaAccount }, { LambdaPublisher }, { packLayer }] = await Promise.all([
    import("./account.ts"),
    import("../publish/lambda/publisher.ts"),
    import("./layer.ts"),
  ]);
  const account = await lambdaAccount(root.file, options);
  const publisher = new LambdaPublisher({ ...account, shareWith, jobs }, signal, listener);
  await publisher.prepare();
  return async (layers) => byKey(layers, await publisher.publish(layers.map(packLayer)));
}

/** A resource can be referred to in its own template only: each gets those that its functions need. */
async function intoTemplates({ stacks }: Tree, { listener }: PublishOptions): Promise<PublishLayers> {
  const [{ TemplatePublisher }, { packLayer }] = await Promise.all([
    import("../publish/template/publisher.ts"),
    import("./layer.ts"),
  ]);
  return async (layers) => {
    const references = new Map<string, LayerReference>();
    for (const { folder, requests } of stacks) {
      const keys = new Set(requests.map(({ key }) => key));
      const own = layers.filter(({ set }) => set.keys.some((key) => keys.has(key)));
      const published = await new TemplatePublisher(folder, writeWhole, listener).publish(own.map(packLayer));
      for (const [key, reference] of byKey(own, published)) if (keys.has(key)) references.set(key, reference);
    }
    return references;
  };
}

function byKey(
  layers: readonly CheckedLayer[],
  published: readonly LayerReference[],
): Map<string, LayerReference> {
  const references = new Map<string, LayerReference>();
  for (const [at, { set }] of layers.entries()) {
    const reference = published[at];
    if (reference) for (const key of set.keys) references.set(key, reference);
  }
  return references;
}
