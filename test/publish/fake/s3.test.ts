import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { PublishLayerVersionCommand } from "@aws-sdk/client-lambda";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fake, FakeBucket } from "./api.ts";
import { lambdaOf, s3Of, zipOf } from "./clients.ts";
import { startFake } from "./server.ts";

const MIB = 1024 * 1024;
let fake: Fake;
let s3: S3Client;
let bucket: FakeBucket;
const at = { Bucket: "bucket", Key: "a folder/k&y.zip" };

beforeEach(async () => {
  fake = await startFake();
  s3 = s3Of(fake);
  bucket = fake.addBucket("bucket");
});
afterEach(async () => fake.close());

function layerFrom(place: { Bucket: string; Key: string }) {
  const Content = { S3Bucket: place.Bucket, S3Key: place.Key };
  return lambdaOf(fake).send(new PublishLayerVersionCommand({ LayerName: "a", Content }));
}

function put(Bucket: string) {
  return s3.send(new PutObjectCommand({ ...at, Bucket, Body: "text" }));
}

async function part(UploadId: string, PartNumber: number, size: number) {
  const Body = Buffer.alloc(size, PartNumber);
  const { ETag } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
  return { PartNumber, ETag };
}

function complete(UploadId: string, Parts: { PartNumber: number; ETag: string | undefined }[]) {
  const MultipartUpload = { Parts };
  return s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }));
}

describe("objects", () => {
  it("are put, looked at and got", async () => {
    const Body = await zipOf("a");
    await s3.send(new PutObjectCommand({ ...at, Body }));
    expect(bucket.objects.get(at.Key)?.equals(Body)).toBe(true);
    expect((await s3.send(new HeadObjectCommand(at))).ContentLength).toBe(Body.length);
    const got = await s3.send(new GetObjectCommand(at));
    expect(Body.equals((await got.Body?.transformToByteArray()) ?? Buffer.of())).toBe(true);
    expect(fake.calls.map(({ operation, resource }) => `${operation} ${resource}`)).toStrictEqual(
      ["PutObject", "HeadObject", "GetObject"].map((name) => `${name} arn:aws:s3:::bucket/a folder/k&y.zip`),
    );
  });

  it("are taken out of the chunks of a stream", async () => {
    const Body = randomBytes(300_000);
    const pieces = [Body.subarray(0, 1000), Body.subarray(1000)];
    await s3.send(new PutObjectCommand({ ...at, Body: Readable.from(pieces), ContentLength: Body.length }));
    expect(bucket.objects.get(at.Key)?.equals(Body)).toBe(true);
  });

  it("are refused when damaged", async () => {
    const damaged = await fetch(`${fake.url}/bucket/k`, {
      method: "PUT",
      headers: { "x-amz-checksum-crc32": "AAAAAA==" },
      body: "text",
    });
    expect(damaged.status).toBe(400);
    expect(await damaged.text()).toContain("<Code>BadDigest</Code>");
    expect(bucket.objects.size).toBe(0);
  });

  it("that are missing are told from forbidden ones only to who may list", async () => {
    await expect(s3.send(new HeadObjectCommand(at))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
    await expect(s3.send(new GetObjectCommand(at))).rejects.toMatchObject({ name: "NoSuchKey" });
    const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" } as const;
    fake.policy = [read];
    await expect(s3.send(new HeadObjectCommand(at))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    fake.policy = [read, { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::bucket" }];
    await expect(s3.send(new HeadObjectCommand(at))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
    await expect(put("bucket")).rejects.toMatchObject({
      name: "AccessDenied",
    });
  });

  it("of no bucket and of another region's are refused", async () => {
    fake.addBucket("far", "us-east-1");
    await expect(put("none")).rejects.toMatchObject({ name: "NoSuchBucket" });
    await expect(put("far")).rejects.toMatchObject({
      name: "PermanentRedirect",
      Endpoint: "far.s3.us-east-1.amazonaws.com",
      $metadata: { httpStatusCode: 301 },
    });
    const head = await fetch(`${fake.url}/far/k`, { method: "HEAD", redirect: "manual" });
    expect(head.headers.get("x-amz-bucket-region")).toBe("us-east-1");
  });
});

describe("uploads in parts", () => {
  it("make one object, in order and with parts large enough", async () => {
    const { UploadId = "" } = await s3.send(new CreateMultipartUploadCommand(at));
    const second = await part(UploadId, 2, 10);
    const first = await part(UploadId, 1, 5 * MIB);
    const third = await part(UploadId, 3, 10);
    await expect(complete(UploadId, [second, first])).rejects.toMatchObject({ name: "InvalidPartOrder" });
    await expect(complete(UploadId, [first, second, third])).rejects.toMatchObject({
      name: "EntityTooSmall",
    });
    await expect(complete(UploadId, [first, { ...second, ETag: '"0"' }])).rejects.toMatchObject({
      name: "InvalidPart",
    });
    expect(bucket.uploads.size).toBe(1);
    expect((await complete(UploadId, [first, second])).ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(bucket.objects.get(at.Key)).toHaveLength(5 * MIB + 10);
    expect(bucket.uploads.size).toBe(0);
    await expect(part(UploadId, 4, 1)).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  it("leave nothing when aborted", async () => {
    const { UploadId = "" } = await s3.send(new CreateMultipartUploadCommand(at));
    await part(UploadId, 1, 10);
    fake.policy = [{ Effect: "Allow", Action: "s3:PutObject", Resource: "*" }];
    const abort = () => s3.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
    await expect(abort()).rejects.toMatchObject({ name: "AccessDenied" });
    fake.policy = undefined;
    await abort();
    expect(bucket.uploads.size + bucket.objects.size).toBe(0);
  });

  it("come from the SDK's own uploader, of a stream too", async () => {
    const Body = randomBytes(12 * MIB);
    await new Upload({ client: s3, params: { ...at, Body: Readable.from([Body]) } }).done();
    expect(bucket.objects.get(at.Key)?.equals(Body)).toBe(true);
    expect(fake.calls.filter(({ operation }) => operation === "UploadPart")).toHaveLength(3);
  });
});

describe("a layer's content in S3", () => {
  it("is read with the caller's permissions, from a bucket of the region", async () => {
    const zip = await zipOf("b");
    fake.addBucket("far", "us-east-1").objects.set("k", zip);
    bucket.objects.set(at.Key, zip);
    expect((await layerFrom(at)).Content?.CodeSize).toBe(zip.length);
    await expect(layerFrom({ Bucket: "far", Key: "k" })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message:
        "Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in this region: us-east-1. Please use this region to retry the request",
    });
    await expect(layerFrom({ Bucket: "none", Key: "k" })).rejects.toThrow(/NoSuchBucket/);
    await expect(layerFrom({ ...at, Key: "none" })).rejects.toThrow(/NoSuchKey/);
    fake.policy = [{ Effect: "Allow", Action: "lambda:*", Resource: "*" }];
    await expect(layerFrom(at)).rejects.toMatchObject({ name: "AccessDeniedException" });
    fake.policy = [...fake.policy, { Effect: "Allow", Action: "s3:GetObject", Resource: "*" }];
    expect((await layerFrom(at)).Version).toBe(2);
  });
});
