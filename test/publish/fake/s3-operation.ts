import type { FakeBucket } from "./api.ts";
import type { Answer } from "./cloud.ts";
import type { Received } from "./operation.ts";

/** The object a request is about. */
export interface Target {
  readonly name: string;
  readonly bucket: FakeBucket;
  readonly key: string;
  /** Whether the caller may learn that a key does not exist. */
  readonly mayList: () => boolean;
}

/** One operation of S3 on an object. */
export interface S3Operation {
  readonly name: string;
  readonly method: string;
  readonly action: string;
  /** The query parameters that tell it from others of its method. */
  readonly query: readonly string[];
  /** Checks the request; what it returns carries it out. Both throw Refusal. */
  prepare(target: Target, request: Received, body: Buffer): () => Answer;
}
