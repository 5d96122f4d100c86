import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, vi } from "vitest";
import { publisherContract } from "../publish/contract.ts";
import { lab } from "./project.ts";

// Opened when it is used: it reads the environment, which the suite sets.
const s3 = (): S3Client => new S3Client({ forcePathStyle: true });

publisherContract("moto", async () => {
  const url = lab("MOTO_URL");
  const reset = await fetch(`${url}/moto-api/reset`, { method: "POST" });
  expect(reset.ok).toBe(true);
  onTestFinished(() => void vi.unstubAllEnvs());
  return {
    url,
    bucket: async (region) => {
      const settings = { CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" } };
      await s3().send(new CreateBucketCommand({ Bucket: "layers", ...settings }));
      return "layers";
    },
    keys: async (bucket) => {
      const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key = "" }) => Key);
    },
  };
});
