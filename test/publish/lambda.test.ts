import { randomFillSync } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Interrupted } from "../../src/report/errors.ts";
import type { Layer } from "../../src/publish/publish.ts";
import type { Service } from "./contract.ts";
import { serviceAt } from "./contract.ts";
import { grant, largeLayer, layerOf, manyLayers } from "./layers.ts";
import type { Call, Fake } from "./fake/api.ts";
import { startFake } from "./fake/server.ts";

vi.setConfig({ testTimeout: 60_000 });

let fake: Fake;
let service: Service;
beforeEach(async () => {
  // Waits between attempts are a random part of a bound: here none of it.
  vi.spyOn(Math, "random").mockReturnValue(0);
  fake = await startFake({ pageSize: 2 });
  service = serviceAt(fake.url);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await fake.close();
});

const operations = (): string[] => fake.calls.map(({ operation }) => operation);
const publish = (...layers: Layer[]) => service.publisher().publish(layers);
const LIST = "ListLayerVersions";
const PUBLISH = "PublishLayerVersion";

/** Does something at the nth call of an operation, in one of its phases. */
function at(
  operation: string,
  nth: number,
  phase: "before" | "after",
  act: (call: Call) => ReturnType<NonNullable<Fake["intercept"]>>,
): void {
  let seen = 0;
  const before = fake.intercept;
  fake.intercept = (call, when) => {
    if (call.operation !== operation || when !== phase || ++seen !== nth) return before?.(call, when);
    return act(call);
  };
}

describe("calls", () => {
  it("costs one call for an unchanged set, and twenty for twenty sets", async () => {
    const layers = manyLayers(20);
    await service.publisher({ jobs: 4 }).publish(layers);
    fake.calls.length = 0;
    const references = await service.publisher({ jobs: 4 }).publish(layers);
    expect(references.every(({ reused }) => reused)).toBe(true);
    expect(operations()).toStrictEqual(Array.from({ length: 20 }, () => LIST));
  });

  it("reads every page before it decides, and never asks for a single version", async () => {
    const layer = layerOf("a");
    for (let count = 0; count < 5; count++)
      fake.addVersion({ name: layer.name, description: `other ${count}` });
    const { arn } = fake.addVersion({ name: layer.name, description: layer.description });
    fake.addVersion({ name: layer.name, description: layer.description });
    expect(await publish(layer)).toMatchObject([{ arn, reused: true }]);
    expect(operations()).toStrictEqual([LIST, LIST, LIST, LIST]);
  });

  it("has no more layers in flight than jobs", async () => {
    let flying = 0;
    let most = 0;
    fake.intercept = async (_call, phase) => {
      flying += phase === "before" ? 1 : -1;
      most = Math.max(most, flying);
      if (phase === "before") await sleep(20);
    };
    await service.publisher({ jobs: 3 }).publish(manyLayers(9));
    expect(most).toBe(3);
  });

  it("begins at most ten calls a second", async () => {
    await service.publisher({ jobs: 20 }).publish(manyLayers(15));
    const times = fake.calls.map((call) => call.at);
    const crowd = Math.max(
      ...times.map((from) => times.filter((one) => one >= from && one < from + 900).length),
    );
    expect(crowd).toBeLessThanOrEqual(20);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(3900);
  });

  it("comes through an account's limit that others use up too", async () => {
    await fake.close();
    fake = await startFake({ rate: { perSecond: 15, burst: 5 } });
    service = serviceAt(fake.url);
    const runs = [1, 2, 3].map(() => service.publisher({ jobs: 4 }).publish(manyLayers(8)));
    const arns = (await Promise.all(runs)).map((run) =>
      JSON.stringify(run.map((one) => "arn" in one && one.arn)),
    );
    expect(new Set(arns).size).toBe(1);
    expect(fake.calls.some(({ status }) => status === 429)).toBe(true);
    expect(fake.versions()).toHaveLength(8);
  });

  it("waits as long as Retry-After says", async () => {
    const headers = { "Retry-After": "2" };
    at(PUBLISH, 1, "before", () => ({ status: 429, error: "TooManyRequestsException", headers }));
    await publish(layerOf("a"));
    const [first, second] = fake.calls.filter(({ operation }) => operation === PUBLISH);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1900);
    expect(fake.versions()).toHaveLength(1);
  });
});

describe("a publish whose answer is lost", () => {
  it.each([
    ["the connection is cut after it was carried out", "after", { cut: true }],
    ["the server fails after it was carried out", "after", { status: 500, error: "ServiceException" }],
    ["the connection is cut before", "before", { cut: true }],
    ["the server fails before", "before", { status: 503, error: "ServiceException" }],
  ] as const)("%s: one version", async (_what, phase, outcome) => {
    at(PUBLISH, 1, phase, () => outcome);
    const layer = layerOf("a");
    const [reference] = await publish(layer);
    expect(fake.versions().map(({ arn }) => arn)).toStrictEqual([
      reference && "arn" in reference && reference.arn,
    ]);
    expect(reference).toMatchObject({ reused: false });
    const published = fake.calls.filter(({ operation }) => operation === PUBLISH);
    expect(published).toHaveLength(phase === "after" ? 1 : 2);
  });

  it("is found late: its own later copy goes", async () => {
    const layer = layerOf("a");
    // The first request arrives, and is carried out only when the second has been.
    at(PUBLISH, 1, "before", () => ({ cut: true }));
    at(
      PUBLISH,
      2,
      "before",
      () => void fake.addVersion({ name: layer.name, description: layer.description }),
    );
    const [reference] = await publish(layer);
    expect(reference).toMatchObject({ arn: expect.stringMatching(/:1$/) });
    expect(fake.versions()).toHaveLength(1);
  });

  it("gives up when none is ever answered, and says so", async () => {
    fake.intercept = ({ operation }) => (operation === PUBLISH ? { cut: true } : undefined);
    await expect(publish(layerOf("a"))).rejects.toMatchObject({
      name: "WorkError",
      message: expect.stringMatching(/^publishing layer sam-pkg-al2023-x86_64-foo-00000000 failed/),
    });
    expect(fake.calls.length).toBeLessThan(10);
  });
});

describe("races", () => {
  it("keeps the lowest version, and deletes its own", async () => {
    const layer = layerOf("a");
    at(
      PUBLISH,
      1,
      "before",
      () => void fake.addVersion({ name: layer.name, description: layer.description }),
    );
    expect(await publish(layer)).toMatchObject([{ arn: expect.stringMatching(/:1$/), reused: true }]);
    expect(fake.versions()).toHaveLength(1);
    expect(service.events).toContainEqual({
      kind: "note",
      message: expect.stringMatching(/:1 was published at the same time: .* version 2 is deleted$/),
    });
  });

  it("reports its own later copy where it may not delete it", async () => {
    const layer = layerOf("a");
    at(
      PUBLISH,
      1,
      "before",
      () => void fake.addVersion({ name: layer.name, description: layer.description }),
    );
    const allowed = ["lambda:ListLayerVersions", "lambda:PublishLayerVersion"];
    fake.policy = [{ Effect: "Allow", Action: allowed, Resource: "*" }];
    expect(await publish(layer)).toMatchObject([{ arn: expect.stringMatching(/:1$/) }]);
    expect(fake.versions()).toHaveLength(2);
    expect(service.events).toContainEqual({
      kind: "warning",
      message: expect.stringMatching(
        /:2 holds the same content as .*:1, .*lack lambda:DeleteLayerVersion on arn:aws:lambda:eu-west-1:123456789012:layer:sam-pkg-al2023-x86_64-foo-00000000:2/,
      ),
      hint: expect.stringContaining("prune"),
    });
  });

  it("refers to its own version when the listing does not show it yet", async () => {
    at(LIST, 2, "before", () => ({ status: 404, error: "ResourceNotFoundException" }));
    expect(await publish(layerOf("a"))).toMatchObject([{ arn: expect.stringMatching(/:1$/), reused: false }]);
  });
});

describe("content", () => {
  it("withdraws a version whose archive is not the one sent", async () => {
    const layer = largeLayer();
    fake.addBucket("layers");
    const publisher = service.publisher({ bucket: { name: "layers" } });
    at(PUBLISH, 1, "before", () => {
      const objects = fake.buckets.get("layers")?.objects ?? new Map<string, Buffer>();
      for (const [key, zip] of objects) {
        const other = Buffer.from(zip);
        randomFillSync(other, 1000, 1000);
        objects.set(key, other);
      }
    });
    await expect(publisher.publish([layer])).rejects.toMatchObject({
      name: "WorkError",
      message: expect.stringContaining("the SHA-256 of its answer differs"),
    });
    expect(fake.versions()).toStrictEqual([]);
  });

  it("says where a bucket is that is in another region", async () => {
    fake.addBucket("far", "us-west-2");
    const publisher = service.publisher({ bucket: { name: "far" } });
    await expect(publisher.publish([largeLayer()])).rejects.toMatchObject({
      message: "uploading to bucket far failed: the bucket is in us-west-2, the layer goes to eu-west-1",
      hint: "Lambda reads archives from a bucket of its own region: name one in --s3-bucket",
    });
    expect(fake.versions()).toStrictEqual([]);
  });

  it("leaves no part behind when it is interrupted in the middle of an upload", async () => {
    const { uploads } = fake.addBucket("layers");
    const interrupt = new AbortController();
    at("UploadPart", 3, "before", () => interrupt.abort());
    const publisher = service.publisher({ bucket: { name: "layers" } }, interrupt.signal);
    await expect(publisher.publish([largeLayer()])).rejects.toBeInstanceOf(Interrupted);
    await vi.waitFor(() => expect(uploads.size).toBe(0), 2000);
    expect(fake.versions()).toStrictEqual([]);
  });
});

describe("sharing", () => {
  it("says whom it was widened to, once", async () => {
    const shareWith = [grant("everyone")];
    await service.publisher({ shareWith }).publish([layerOf("a")]);
    await service.publisher({ shareWith }).publish([layerOf("a")]);
    const [version] = fake.versions();
    expect(fake.permissions(version?.arn ?? "")).toMatchObject([{ Sid: "sam-pkg-everyone", Principal: "*" }]);
    expect(service.events.filter(({ kind }) => kind === "shared")).toMatchObject([
      { reference: version?.arn, with: "everyone", widened: true },
      { widened: false },
    ]);
  });

  it("shares the version that won, not the one that was deleted", async () => {
    const layer = layerOf("a");
    at(
      PUBLISH,
      1,
      "before",
      () => void fake.addVersion({ name: layer.name, description: layer.description }),
    );
    await service.publisher({ shareWith: [grant("111122223333")] }).publish([layer]);
    const [version, ...others] = fake.versions();
    expect(others).toStrictEqual([]);
    expect(fake.permissions(version?.arn ?? "")).toHaveLength(1);
  });
});

it.each([
  ["aws-cn", "cn-north-1"],
  ["aws-us-gov", "us-gov-west-1"],
  ["aws-eusc", "eusc-de-east-1"],
])("partition %s", async (partition, region) => {
  await fake.close();
  fake = await startFake({ partition, region });
  service = serviceAt(fake.url);
  const [reference] = await service.publisher({ region }).publish([layerOf("a")]);
  const arn = `arn:${partition}:lambda:${region}:123456789012:layer:sam-pkg-al2023-x86_64-foo-00000000:1`;
  expect(reference).toStrictEqual({ kind: "version", arn, reused: false });
});
