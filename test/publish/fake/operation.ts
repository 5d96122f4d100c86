import type { IncomingHttpHeaders } from "node:http";
import type { Answer } from "./cloud.ts";
import type { Refusal } from "./refusal.ts";

/** A request as far as it is known before its body. */
export interface Received {
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** One request to a service, from what it asks for to how it is refused. */
export interface Operation {
  readonly service: "lambda" | "s3";
  readonly name: string;
  readonly action: string;
  readonly resource: string;
  readonly params: Record<string, unknown>;
  /** Bytes of body worth keeping; of a longer one only the size is told. */
  readonly limit: number;
  /** Checks the request; what it returns carries it out. Both throw Refusal. */
  prepare(body: Buffer, size: number): () => Answer;
  denied(): Refusal;
  /** A refusal in the service's own wording. */
  refused(refusal: Refusal): Answer;
}
