import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import JSZip from "jszip";
import type { Fake } from "./api.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** The SDK's Lambda client for a fake; without retries unless asked for. */
export function lambdaOf(fake: Fake, maxAttempts = 1): LambdaClient {
  return new LambdaClient({ endpoint: fake.url, region: "eu-west-1", credentials, maxAttempts });
}

/** The SDK's S3 client for a fake. */
export function s3Of(fake: Fake): S3Client {
  return new S3Client({
    endpoint: fake.url,
    region: "eu-west-1",
    credentials,
    maxAttempts: 1,
    forcePathStyle: true,
  });
}

/** A small layer archive. */
export async function zipOf(text: string): Promise<Buffer> {
  return new JSZip().file("lib/a.txt", text).generateAsync({ type: "nodebuffer" });
}
