// What publishing costs in calls and memory. Needs the lab and dist/; `npm run bench` makes both.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = join(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "sam-pkg-bench-"));
const image = process.env.LAB_IMAGE_RUNTIME_PYTHON3_11_DNF;
const SETS = 20;
const FUNCTIONS = 100;

function say(text) {
  process.stdout.write(`${text}\n`);
}

function run(program, args, options = {}) {
  const result = spawnSync(program, args, { encoding: "utf8", ...options });
  if (result.status !== 0) throw new Error(`${program} ${args.join(" ")}:\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** The tests' fake of Lambda and S3, as a process of its own. */
async function startFake() {
  const tsc = ["--ignoreConfig", "--target", "es2023", "--module", "nodenext", "--types", "node"];
  const main = join(root, "test/publish/fake/main.ts");
  const out = join(root, ".lab/fake");
  run("npx", ["tsc", ...tsc, "--rewriteRelativeImportExtensions", "--skipLibCheck", "--outDir", out, main], {
    cwd: root,
  });
  const options = JSON.stringify({ buckets: { layers: "eu-west-1" } });
  const child = spawn(process.execPath, [join(out, "main.js"), options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const url of createInterface(child.stdout)) return { url, stop: () => child.kill() };
  throw new Error("the fake did not start");
}

/** A hundred functions that ask for twenty sets between them. */
function template() {
  const names = ["libltdl7", "libxml2", "libpq5", "libmagic1", "libgmp10"];
  const functions = Array.from({ length: FUNCTIONS }, (_none, at) => {
    const set = at % SETS;
    const packages = names.filter((_name, bit) => ((set + 1) >> bit) & 1);
    return `  F${at}:
    Type: AWS::Serverless::Function
    Metadata: {Packages: {Runtime: [${packages.join(", ")}], RuntimeImage: "${image}"}}
    Properties: {Runtime: python3.11, Handler: a.b, CodeUri: .}
`;
  });
  return `Transform: AWS::Serverless-2016-10-31\nResources:\n${functions.join("")}`;
}

const mb = (bytes) => (bytes / 1e6).toFixed(0);

const fake = await startFake();
const env = {
  ...process.env,
  AWS_ENDPOINT_URL: fake.url,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: "eu-west-1",
};
const calls = async () => (await (await fetch(`${fake.url}/_fake/calls`)).json()).length;

try {
  writeFileSync(join(scratch, "template.yaml"), template());
  let before = 0;
  for (const what of ["nothing published yet", "all published"]) {
    const start = performance.now();
    const cli = join(root, "dist/src/cli/main.js");
    run(process.execPath, [cli, "transform", "--no-load-test", "--jobs", "4"], { cwd: scratch, env });
    const after = await calls();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    say(`${FUNCTIONS} functions, ${SETS} sets, ${what}: ${after - before} calls, ${seconds} s`);
    before = after;
  }
  const script = join(root, "test/bench/publish-memory.mjs");
  const { baseline, peak, zip } = JSON.parse(run(process.execPath, ["--expose-gc", script], { env }));
  const ratio = ((peak - baseline) / zip).toFixed(2);
  say(
    `a zip of ${mb(zip)} MB through S3: ${mb(peak - baseline)} MB of memory above the layer's own, ${ratio} of its zip`,
  );
} finally {
  fake.stop();
  rmSync(scratch, { recursive: true });
}
