import { payloadOf, etagOf } from "./s3-body.ts";
import { Refusal } from "./refusal.ts";
import type { S3Operation, Target } from "./s3-operation.ts";

/** What puts, gets and looks at whole objects. */
export const objectOperations: readonly S3Operation[] = [
  {
    name: "PutObject",
    method: "PUT",
    action: "s3:PutObject",
    query: [],
    prepare: (target, { headers }, body) => {
      const { data, checksums } = payloadOf(headers, body);
      return () => {
        if (headers["if-none-match"] === "*" && target.bucket.objects.has(target.key)) {
          const message = "At least one of the pre-conditions you specified did not hold";
          throw new Refusal(412, "PreconditionFailed", message);
        }
        target.bucket.objects.set(target.key, data);
        return { status: 200, headers: { etag: etagOf(data), ...checksums } };
      };
    },
  },
  {
    name: "HeadObject",
    method: "HEAD",
    action: "s3:GetObject",
    query: [],
    prepare: (target) => () => {
      const data = existing(target);
      return { status: 200, headers: { etag: etagOf(data), "content-length": String(data.length) } };
    },
  },
  {
    name: "GetObject",
    method: "GET",
    action: "s3:GetObject",
    query: [],
    prepare: (target) => () => {
      const data = existing(target);
      return {
        status: 200,
        headers: { etag: etagOf(data), "content-type": "application/octet-stream" },
        body: data,
      };
    },
  },
];

function existing({ bucket, key, mayList }: Target): Buffer {
  const data = bucket.objects.get(key);
  if (data) return data;
  // Who may not list a bucket does not learn what is missing from it.
  if (!mayList()) throw new Refusal(403, "AccessDenied", "Access Denied");
  throw new Refusal(404, "NoSuchKey", "The specified key does not exist.", { members: { Key: key } });
}
