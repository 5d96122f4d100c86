import type { Engine, ImageFiles, InstallRequest } from "../engine/engine.ts";
import type { Listener } from "../report/events.ts";
import type { BuildImageNames } from "./edits.ts";
import type { CheckedLayer } from "./layer.ts";
import { checkLayer } from "./layer.ts";
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
}

/** Makes every set of a plan, side by side. */
export async function makeSets(
  plan: Plan,
  stacks: readonly Stack[],
  { jobs, loadTest, signal: outer, listener }: WorkOptions,
): Promise<Made> {
  const buildImages = new Map<string, BuildImageNames>();
  if (plan.builds.length + plan.layers.length === 0) return { buildImages, layers: [] };

  const inner = new AbortController();
  const signal = AbortSignal.any([outer, inner.signal]);
  const engine = await openEngine(signal, listener);
  const names = tagsOf(stacks);
  const builds = plan.builds.map((set) => async (): Promise<undefined> => {
    const tags = new Set(set.keys.flatMap((key) => names.get(key) ?? []));
    const { tag } = await engine.build(set, [...tags]);
    for (const key of set.keys) buildImages.set(key, { tag, stableTags: names.get(key) ?? [] });
  });
  const layers = plan.layers.map(
    (set) => () =>
      withImages(engine, set.shipped, (built) =>
        engine.install(set, (root) => checkLayer(set, root, built, { loadTest, listener })),
      ),
  );
  const made = await parallel<CheckedLayer | undefined>([...builds, ...layers], jobs, signal, () =>
    inner.abort(),
  );
  return { buildImages, layers: made.filter((one) => one !== undefined) };
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
