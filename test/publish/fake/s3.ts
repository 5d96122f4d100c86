import type { FakeBucket } from "./api.ts";
import type { Answer, Cloud } from "./cloud.ts";
import { multipartOperations } from "./multipart.ts";
import { objectOperations } from "./objects.ts";
import type { Operation, Received } from "./operation.ts";
import { Refusal } from "./refusal.ts";
import { xml } from "./s3-xml.ts";

const OPERATIONS = [...objectOperations, ...multipartOperations];
const TELLING = ["uploads", "uploadId", "partNumber"];
// Sub-resources of an object (tagging, acl ...) are other operations, which the fake does not have.
const PLAIN = new Set([...TELLING, "x-id", "versionId"]);
const KEY_LIMIT = 1024;

/** The S3 operation a request asks for, path style. */
export function s3Operation(cloud: Cloud, request: Received): Operation {
  const [, name = "", ...rest] = request.path.split("/").map(decodeURIComponent);
  const key = rest.join("/");
  const told = TELLING.filter((parameter) => request.query.has(parameter));
  const known =
    key !== "" &&
    [...request.query.keys()].every((parameter) => PLAIN.has(parameter)) &&
    request.headers["x-amz-copy-source"] === undefined
      ? OPERATIONS.find(
          ({ method, query }) =>
            method === request.method &&
            query.length === told.length &&
            query.every((parameter) => told.includes(parameter)),
        )
      : undefined;
  const arn = `arn:${cloud.partition}:s3:::${name}`;
  return {
    service: "s3",
    name: known?.name ?? "Unknown",
    action: known?.action ?? "s3:Unknown",
    resource: key === "" ? arn : `${arn}/${key}`,
    params: { Bucket: name, Key: key, ...Object.fromEntries(request.query) },
    limit: Infinity,
    prepare: (body) => {
      if (!known) {
        throw new Refusal(501, "NotImplemented", `The fake has no ${request.method} of ${request.path}`);
      }
      const bucket = reachable(cloud, name);
      const owner = request.headers["x-amz-expected-bucket-owner"];
      if (owner !== undefined && owner !== cloud.account) throw denied();
      if (Buffer.byteLength(key) > KEY_LIMIT) {
        throw new Refusal(400, "KeyTooLongError", "Your key is too long");
      }
      const mayList = () => cloud.allowed("s3:ListBucket", arn);
      return known.prepare({ name, bucket, key, mayList }, request, body);
    },
    denied,
    refused: (refusal) => refused(refusal, request.method),
  };
}

function reachable(cloud: Cloud, name: string): FakeBucket {
  const bucket = cloud.buckets.get(name);
  if (!bucket) {
    const members = { BucketName: name };
    throw new Refusal(404, "NoSuchBucket", "The specified bucket does not exist", { members });
  }
  if (bucket.region === cloud.region) return bucket;
  throw new Refusal(
    301,
    "PermanentRedirect",
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
    {
      headers: { "x-amz-bucket-region": bucket.region },
      members: { Endpoint: `${name}.s3.${bucket.region}.amazonaws.com`, Bucket: name },
    },
  );
}

function denied(): Refusal {
  return new Refusal(403, "AccessDenied", "Access Denied");
}

function refused(refusal: Refusal, method: string): Answer {
  const { headers, body } = xml("Error", {
    Code: refusal.code,
    Message: refusal.message,
    ...refusal.members,
    RequestId: "FAKE000000000000",
    HostId: "fake",
  });
  const answer = { status: refusal.status, headers: { ...headers, ...refusal.headers } };
  return method === "HEAD" ? answer : { ...answer, body };
}
