import { randomUUID } from "node:crypto";
import type { Answer, Cloud } from "./cloud.ts";
import { listFunctions } from "./functions.ts";
import type { LambdaOperation } from "./lambda-operation.ts";
import { layerOperations } from "./layers.ts";
import type { Operation, Received } from "./operation.ts";
import { publishOperation } from "./publish.ts";
import { Refusal } from "./refusal.ts";
import { sharingOperations } from "./sharing.ts";

const REQUEST_LIMIT = 70167211;

const OPERATIONS: readonly LambdaOperation[] = [
  ...layerOperations,
  publishOperation,
  ...sharingOperations,
  listFunctions,
];

/** The Lambda operation a request asks for; undefined when it is none of Lambda's. */
export function lambdaOperation(cloud: Cloud, request: Received): Operation | undefined {
  if (!/^\/\d{4}-\d\d-\d\d\//.test(request.path)) return undefined;
  const known = OPERATIONS.find(({ method, path }) => method === request.method && path.test(request.path));
  if (!known) return unknown();
  const parts = (known.path.exec(request.path) ?? []).slice(1).map(decodeURIComponent);
  const action = `lambda:${known.name}`;
  const resource = known.resource(cloud, parts);
  const params: Record<string, unknown> = {
    ...(parts.length > 0 && { LayerName: parts[0] }),
    ...(parts.length > 1 && { VersionNumber: Number(parts[1]) }),
    ...(parts.length > 2 && { StatementId: parts[2] }),
    ...Object.fromEntries(request.query),
  };
  return {
    service: "lambda",
    name: known.name,
    action,
    resource,
    params,
    limit: REQUEST_LIMIT,
    prepare: (bytes, size) => {
      if (size > REQUEST_LIMIT) throw tooLarge(known.name);
      const body = parse(bytes);
      Object.assign(params, shown(body));
      const run = known.prepare(cloud, { parts, query: request.query, body });
      return () => {
        const { status, json } = run();
        return { status, ...(json && { body: JSON.stringify(json) }), headers: headers() };
      };
    },
    denied: () =>
      new Refusal(
        403,
        "AccessDeniedException",
        `User: arn:${cloud.partition}:iam::${cloud.account}:user/test is not authorized to perform: ${action} ` +
          `on resource: ${resource} because no identity-based policy allows the ${action} action`,
      ),
    refused,
  };
}

function unknown(): Operation {
  return {
    service: "lambda",
    name: "Unknown",
    action: "lambda:Unknown",
    resource: "*",
    params: {},
    limit: REQUEST_LIMIT,
    prepare: () => {
      throw new Refusal(404, "UnknownOperationException", "The fake has no such operation");
    },
    denied: () => new Refusal(403, "AccessDeniedException", "Not authorized"),
    refused,
  };
}

function refused(refusal: Refusal): Answer {
  // The model spells the member both ways, by exception.
  const lower = /^(InvalidParam|TooMany|ResourceConflict|Policy|Precondition|CodeStorage)/.test(refusal.code);
  const body = {
    Type: refusal.status < 500 ? "User" : "Service",
    [lower ? "message" : "Message"]: refusal.message,
    ...refusal.members,
  };
  return {
    status: refusal.status,
    headers: { ...headers(), "x-amzn-errortype": refusal.code, ...refusal.headers },
    body: JSON.stringify(body),
  };
}

function headers(): Record<string, string> {
  return { "content-type": "application/json", "x-amzn-requestid": randomUUID() };
}

function parse(bytes: Buffer): Record<string, unknown> {
  if (bytes.length === 0) return {};
  try {
    const body: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof body === "object" && body !== null && !Array.isArray(body)) {
      return body as Record<string, unknown>;
    }
  } catch {
    // Said below, with the rest of what is no JSON object.
  }
  throw new Refusal(400, "InvalidRequestContentException", "Could not parse request body into json");
}

// A call is kept for the test's whole life: it keeps the archive's size, not the archive.
function shown(body: Record<string, unknown>): Record<string, unknown> {
  const content = body["Content"] as { ZipFile?: unknown } | undefined;
  const zip = content?.ZipFile;
  if (typeof zip !== "string") return body;
  return { ...body, Content: { ...content, ZipFile: Buffer.byteLength(zip, "base64") } };
}

function tooLarge(operation: string): Refusal {
  const message = `Request must be smaller than ${REQUEST_LIMIT} bytes for the ${operation} operation`;
  return new Refusal(413, "RequestEntityTooLargeException", message);
}
