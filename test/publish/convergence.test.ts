import * as fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";
import { prune } from "../../src/pipeline/prune.ts";
import type { LayerReference } from "../../src/publish/publish.ts";
import type { Service } from "./contract.ts";
import { serviceAt } from "./contract.ts";
import type { Call, Fake, Outcome, Phase } from "./fake/api.ts";
import { startFake } from "./fake/server.ts";
import { layerOf } from "./layers.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const DAY = 86_400_000;
const PROJECTS = 4;

/** What goes wrong at a call of a step: the nth one, before or after it was carried out. */
interface Fault {
  readonly nth: number;
  readonly phase: Phase;
  /** crash: the process that runs ends there, as with kill -9. */
  readonly what: "cut" | "fail" | "throttle" | "crash";
}

type Step =
  /** All at once; each project's template asks for the content. */
  | {
      readonly kind: "run";
      readonly asked: readonly [project: number, content: string][];
      readonly faults: readonly Fault[];
    }
  | { readonly kind: "deploy"; readonly project: number }
  | { readonly kind: "prune"; readonly days: number; readonly keep: number }
  /** Somebody deletes a version that nobody refers to. */
  | { readonly kind: "delete"; readonly which: number };

const fault: fc.Arbitrary<Fault> = fc.record({
  nth: fc.integer({ min: 1, max: 12 }),
  phase: fc.constantFrom("before", "after"),
  what: fc.constantFrom("cut", "fail", "throttle", "crash"),
});
const asked = fc.tuple(fc.integer({ min: 0, max: PROJECTS - 1 }), fc.constantFrom("a", "b", "c"));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("run" as const),
      asked: fc.uniqueArray(asked, { minLength: 1, maxLength: PROJECTS, selector: ([project]) => project }),
      faults: fc.array(fault, { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("deploy" as const), project: fc.nat(PROJECTS - 1) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("prune" as const), days: fc.nat(20), keep: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), which: fc.nat(9) }) },
);

/** An account, and the projects that publish to it. */
class World {
  readonly outputs = new Map<number, { readonly arn: string; readonly content: string }>();
  readonly wanted = new Map<number, string>();
  private readonly fake: Fake;
  private readonly service: Service;
  private readonly clock: { now: number };

  constructor(fake: Fake, clock: { now: number }) {
    this.fake = fake;
    this.service = serviceAt(fake.url);
    this.clock = clock;
  }

  async take(one: Step): Promise<void> {
    if (one.kind === "run") return this.run(one.asked, one.faults);
    if (one.kind === "delete") return this.delete(one.which);
    if (one.kind === "prune") return this.prune(one.days, one.keep);
    const output = this.outputs.get(one.project);
    // A template that refers to a deleted version cannot be deployed.
    if (!output || !this.fake.versions().some(({ arn }) => arn === output.arn)) return;
    const name = `Project${one.project}`;
    const at = this.fake.functions.findIndex((each) => each.name === name);
    if (at >= 0) this.fake.functions.splice(at, 1);
    this.fake.functions.push({ name, versions: [{ version: "$LATEST", layers: [output.arn] }] });
  }

  /** Every project's last wish, without faults: as the next run of each one's CI. */
  async settle(): Promise<void> {
    await this.run([...this.wanted], []);
  }

  /** Outputs that refer to nothing, or to another content; and contents in more versions than one. */
  broken(): string[] {
    const live = new Map(this.fake.versions().map((version) => [version.arn, version.description]));
    const byContent = new Map<string, Set<string>>();
    const wrong: string[] = [];
    for (const [project, { arn, content }] of this.outputs) {
      if (!live.get(arn)?.startsWith(layerOf(content).mark)) wrong.push(`${project} refers to ${arn}`);
      byContent.set(content, (byContent.get(content) ?? new Set()).add(arn));
    }
    for (const [content, arns] of byContent) if (arns.size > 1) wrong.push(`${content}: ${[...arns].join()}`);
    return wrong;
  }

  private async run(all: readonly [number, string][], faults: readonly Fault[]): Promise<void> {
    const processes = all.map(([project, content]) => {
      this.wanted.set(project, content);
      return { project, content, end: new AbortController() };
    });
    const seen = { before: 0, after: 0 };
    this.fake.intercept = (_call: Call, phase: Phase): Outcome => {
      seen[phase]++;
      const hit = faults.find((one) => one.phase === phase && one.nth === seen[phase]);
      if (hit?.what === "crash") processes[hit.nth % processes.length]?.end.abort();
      if (hit?.what === "fail") return { status: 500, error: "ServiceException" };
      if (hit?.what === "throttle" && phase === "before")
        return { status: 429, error: "TooManyRequestsException" };
      return hit ? { cut: true } : undefined;
    };
    await Promise.all(
      processes.map(async ({ project, content, end }) => {
        const publisher = this.service.publisher({}, end.signal);
        const done = await publisher.publish([layerOf(content)]).catch((): LayerReference[] => []);
        const [reference] = done;
        if (reference?.kind === "version") this.outputs.set(project, { arn: reference.arn, content });
      }),
    );
    await this.fake.settle();
    this.fake.intercept = undefined;
  }

  private delete(which: number): void {
    const referred = new Set([...this.outputs.values()].map(({ arn }) => arn));
    const free = this.fake.versions().filter(({ arn }) => !referred.has(arn));
    const victim = free[which % Math.max(1, free.length)];
    if (victim) this.fake.deleteVersion(victim.arn);
  }

  private async prune(days: number, keep: number): Promise<void> {
    this.clock.now += days * DAY;
    const before = new Set(this.fake.versions().map(({ arn }) => arn));
    const layers = this.fake.functions.flatMap(({ versions }) => versions.flatMap((one) => one.layers));
    const used = layers.filter((arn) => before.has(arn));
    const signal = new AbortController().signal;
    await prune({
      keep,
      yes: true,
      jobs: 2,
      now: new Date(this.clock.now),
      signal,
      listener: () => undefined,
    });
    const live = new Set(this.fake.versions().map(({ arn }) => arn));
    expect(used.filter((arn) => !live.has(arn))).toStrictEqual([]);
    // What was never deployed and is old may be gone: the project's next run finds that out.
    for (const [project, { arn }] of this.outputs) if (!live.has(arn)) this.outputs.delete(project);
  }
}

it("whatever happens, outputs refer to what is there, and to one version of a content", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), fc.nat(), async (steps, seed) => {
      const clock = { now: Date.UTC(2026, 10, 21) };
      const fake = await startFake({ pageSize: 3, seed, now: () => clock.now });
      try {
        const world = new World(fake, clock);
        for (const one of steps) {
          await world.take(one);
          expect(world.broken()).toStrictEqual([]);
        }
        await world.settle();
        expect(world.broken()).toStrictEqual([]);
        expect(new Set(world.outputs.keys())).toStrictEqual(new Set(world.wanted.keys()));
      } finally {
        await fake.close();
      }
    }),
    { numRuns: 400 },
  );
}, 300_000);
