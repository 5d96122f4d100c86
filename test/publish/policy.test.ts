import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { prune } from "../../src/pipeline/prune.ts";
import type { LambdaOptions } from "../../src/publish/lambda/publisher.ts";
import type { Layer } from "../../src/publish/publish.ts";
import type { Call, Fake, PolicyStatement } from "./fake/api.ts";
import { startFake } from "./fake/server.ts";
import { serviceAt } from "./contract.ts";
import { grant, largeLayer, layerOf } from "./layers.ts";

vi.setConfig({ testTimeout: 60_000 });

const POLICIES = join(import.meta.dirname, "../../docs/policies");
const BUCKET = "my-bucket";
const large = largeLayer({ name: "sam-pkg-large" });
const DAY = 86_400_000;

let fake: Fake;
beforeEach(async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  fake = await startFake();
  fake.addBucket(BUCKET);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await fake.close();
});

function publish(layer: Layer, options: Partial<LambdaOptions> = {}, signal?: AbortSignal): Promise<unknown> {
  return serviceAt(fake.url).publisher(options, signal).publish([layer]);
}

/** Another machine publishes the same, just before. */
function race(layer: Layer): void {
  fake.intercept = ({ operation }, phase) => {
    if (operation !== "PublishLayerVersion" || phase !== "before") return;
    fake.intercept = undefined;
    fake.addVersion({ name: layer.name, description: layer.description });
  };
}

async function interrupted(): Promise<void> {
  const interrupt = new AbortController();
  fake.intercept = ({ operation }, phase) => {
    if (operation === "UploadPart" && phase === "before") interrupt.abort();
  };
  const bucket = { name: BUCKET, prefix: "my-prefix" };
  await publish({ ...large, name: "sam-pkg-other" }, { bucket }, interrupt.signal).catch(() => undefined);
  await vi.waitFor(() => expect(fake.buckets.get(BUCKET)?.uploads.size).toBe(0));
  fake.intercept = undefined;
}

/** Everything that a command may do, by the name of the policy that allows it. */
const FLOWS: Readonly<Record<string, () => Promise<unknown>>> = {
  publish: async () => {
    const layer = layerOf("a");
    race(layer);
    await publish(layer);
    await publish(layerOf("b"));
    await publish(layerOf("b"));
  },
  bucket: async () => {
    const bucket = { name: BUCKET, prefix: "my-prefix" };
    await publish(large, { bucket });
    await publish(large, { bucket });
    await interrupted();
  },
  share: async () => {
    await publish(layerOf("a"), { shareWith: [grant("111122223333")] });
  },
  prune: async () => {
    serviceAt(fake.url);
    for (let count = 0; count < 4; count++) {
      const { name, description } = layerOf(`${count}`);
      fake.addVersion({ name, description, createdDate: Date.now() - 30 * DAY });
    }
    const signal = new AbortController().signal;
    await prune({ keep: 2, yes: true, jobs: 2, signal, listener: () => undefined });
  },
};

/** What was called, as a policy for any account, region and layer of sam-pkg. */
function policyOf(calls: readonly Call[]): { Version: string; Statement: PolicyStatement[] } {
  const byResource = new Map<string, string[]>();
  for (const action of new Set(calls.map((call) => call.action))) {
    const resources = new Set(
      calls.filter((call) => call.action === action).map(({ resource }) => general(resource)),
    );
    const [resource = ""] = resources;
    expect(resources.size, `${action} on ${[...resources].join()}`).toBe(1);
    byResource.set(resource, [...(byResource.get(resource) ?? []), action].toSorted());
  }
  const statements = [...byResource].map(([Resource, Action]) => ({
    Effect: "Allow" as const,
    Action,
    Resource,
  }));
  return {
    Version: "2012-10-17",
    Statement: statements.toSorted((a, b) => (a.Resource < b.Resource ? -1 : 1)),
  };
}

function general(resource: string): string {
  return resource
    .replace(/^arn:aws:lambda:[^:]+:\d{12}:layer:sam-pkg-[\w-]+/, "arn:aws:lambda:*:*:layer:sam-pkg-*")
    .replace(/(layer:sam-pkg-\*):\d+$/, "$1:*")
    .replace(/^(arn:aws:s3:::my-bucket\/my-prefix)\/.*/, "$1/*");
}

const read = (name: string): ReturnType<typeof policyOf> =>
  JSON.parse(readFileSync(join(POLICIES, `${name}.json`), "utf8"));

describe.each(Object.keys(FLOWS))("the policy for %s", (name) => {
  const flow = FLOWS[name] ?? expect.fail(name);

  it("is in the documentation as the calls of this test give it (vitest -u writes it)", async () => {
    await flow();
    const text = `${JSON.stringify(policyOf(fake.calls), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(join(POLICIES, `${name}.json`));
  });

  it("is enough", async () => {
    fake.policy = read(name).Statement;
    await flow();
    // S3 says 403 of what is not there to those who may not list the bucket.
    const denied = fake.calls.filter(({ status, operation }) => status === 403 && operation !== "HeadObject");
    expect(denied).toStrictEqual([]);
  });

  it("is needed whole: without any one action the message names it and what it is for", async () => {
    const { Statement } = read(name);
    const all = Statement.flatMap(({ Action, Resource }) =>
      [Action].flat().map((one) => ({ Action: one, Resource })),
    );
    const optional = new Set([
      "s3:AbortMultipartUpload",
      ...(name === "publish" ? ["lambda:DeleteLayerVersion"] : []),
    ]);
    for (const { Action: missing, Resource } of all.filter(({ Action }) => !optional.has(Action))) {
      await fake.close();
      fake = await startFake();
      fake.addBucket(BUCKET);
      fake.policy = all
        .filter(({ Action }) => Action !== missing)
        .map((one) => ({ Effect: "Allow" as const, ...one }));
      const error = await flow().then(
        () => expect.fail(`nothing failed without ${missing}`),
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({
        name: "WorkError",
        hint: expect.stringContaining(`lack ${missing} on `),
      });
      const named = / on (\S+?):? add it/.exec((error as { hint: string }).hint)?.[1] ?? "";
      if (Resource !== "*") expect(named).toContain(missing.startsWith("s3:") ? BUCKET : "sam-pkg-");
    }
  });
});
