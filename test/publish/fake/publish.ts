import type { Cloud } from "./cloud.ts";
import type { LambdaOperation } from "./lambda-operation.ts";
import { ARCHITECTURES, bareName, layerName, RUNTIMES } from "./layer-model.ts";
import { described } from "./layers.ts";
import { Refusal } from "./refusal.ts";
import { invalid, stringOf, stringsOf } from "./validate.ts";
import { checkZip } from "./zip.ts";

/** PublishLayerVersion. */
export const publishOperation: LambdaOperation = {
  name: "PublishLayerVersion",
  method: "POST",
  path: /^\/2018-10-31\/layers\/([^/]+)\/versions$/,
  resource: (cloud, [name = ""]) => cloud.layers.arn(bareName(name)),
  prepare: (cloud, { parts, body }) => {
    const name = layerName(cloud, parts[0]);
    const description = stringOf(body["Description"], "description", { max: 256 });
    const licenseInfo = stringOf(body["LicenseInfo"], "licenseInfo", { max: 512, pattern: /.*/ });
    const runtimes = stringsOf(body["CompatibleRuntimes"], "compatibleRuntimes", {
      max: 15,
      values: RUNTIMES,
    });
    const architectures = stringsOf(body["CompatibleArchitectures"], "compatibleArchitectures", {
      max: 2,
      values: ARCHITECTURES,
    });
    const read = archive(cloud, body["Content"]);
    return () => {
      const zip = read();
      const version = cloud.layers.add({
        name,
        runtimes,
        architectures,
        zip,
        ...(description !== undefined && { description }),
        ...(licenseInfo !== undefined && { licenseInfo }),
      });
      return { status: 201, json: described(cloud, version) };
    };
  },
};

/** Checks Content; what it returns reads the archive. */
function archive(cloud: Cloud, content: unknown): () => Buffer {
  if (typeof content !== "object" || content === null) {
    throw invalid(
      "1 validation error detected: Value null at 'content' failed to satisfy constraint: Member must not be null",
    );
  }
  const { ZipFile, S3Bucket, S3Key } = content as Record<string, unknown>;
  const fromS3 = S3Bucket !== undefined || S3Key !== undefined;
  if ((ZipFile !== undefined) === fromS3) {
    throw invalid(
      fromS3
        ? "Please do not provide other FunctionCode parameters when providing a ZipFile."
        : "Please provide a source for the layer: either ZipFile or S3Bucket and S3Key.",
    );
  }
  if (!fromS3) {
    const zip = blob(ZipFile);
    checkZip(zip);
    return () => zip;
  }
  const bucket = stringOf(S3Bucket, "content.s3Bucket", {
    required: true,
    min: 3,
    max: 63,
    pattern: /[0-9A-Za-z.\-_]*(?<!\.)/,
  });
  const key = stringOf(S3Key, "content.s3Key", { required: true, min: 1, max: 1024, pattern: /.*/ });
  return () => {
    const zip = object(cloud, bucket ?? "", key ?? "");
    checkZip(zip);
    return zip;
  };
}

function blob(value: unknown): Buffer {
  if (typeof value === "string") {
    const bytes = Buffer.from(value, "base64");
    // Buffer skips what is not base64; then fewer bytes come out than the text's length promises.
    const padding = value.endsWith("==") ? 2 : Number(value.endsWith("="));
    if (value.length % 4 === 0 && bytes.length === (value.length / 4) * 3 - padding) return bytes;
  }
  throw new Refusal(400, "SerializationException", "Content.ZipFile is not base64");
}

/** The object, read with the caller's permissions as the service does. */
function object(cloud: Cloud, name: string, key: string): Buffer {
  const bucket = cloud.buckets.get(name);
  if (!bucket) throw notRead("NoSuchBucket", "The specified bucket does not exist");
  if (bucket.region !== cloud.region) {
    throw notRead(
      "PermanentRedirect",
      `The bucket is in this region: ${bucket.region}. Please use this region to retry the request`,
    );
  }
  const arn = `arn:${cloud.partition}:s3:::${name}`;
  const found = bucket.objects.get(key);
  const mayRead = cloud.allowed("s3:GetObject", `${arn}/${key}`);
  if (!mayRead || (!found && !cloud.allowed("s3:ListBucket", arn))) {
    throw new Refusal(
      403,
      "AccessDeniedException",
      "Your access has been denied by S3, please make sure your request credentials have permission to " +
        `GetObject for ${name}/${key}. S3 Error Code: AccessDenied. S3 Error Message: Access Denied`,
    );
  }
  if (!found) throw notRead("NoSuchKey", "The specified key does not exist.");
  return found;
}

function notRead(code: string, message: string): Refusal {
  return invalid(`Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`);
}
