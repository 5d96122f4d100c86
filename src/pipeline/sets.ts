import { setMaxListeners } from "node:events";
import type { Engine, ImageFiles, InstallRequest } from "../engine/engine.ts";
import type { Listener } from "../report/events.ts";
import type { BuildImageNames } from "./edits.ts";
import type { CheckedLayer } from "./layer.ts";
import { checkLayer, leavesAny, nothingToShip } from "./layer.ts";
import { parallel } from "../parallel.ts";
import type { Plan } from "./plan.ts";
import type { Stack } from "./stacks.ts";
import { tagsOf } from "./tags.ts";

/** How sets are worked on. */
export interface WorkOptions {
  /** Package sets worked on at a time. */
  readonly jobs: number;
  /** Whether each library is loaded in the runtime image before it is published. */
  readonly loadTest: boolean;
  readonly signal: AbortSignal;
  readonly listener: Listener;
}

/** What was made of a plan. */
export interface Made {
  /** By the functions' keys. */
  readonly buildImages: ReadonlyMap<string, BuildImageNames>;
  /** In the plan's order; a set with nothing to ship has none. */
  readonly layers: readonly CheckedLayer[];
  /** Variables by which SAM CLI finds the engine that has the images; empty when it does by itself. */
  readonly samVariables: Readonly<Record<string, string>>;
}

/** Makes every set of a plan, side by side. */
export async function makeSets(
  plan: Plan,
  stacks: readonly Stack[],
  { jobs, loadTest, signal: outer, listener }: WorkOptions,
): Promise<Made> {
  const buildImages = new Map<string, BuildImageNames>();
  if (plan.builds.length + plan.layers.length === 0) return { buildImages, layers: [], samVariables: {} };

  const inner = new AbortController();
  const signal = AbortSignal.any([outer, inner.signal]);
  // Everything that is under way listens to it.
  setMaxListeners(0, signal);
  const engine = await openEngine(signal, listener);
  const names = tagsOf(stacks);
  const builds = plan.builds.map((set) => async (): Promise<undefined> => {
    const tags = new Set(set.keys.flatMap((key) => names.get(key) ?? []));
    const { tag } = await engine.build(set, [...tags]);
    for (const key of set.keys) buildImages.set(key, { tag, stableTags: names.get(key) ?? [] });
  });
  const layers = plan.layers.map(
    (set) => () =>
      withImages(engine, set.shipped, async (built) => {
        // A Dockerfile for building only needs no runtime image.
        if (set.packages.length > 0 || (await leavesAny(built))) {
          return engine.install(set, (root) => checkLayer(set, root, built, { loadTest, listener }));
        }
        listener(nothingToShip(set));
        return undefined;
      }),
  );
  const made = await parallel<CheckedLayer | undefined>([...builds, ...layers], jobs, signal, () =>
    inner.abort(),
  );
  const samVariables = builds.length > 0 ? await engine.samVariables() : {};
  return { buildImages, layers: made.filter((one) => one !== undefined), samVariables };
}

/** Hands the files of several images to `use`. */
function withImages<T>(
  engine: Engine,
  [first, ...rest]: readonly InstallRequest[],
  use: (images: readonly ImageFiles[]) => Promise<T>,
): Promise<T> {
  if (!first) return use([]);
  return engine.open(first, (files) => withImages(engine, rest, (others) => use([files, ...others])));
}

/** Loaded only here: a template without packages, or with mistakes, needs no engine. */
async function openEngine(signal: AbortSignal, listener: Listener): Promise<Engine> {
  const { DockerEngine } = await import("../engine/docker/engine.ts");
  return new DockerEngine(signal, listener);
}
