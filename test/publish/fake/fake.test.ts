import { createHash, randomBytes } from "node:crypto";
import {
  AddLayerVersionPermissionCommand,
  DeleteLayerVersionCommand,
  GetLayerVersionCommand,
  GetLayerVersionPolicyCommand,
  type LambdaClient,
  ListFunctionsCommand,
  ListLayersCommand,
  ListLayerVersionsCommand,
  paginateListLayerVersions,
  PublishLayerVersionCommand,
  type PublishLayerVersionCommandInput,
  RemoveLayerVersionPermissionCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Fake, FakeOptions } from "./api.ts";
import { lambdaOf, zipOf } from "./clients.ts";
import { startFake } from "./server.ts";

const ARN = "arn:aws:lambda:eu-west-1:123456789012";
let fake: Fake;
let lambda: LambdaClient;
let zip: Buffer;

async function start(options?: FakeOptions): Promise<void> {
  fake = await startFake(options);
  lambda = lambdaOf(fake);
}

function publish(more: Partial<PublishLayerVersionCommandInput> = {}) {
  return lambda.send(new PublishLayerVersionCommand({ LayerName: "a", Content: { ZipFile: zip }, ...more }));
}

function list(LayerName: string, more: object) {
  return lambda.send(new ListLayerVersionsCommand({ LayerName, ...more }));
}

function grant(more: object) {
  const statement = { StatementId: "s", Action: "lambda:GetLayerVersion", Principal: "*", ...more };
  return lambda.send(
    new AddLayerVersionPermissionCommand({ LayerName: "a", VersionNumber: 1, ...statement }),
  );
}

async function listed(name: string, MaxItems?: number): Promise<number[]> {
  const pages = paginateListLayerVersions(
    { client: lambda },
    { LayerName: name, ...(MaxItems && { MaxItems }) },
  );
  const numbers: number[] = [];
  for await (const page of pages) {
    for (const { Version } of page.LayerVersions ?? []) numbers.push(Version ?? 0);
  }
  return numbers;
}

beforeAll(async () => {
  zip = await zipOf("a");
});
afterEach(async () => fake.close());

describe("layer versions", () => {
  it("are published with their hash and found again", async () => {
    await start({ now: () => Date.UTC(2026, 10, 21, 9) });
    const published = await publish({
      Description: "d",
      LicenseInfo: "MIT",
      CompatibleRuntimes: ["python3.12"],
      CompatibleArchitectures: ["arm64"],
    });
    const hash = createHash("sha256").update(zip).digest("base64");
    expect(published).toMatchObject({
      $metadata: { httpStatusCode: 201 },
      Content: { CodeSha256: hash, CodeSize: zip.length, Location: expect.stringContaining("https://") },
      LayerArn: `${ARN}:layer:a`,
      LayerVersionArn: `${ARN}:layer:a:1`,
      Version: 1,
      CreatedDate: "2026-11-21T09:00:00.000+0000",
    });
    const got = await lambda.send(new GetLayerVersionCommand({ LayerName: "a", VersionNumber: 1 }));
    expect({ ...got, $metadata: 0 }).toStrictEqual({ ...published, $metadata: 0 });
    const { LayerVersions } = await list(`${ARN}:layer:a`, {});
    expect(LayerVersions).toStrictEqual([
      {
        LayerVersionArn: `${ARN}:layer:a:1`,
        Version: 1,
        Description: "d",
        CreatedDate: "2026-11-21T09:00:00.000+0000",
        CompatibleRuntimes: ["python3.12"],
        CompatibleArchitectures: ["arm64"],
        LicenseInfo: "MIT",
      },
    ]);
    expect(fake.versions("a")[0]?.zip?.equals(zip)).toBe(true);
    expect(fake.calls.map(({ operation, status }) => `${operation} ${status}`)).toStrictEqual([
      "PublishLayerVersion 201",
      "GetLayerVersion 200",
      "ListLayerVersions 200",
    ]);
    expect(fake.calls[0]?.params).toMatchObject({ LayerName: "a", Content: { ZipFile: zip.length } });
  });

  it("never get a number that was given before", async () => {
    await start();
    await publish();
    await publish();
    for (const VersionNumber of [2, 2, 1]) {
      const answer = await lambda.send(new DeleteLayerVersionCommand({ LayerName: "a", VersionNumber }));
      expect(answer.$metadata.httpStatusCode).toBe(204);
    }
    const gone = lambda.send(new GetLayerVersionCommand({ LayerName: "a", VersionNumber: 2 }));
    await expect(gone).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect(await listed("a")).toStrictEqual([]);
    await expect(listed("never")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 404 },
    });
    expect((await publish()).Version).toBe(3);
    expect(fake.addVersion({ name: "a", createdDate: 0 })).toMatchObject({
      version: 4,
      createdDate: "1970-01-01T00:00:00.000+0000",
    });
    fake.deleteVersion(`${ARN}:layer:a:4`);
    expect(fake.versions().map(({ version }) => version)).toStrictEqual([3]);
  });

  it("are listed whole over the pages, in another order each time", async () => {
    await start({ pageSize: 7 });
    for (let i = 0; i < 30; i += 1) fake.addVersion({ name: "a" });
    const whole = Array.from({ length: 30 }, (_, index) => index + 1);
    const first = await listed("a");
    expect(fake.calls).toHaveLength(5);
    const second = await listed("a", 4);
    expect(fake.calls).toHaveLength(5 + 8);
    expect(first).not.toStrictEqual(second);
    expect(first.toSorted((a, b) => a - b)).toStrictEqual(whole);
    expect(second.toSorted((a, b) => a - b)).toStrictEqual(whole);
  });

  it("hide nothing else from a listing when one goes meanwhile", async () => {
    await start({ pageSize: 3 });
    for (let i = 0; i < 9; i += 1) fake.addVersion({ name: "a" });
    const page = await lambda.send(new ListLayerVersionsCommand({ LayerName: "a" }));
    const seen = page.LayerVersions?.map(({ Version }) => Version) ?? [];
    fake.deleteVersion(`${ARN}:layer:a:${seen[0]}`);
    const rest = paginateListLayerVersions(
      { client: lambda, startingToken: page.NextMarker },
      { LayerName: "a" },
    );
    for await (const { LayerVersions } of rest)
      seen.push(...(LayerVersions ?? []).map(({ Version }) => Version));
    expect(new Set(seen).size).toBe(9);
  });

  it("are filtered by runtime and architecture", async () => {
    await start();
    fake.addVersion({ name: "a", runtimes: ["python3.12"], architectures: ["arm64"] });
    fake.addVersion({ name: "a", runtimes: ["python3.12"], architectures: ["x86_64"] });
    fake.addVersion({ name: "b" });
    const versions = await lambda.send(
      new ListLayerVersionsCommand({ LayerName: "a", CompatibleArchitecture: "arm64" }),
    );
    expect(versions.LayerVersions?.map(({ Version }) => Version)).toStrictEqual([1]);
    const layers = await lambda.send(new ListLayersCommand({ CompatibleRuntime: "python3.12" }));
    expect(layers.Layers).toMatchObject([
      { LayerName: "a", LayerArn: `${ARN}:layer:a`, LatestMatchingVersion: { Version: 2 } },
    ]);
    expect((await lambda.send(new ListLayersCommand({}))).Layers).toHaveLength(2);
  });

  it("live in the partition, region and account asked for", async () => {
    await start({ partition: "aws-cn", region: "cn-north-1", account: "210987654321" });
    expect((await publish()).LayerVersionArn).toBe("arn:aws-cn:lambda:cn-north-1:210987654321:layer:a:1");
  });
});

describe("validation", () => {
  const refused: [string, Partial<PublishLayerVersionCommandInput>, RegExp][] = [
    ["a name with a dot", { LayerName: "a.b" }, /'layerName' .* regular expression/],
    ["a long name", { LayerName: "a".repeat(141) }, /'layerName' .*less than or equal to 140/],
    ["a long description", { Description: "d".repeat(257) }, /'description' .*less than or equal to 256/],
    ["a long licence", { LicenseInfo: "l".repeat(513) }, /'licenseInfo' .*less than or equal to 512/],
    [
      "16 runtimes",
      { CompatibleRuntimes: Array.from({ length: 16 }, () => "java21" as const) },
      /equal to 15/,
    ],
    ["an unknown runtime", { CompatibleRuntimes: ["python9" as "python3.12"] }, /enum value set/],
    ["an unknown architecture", { CompatibleArchitectures: ["riscv" as "arm64"] }, /enum value set/],
    ["no content", { Content: {} }, /source for the layer/],
    ["two contents", { Content: { ZipFile: Buffer.from("PK"), S3Bucket: "b", S3Key: "k" } }, /ZipFile/],
    ["a bucket without key", { Content: { S3Bucket: "bucket" } }, /'content.s3Key' .*not be null/],
    [
      "what is no zip",
      { Content: { ZipFile: Buffer.from("no zip, but long enough to be one") } },
      /not unzip/,
    ],
  ];
  it.each(refused)("refuses %s", async (_, input, message) => {
    await start();
    await expect(publish(input)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(fake.versions()).toStrictEqual([]);
  });

  it("refuses an archive that is cut, empty or too large unpacked", async () => {
    await start();
    const cut = zip.subarray(0, -1);
    await expect(publish({ Content: { ZipFile: cut } })).rejects.toThrow(/Could not unzip/);
    const empty = Buffer.from(`504b0506${"00".repeat(18)}`, "hex");
    await expect(publish({ Content: { ZipFile: empty } })).rejects.toThrow(/Could not unzip/);
    const large = Buffer.from(zip);
    large.writeUInt32LE(262144001, large.lastIndexOf("PK\u0001\u0002") + 24);
    await expect(publish({ Content: { ZipFile: large } })).rejects.toThrow(/smaller than 262144000/);
  });

  it("takes a large archive quickly and refuses a request beyond the limit", async () => {
    await start();
    const began = performance.now();
    const noise = Buffer.concat([randomBytes(52_000_000), zip]);
    await expect(publish({ Content: { ZipFile: noise } })).rejects.toThrow(/Could not unzip/);
    expect(performance.now() - began).toBeLessThan(5000);
    const larger = Buffer.concat([noise, randomBytes(1_000_000)]);
    await expect(publish({ Content: { ZipFile: larger } })).rejects.toMatchObject({
      name: "RequestEntityTooLargeException",
      $metadata: { httpStatusCode: 413 },
    });
  });

  it("refuses MaxItems out of range and markers of another listing", async () => {
    await start({ pageSize: 1 });
    for (const name of ["a", "a", "b", "b"]) fake.addVersion({ name });
    const error = { name: "InvalidParameterValueException" };
    await expect(list("a", { MaxItems: 0 })).rejects.toMatchObject(error);
    await expect(list("a", { MaxItems: 51 })).rejects.toMatchObject(error);
    await expect(list("a", { Marker: "x" })).rejects.toMatchObject(error);
    const { NextMarker } = await list("a", {});
    await expect(list("b", { Marker: NextMarker })).rejects.toMatchObject(error);
    expect((await list("a", { Marker: NextMarker })).NextMarker).toBeUndefined();
  });
});

describe("permissions of a version", () => {
  it("are added once under an id, shown and removed", async () => {
    await start();
    await publish();
    await grant({ OrganizationId: "o-0123456789" });
    await grant({ StatementId: "t", Principal: "210987654321" });
    await expect(grant({})).rejects.toMatchObject({
      name: "ResourceConflictException",
      $metadata: { httpStatusCode: 409 },
    });
    const statements = [
      { Sid: "s", Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-0123456789" } } },
      { Sid: "t", Principal: { AWS: "arn:aws:iam::210987654321:root" }, Resource: `${ARN}:layer:a:1` },
    ];
    expect(fake.permissions(`${ARN}:layer:a:1`)).toMatchObject(statements);
    const version = { LayerName: "a", VersionNumber: 1 };
    const { Policy } = await lambda.send(new GetLayerVersionPolicyCommand(version));
    expect(JSON.parse(Policy ?? "")).toMatchObject({ Statement: statements });
    await lambda.send(new RemoveLayerVersionPermissionCommand({ ...version, StatementId: "s" }));
    expect(fake.permissions(`${ARN}:layer:a:1`)).toMatchObject([{ Sid: "t" }]);
    await expect(grant({ VersionNumber: 2 })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it.each([
    { Action: "lambda:*" },
    { Principal: "12345" },
    { StatementId: "a b" },
    { OrganizationId: "o-short" },
    { OrganizationId: "o-0123456789", Principal: "210987654321" },
  ])("are refused with %o", async (more) => {
    await start();
    await publish();
    await expect(grant(more)).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  });
});

describe("the caller's policy", () => {
  it("is enforced by action and resource", async () => {
    await start();
    fake.policy = [
      { Effect: "Allow", Action: "lambda:Publish*", Resource: `${ARN}:layer:sam-pkg-?` },
      { Effect: "Allow", Action: ["lambda:ListLayerVersions"], Resource: "*" },
    ];
    await publish({ LayerName: "sam-pkg-a" });
    expect(await listed("sam-pkg-a")).toStrictEqual([1]);
    await expect(publish({ LayerName: "sam-pkg-ab" })).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `User: arn:aws:iam::123456789012:user/test is not authorized to perform: lambda:PublishLayerVersion on resource: ${ARN}:layer:sam-pkg-ab because no identity-based policy allows the lambda:PublishLayerVersion action`,
    });
    const get = new GetLayerVersionCommand({ LayerName: "sam-pkg-a", VersionNumber: 1 });
    await expect(lambda.send(get)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    expect(fake.calls.at(-1)).toMatchObject({ resource: `${ARN}:layer:sam-pkg-a:1`, status: 403 });
    fake.policy = [{ Effect: "Allow", Action: "lambda:ListLayers", Resource: `${ARN}:*` }];
    await expect(lambda.send(new ListLayersCommand({}))).rejects.toThrow(/on resource: \* because/);
  });
});

describe("trouble", () => {
  it("throttles all calls together, and the SDK waits as told", async () => {
    await start({ rate: { perSecond: 1.5, burst: 2 } });
    const answers = await Promise.all([1, 2, 3, 4].map(() => fetch(`${fake.url}/2018-10-31/layers`)));
    const throttled = answers.filter(({ status }) => status === 429);
    expect(throttled).toHaveLength(2);
    expect(throttled[0]?.headers.get("retry-after")).toBe("1");
    expect(throttled[0]?.headers.get("x-amzn-errortype")).toBe("TooManyRequestsException");
    expect(await throttled[0]?.json()).toStrictEqual({
      Type: "User",
      message: "Rate exceeded",
      Reason: "CallerRateLimitExceeded",
    });
    const began = performance.now();
    await lambdaOf(fake, 3).send(new ListLayersCommand({}));
    expect(fake.calls.slice(4).map(({ status }) => status)).toStrictEqual([429, 200]);
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  it("cuts a publish before or after it is carried out", async () => {
    await start();
    fake.intercept = (_, phase) => (phase === "before" ? { cut: true } : undefined);
    await expect(publish()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(fake.versions()).toHaveLength(0);
    fake.intercept = (_, phase) => (phase === "after" ? { cut: true } : undefined);
    await expect(publish()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(fake.versions()).toHaveLength(1);
    expect(fake.calls.map(({ status }) => status)).toStrictEqual([undefined, undefined]);
  });

  it("answers what the hook says, and waits for it", async () => {
    await start({ latency: 20 });
    fake.intercept = () => ({ status: 500, error: "ServiceException", message: "down" });
    await expect(publish()).rejects.toMatchObject({ name: "ServiceException", message: "down" });
    const seen: string[] = [];
    fake.intercept = async ({ operation }, phase) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      seen.push(`${operation} ${phase} ${fake.versions().length}`);
    };
    const began = performance.now();
    await publish();
    expect(performance.now() - began).toBeGreaterThan(75);
    expect(seen).toStrictEqual(["PublishLayerVersion before 0", "PublishLayerVersion after 1"]);
  });

  it("tells its calls over HTTP", async () => {
    await start();
    await publish();
    const calls = await fetch(`${fake.url}/_fake/calls`).then((answer) => answer.json());
    expect(calls).toMatchObject([
      { id: 0, service: "lambda", operation: "PublishLayerVersion", status: 201 },
    ]);
  });
});

describe("functions", () => {
  it("are listed with every version on demand", async () => {
    await start({ pageSize: 2 });
    fake.functions.push({
      name: "f",
      versions: [
        { version: "$LATEST", layers: [] },
        { version: "1", layers: [`${ARN}:layer:a:1`] },
        { version: "2", layers: [`${ARN}:layer:a:1`] },
      ],
    });
    const latest = await lambda.send(new ListFunctionsCommand({}));
    expect(latest.Functions).toStrictEqual([
      { FunctionName: "f", FunctionArn: `${ARN}:function:f`, Version: "$LATEST" },
    ]);
    const first = await lambda.send(new ListFunctionsCommand({ FunctionVersion: "ALL", MaxItems: 9999 }));
    const second = await lambda.send(
      new ListFunctionsCommand({ FunctionVersion: "ALL", Marker: first.NextMarker }),
    );
    const all = [...(first.Functions ?? []), ...(second.Functions ?? [])];
    expect(new Set(all.map(({ FunctionArn }) => FunctionArn))).toStrictEqual(
      new Set(["$LATEST", "1", "2"].map((version) => `${ARN}:function:f:${version}`)),
    );
    expect(all.find(({ Version }) => Version === "2")?.Layers).toStrictEqual([
      { Arn: `${ARN}:layer:a:1`, CodeSize: 0 },
    ]);
  });
});
