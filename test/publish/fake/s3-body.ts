import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { crc32 } from "node:zlib";
import { Refusal } from "./refusal.ts";

/** An upload's bytes, with the checksums the caller gave for them. */
export interface Payload {
  readonly data: Buffer;
  /** `x-amz-checksum-...` headers, sent back as S3 does. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** Takes a body out of the SDK's chunks and checks its checksums. Throws Refusal. */
export function payloadOf(headers: IncomingHttpHeaders, body: Buffer): Payload {
  const stated = headers["x-amz-content-sha256"];
  const chunked =
    (headers["content-encoding"] ?? "").split(",").some((coding) => coding.trim() === "aws-chunked") ||
    (typeof stated === "string" && stated.startsWith("STREAMING-"));
  if (!chunked && headers["content-length"] === undefined) {
    throw new Refusal(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  const { data, trailers } = chunked ? unchunk(body) : { data: body, trailers: new Map<string, string>() };
  const decoded = headers["x-amz-decoded-content-length"];
  if (chunked && Number(decoded) !== data.length) {
    throw new Refusal(400, "IncompleteBody", `${data.length} bytes came, ${String(decoded)} were announced`);
  }
  if (
    typeof stated === "string" &&
    /^[0-9a-f]{64}$/.test(stated) &&
    digest("sha256", data, "hex") !== stated
  ) {
    throw new Refusal(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' does not match.",
    );
  }
  const md5 = headers["content-md5"];
  if (md5 !== undefined && md5 !== digest("md5", data, "base64")) throw badDigest("Content-MD5");
  const checksums: Record<string, string> = {};
  for (const [algorithm, compute] of CHECKSUMS) {
    const name = `x-amz-checksum-${algorithm}`;
    const value = trailers.get(name) ?? headers[name];
    if (typeof value !== "string") continue;
    if (compute(data) !== value) throw badDigest(algorithm.toUpperCase());
    checksums[name] = value;
  }
  const announced = headers["x-amz-trailer"];
  if (typeof announced === "string" && !trailers.has(announced.toLowerCase())) {
    throw new Refusal(400, "MalformedTrailerError", `The trailer ${announced} did not come`);
  }
  return { data, checksums };
}

/** The digest S3 uses as an object's ETag. */
export function etagOf(data: Buffer): string {
  return `"${digest("md5", data, "hex")}"`;
}

const CHECKSUMS: readonly (readonly [string, (data: Buffer) => string])[] = [
  ["crc32", crc32Base64],
  ["sha1", (data) => digest("sha1", data, "base64")],
  ["sha256", (data) => digest("sha256", data, "base64")],
];

function crc32Base64(data: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(data));
  return bytes.toString("base64");
}

function digest(algorithm: string, data: Buffer, encoding: "hex" | "base64"): string {
  return createHash(algorithm).update(data).digest(encoding);
}

function unchunk(body: Buffer): { data: Buffer; trailers: Map<string, string> } {
  const pieces: Buffer[] = [];
  const trailers = new Map<string, string>();
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf("\r\n", at);
    const [size = ""] = body.toString("latin1", at, Math.max(at, lineEnd)).split(";");
    if (lineEnd < 0 || !/^[0-9a-fA-F]+$/.test(size)) throw malformed();
    const length = Number.parseInt(size, 16);
    at = lineEnd + 2;
    if (length === 0) break;
    if (body.toString("latin1", at + length, at + length + 2) !== "\r\n") throw malformed();
    pieces.push(body.subarray(at, at + length));
    at += length + 2;
  }
  for (const line of body.toString("latin1", at).split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) trailers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { data: pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces), trailers };
}

function malformed(): Refusal {
  return new Refusal(400, "IncompleteBody", "The body is not well-formed aws-chunked");
}

function badDigest(what: string): Refusal {
  return new Refusal(400, "BadDigest", `The ${what} you specified did not match the calculated checksum.`);
}
