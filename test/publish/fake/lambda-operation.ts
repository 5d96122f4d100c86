import type { Cloud } from "./cloud.ts";

/** A request's members, by where they stood. */
export interface Input {
  /** What the path's groups matched, decoded. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

/** One operation of the service model. */
export interface LambdaOperation {
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
  /** The IAM resource. */
  resource(cloud: Cloud, parts: readonly string[]): string;
  /** Checks the request; what it returns carries it out. Both throw Refusal. */
  prepare(
    cloud: Cloud,
    input: Input,
  ): () => { readonly status: number; readonly json?: Record<string, unknown> };
}
