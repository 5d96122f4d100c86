import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { Interrupted, WorkError } from "../../report/errors.ts";
import type { Listener } from "../../report/events.ts";
import type { Archive } from "./archive.ts";
import type { AwsOptions } from "./client.ts";
import { awsConfig } from "./client.ts";
import { awsFault, isFault } from "./fault.ts";
import { Patience, RetryBudget } from "./patience.ts";

/** Where archives are put that are too large for a request. */
export interface BucketOptions {
  readonly name: string;
  /** Start of the keys, without a slash at its end. */
  readonly prefix?: string;
}

/** Each part of an upload, and how many are sent at a time: together they bound the memory that an upload takes. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 3;

/** An S3 bucket from which Lambda takes archives. */
export class Bucket {
  readonly name: string;
  private readonly prefix: string;
  private readonly client: S3Client;
  private readonly signal: AbortSignal;
  private readonly listener: Listener;

  constructor(
    { name, prefix = "" }: BucketOptions,
    aws: AwsOptions,
    signal: AbortSignal,
    listener: Listener,
  ) {
    this.name = name;
    this.prefix = prefix === "" ? "" : `${prefix.replace(/\/+$/, "")}/`;
    const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = process.env;
    this.client = new S3Client({
      ...awsConfig(aws),
      retryStrategy: new Patience(["THROTTLING", "TRANSIENT", "SERVER_ERROR"], new RetryBudget()),
      // An emulator has no host of its own for every bucket.
      forcePathStyle: Boolean(AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL),
    });
    this.signal = signal;
    this.listener = listener;
  }

  /**
   * Puts an archive there, unless the same bytes are there already.
   * @returns the object's key; it holds the SHA-256 of the zip, so one key never stands for two contents
   */
  async put(layer: string, archive: Archive): Promise<string> {
    const key = `${this.prefix}${layer}/${archive.sha256.toString("hex")}.zip`;
    const place = `s3://${this.name}/${key}`;
    if (await this.has(key, archive.size)) {
      this.listener({ kind: "uploaded", place, reused: true });
      return key;
    }
    const upload = new Upload({
      client: this.client,
      params: {
        Bucket: this.name,
        Key: key,
        Body: archive.stream(),
        ContentLength: archive.size,
        ContentType: "application/zip",
      },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    upload.on("httpUploadProgress", ({ loaded = 0 }) => {
      this.listener({ kind: "upload-progress", place, sent: loaded, total: archive.size });
    });
    const stop = (): void => void upload.abort();
    this.signal.addEventListener("abort", stop, { once: true });
    try {
      if (this.signal.aborted) stop();
      await upload.done();
    } catch (error) {
      throw await this.fault(error, key, "s3:PutObject");
    } finally {
      this.signal.removeEventListener("abort", stop);
    }
    this.listener({ kind: "uploaded", place, reused: false });
    return key;
  }

  /** Whether an object of this key and size is there. Without s3:ListBucket, S3 answers 403 for what is not there. */
  private async has(key: string, size: number): Promise<boolean> {
    try {
      const { ContentLength } = await this.client.send(
        new HeadObjectCommand({ Bucket: this.name, Key: key }),
        { abortSignal: this.signal },
      );
      return ContentLength === size;
    } catch (error) {
      const status = statusOf(error);
      if (!this.signal.aborted && (status === 404 || status === 403)) return false;
      throw await this.fault(error, key, "s3:GetObject");
    }
  }

  private async fault(error: unknown, key: string, action: string): Promise<Error> {
    const what = `uploading to bucket ${this.name}`;
    if (this.signal.aborted) return new Interrupted();
    if (isFault(error, "NoSuchBucket")) {
      return new WorkError(`${what} failed: there is no such bucket`, {
        hint: "check --s3-bucket (or s3_bucket in samconfig)",
        cause: error,
      });
    }
    const status = statusOf(error);
    if (status === 301 || isFault(error, "PermanentRedirect", "AuthorizationHeaderMalformed")) {
      const there = regionOf(error);
      const here = await this.client.config.region();
      return new WorkError(
        `${what} failed: the bucket is in ${there ?? "another region"}, the layer goes to ${here}`,
        {
          hint: "Lambda reads archives from a bucket of its own region: name one in --s3-bucket",
          cause: error,
        },
      );
    }
    return awsFault(error, { what, action, resource: `${this.name}/${key}` }, this.signal);
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

/** Where S3 says that a bucket is. */
function regionOf(error: unknown): string | undefined {
  const response = (error as { $response?: { headers?: Readonly<Record<string, string>> } }).$response;
  return response?.headers?.["x-amz-bucket-region"] ?? (error as { Region?: string }).Region;
}
