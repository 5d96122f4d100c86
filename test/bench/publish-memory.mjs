// How much memory publishing a layer of 60 MB takes above what the process held before. Needs dist/ and a service at
// AWS_ENDPOINT_URL with the bucket `layers`; prints one JSON line, bytes.
import { randomFillSync } from "node:crypto";
import { zipLayer } from "../../dist/src/layer/zip.js";
import { LambdaPublisher } from "../../dist/src/publish/lambda/publisher.js";

// Loaded on demand otherwise, and counted as if it were the upload's.
await import("../../dist/src/publish/lambda/bucket.js");

const MB = 1_000_000;
const digest = "0".repeat(64);
const files = Array.from({ length: 12 }, (_none, at) => ({
  path: `lib/lib${at}.so`,
  mode: 0o644,
  bytes: randomFillSync(new Uint8Array(5 * MB)),
  link: false,
}));
const events = [];
const publisher = new LambdaPublisher(
  { bucket: { name: "layers" }, shareWith: [], jobs: 2 },
  new AbortController().signal,
  (event) => events.push(event),
);
const mark = `sam-pkg sha256:${digest}`;
globalThis.gc?.();
const baseline = process.memoryUsage().rss;
let peak = baseline;
const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 2);
await publisher.publish([
  {
    name: `sam-pkg-bench-${process.pid}`,
    digest,
    mark,
    description: mark,
    zip: () => zipLayer(files),
    architecture: "x86_64",
    runtimes: ["python3.12"],
    asked: ["python3.12"],
  },
]);
clearInterval(sampler);
peak = Math.max(peak, process.resourceUsage().maxRSS * 1024);
const { total: zip } = events.find(({ kind }) => kind === "upload-progress");
process.stdout.write(`${JSON.stringify({ baseline, peak, zip })}\n`);
