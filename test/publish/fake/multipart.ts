import { createHash, randomBytes } from "node:crypto";
import type { FakeUpload } from "./api.ts";
import { etagOf, payloadOf } from "./s3-body.ts";
import { Refusal } from "./refusal.ts";
import type { S3Operation, Target } from "./s3-operation.ts";
import { element, xml } from "./s3-xml.ts";

const SMALLEST_PART = 5 * 1024 * 1024;
const LARGEST_NUMBER = 10000;

/** What uploads an object in parts. */
export const multipartOperations: readonly S3Operation[] = [
  {
    name: "CreateMultipartUpload",
    method: "POST",
    action: "s3:PutObject",
    query: ["uploads"],
    prepare:
      ({ name, bucket, key }) =>
      () => {
        const id = randomBytes(24).toString("base64url");
        bucket.uploads.set(id, { key, parts: new Map() });
        const members = { Bucket: name, Key: key, UploadId: id };
        return { status: 200, ...xml("InitiateMultipartUploadResult", members) };
      },
  },
  {
    name: "UploadPart",
    method: "PUT",
    action: "s3:PutObject",
    query: ["partNumber", "uploadId"],
    prepare: (target, { headers, query }, body) => {
      const number = Number(query.get("partNumber"));
      if (!Number.isInteger(number) || number < 1 || number > LARGEST_NUMBER) {
        const message = `Part number must be an integer between 1 and ${LARGEST_NUMBER}, inclusive`;
        throw new Refusal(400, "InvalidArgument", message);
      }
      const { data, checksums } = payloadOf(headers, body);
      const etag = etagOf(data);
      return () => {
        uploadOf(target, query).parts.set(number, { etag, data });
        return { status: 200, headers: { etag, ...checksums } };
      };
    },
  },
  {
    name: "CompleteMultipartUpload",
    method: "POST",
    action: "s3:PutObject",
    query: ["uploadId"],
    prepare: (target, { query }, body) => {
      const asked = askedParts(body.toString("utf8"));
      return () => {
        const { name, bucket, key } = target;
        const parts = chosen(uploadOf(target, query), asked);
        bucket.objects.set(key, Buffer.concat(parts.map(({ data }) => data)));
        bucket.uploads.delete(query.get("uploadId") ?? "");
        const digests = createHash("md5");
        for (const { etag } of parts) digests.update(Buffer.from(etag.replaceAll('"', ""), "hex"));
        const members = { Bucket: name, Key: key, ETag: `"${digests.digest("hex")}-${parts.length}"` };
        return { status: 200, ...xml("CompleteMultipartUploadResult", members) };
      };
    },
  },
  {
    name: "AbortMultipartUpload",
    method: "DELETE",
    action: "s3:AbortMultipartUpload",
    query: ["uploadId"],
    prepare: (target, { query }) => {
      return () => {
        uploadOf(target, query);
        target.bucket.uploads.delete(query.get("uploadId") ?? "");
        return { status: 204 };
      };
    },
  },
];

function uploadOf({ bucket, key }: Target, query: URLSearchParams): FakeUpload {
  const upload = bucket.uploads.get(query.get("uploadId") ?? "");
  if (upload?.key === key) return upload;
  const message =
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
  throw new Refusal(404, "NoSuchUpload", message);
}

interface AskedPart {
  readonly number: number;
  readonly etag: string;
}

function askedParts(text: string): AskedPart[] {
  const parts = [...text.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = ""]) => ({
    number: Number(element(part, "PartNumber")),
    etag: (element(part, "ETag") ?? "").replaceAll('"', ""),
  }));
  if (parts.length === 0) {
    const message =
      "The XML you provided was not well-formed or did not validate against our published schema";
    throw new Refusal(400, "MalformedXML", message);
  }
  if (parts.some(({ number }, index) => index > 0 && number <= (parts[index - 1]?.number ?? 0))) {
    const message = "The list of parts was not in ascending order. Parts must be ordered by part number.";
    throw new Refusal(400, "InvalidPartOrder", message);
  }
  return parts;
}

function chosen({ parts }: FakeUpload, asked: readonly AskedPart[]) {
  const found = asked.map(({ number, etag }) => {
    const part = parts.get(number);
    if (part?.etag === `"${etag}"`) return part;
    const message =
      "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
    throw new Refusal(400, "InvalidPart", message);
  });
  if (found.slice(0, -1).some(({ data }) => data.length < SMALLEST_PART)) {
    const message = "Your proposed upload is smaller than the minimum allowed size";
    throw new Refusal(400, "EntityTooSmall", message);
  }
  return found;
}
