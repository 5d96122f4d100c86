import type { Grant } from "../publish/lambda/grant.ts";
import type { LayerReference } from "../publish/publish.ts";
import type { LambdaAccount } from "./account.ts";
import type { CheckedLayer } from "./layer.ts";
import type { WorkOptions } from "./sets.ts";
import type { Tree } from "./stacks.ts";
import { writeWhole } from "./write.ts";

export type PublishMode = "lambda" | "template" | "none";

/** How layers are published. */
interface PublishOptions extends WorkOptions {
  readonly publish: PublishMode;
  readonly shareWith?: readonly Grant[];
}

/** The reference that each function gets, by its key. */
export async function publishLayers(
  tree: Tree,
  layers: readonly CheckedLayer[],
  account: LambdaAccount,
  options: PublishOptions,
): Promise<Map<string, LayerReference>> {
  if (layers.length === 0 || options.publish === "none") return new Map();
  return options.publish === "template"
    ? intoTemplates(tree, layers, options)
    : toLambda(layers, account, options);
}

async function toLambda(
  layers: readonly CheckedLayer[],
  account: LambdaAccount,
  { shareWith = [], jobs, signal, listener }: PublishOptions,
): Promise<Map<string, LayerReference>> {
  const { packLayer } = await import("./layer.ts");
  const { LambdaPublisher } = await import("../publish/lambda/publisher.ts");
  const publisher = new LambdaPublisher({ ...account, shareWith, jobs }, signal, listener);
  return byKey(layers, await publisher.publish(layers.map(packLayer)));
}

/** A resource can be referred to in its own template only: each gets those that its functions need. */
async function intoTemplates(
  { stacks }: Tree,
  layers: readonly CheckedLayer[],
  { listener }: PublishOptions,
): Promise<Map<string, LayerReference>> {
  const { packLayer } = await import("./layer.ts");
  const { TemplatePublisher } = await import("../publish/template/publisher.ts");
  const references = new Map<string, LayerReference>();
  for (const { folder, requests } of stacks) {
    const keys = new Set(requests.map(({ key }) => key));
    const own = layers.filter(({ set }) => set.keys.some((key) => keys.has(key)));
    const published = await new TemplatePublisher(folder, writeWhole, listener).publish(own.map(packLayer));
    for (const [key, reference] of byKey(own, published)) if (keys.has(key)) references.set(key, reference);
  }
  return references;
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
