// How long the parts of a layer take, as ratios within one run. Needs the lab and dist/; `npm run bench` makes both.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DockerEngine } from "../../dist/src/engine/docker/engine.js";
import { assemble } from "../../dist/src/layer/assemble.js";
import { contentDigest } from "../../dist/src/layer/manifest.js";
import { zipLayer } from "../../dist/src/layer/zip.js";

const request = {
  image: process.env.LAB_IMAGE_RUNTIME_PYTHON3_11 ?? "localhost/sampkg-lab/runtime-python3.11",
  architecture: "x86_64",
  packages: ["libmagickcore-6.q16-6"],
};
const ROUNDS = 5;

async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [(performance.now() - start) / 1000, result];
}

async function median(work) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) times.push((await timed(work))[0]);
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
}

function kept(map, key, ask) {
  return map.get(key) ?? map.set(key, ask()).get(key);
}

/** Answers of one file system, kept. */
function remember(files) {
  const read = new Map();
  const list = new Map();
  return {
    read: (path) => kept(read, path, () => files.read(path)),
    list: (path) => kept(list, path, () => files.list(path)),
  };
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function row(what, seconds, note = "") {
  say(`${what.padEnd(44)} ${seconds.toFixed(3).padStart(8)} s  ${note}`);
}

const engine = new DockerEngine(new AbortController().signal, () => undefined);
// The repositories' metadata, the image's layers: what any first run pays is paid before the clock starts.
await engine.install({ ...request, packages: ["libltdl7"] }, async () => undefined);
const [empty] = await timed(() =>
  engine.install({ ...request, packages: ["libltdl7"] }, async () => undefined),
);

const begun = performance.now();
await engine.install(request, async (root) => {
  const installing = (performance.now() - begun) / 1000;
  const [files, base] = [remember(root.files), remember(root.base)];
  const ingredients = {
    architecture: "x86_64",
    packages: root.packages,
    include: [],
    exclude: [],
    read: files.read,
    list: files.list,
    readBase: base.read,
  };
  const [first, assembly] = await timed(() => assemble(ingredients));
  const closing = await median(() => assemble(ingredients));
  const getting = installing + first - closing;
  const [loading] = await timed(() => root.load(assembly.files, assembly.libraries));
  const digesting = await median(async () => contentDigest(assembly.files, "x86_64"));
  const [zipping, zip] = await timed(() => zipLayer(assembly.files));
  const megabytes = assembly.files.reduce((sum, file) => sum + file.bytes.length, 0) / 1e6;

  say(
    `${request.packages.join(" ")}: ${assembly.libraries.length} libraries, ${assembly.files.length} files, ` +
      `${megabytes.toFixed(0)} MB, zip ${(zip.length / 1e6).toFixed(0)} MB\n`,
  );
  row("install the packages (two containers)", installing);
  row("fetch the files", first - closing);
  row(
    "closure, recipes and version checks",
    closing,
    `${((100 * closing) / getting).toFixed(1)}% of getting the files`,
  );
  row(
    "load test, in a container that runs anyway",
    loading,
    `${((100 * loading) / getting).toFixed(0)}% of getting the files`,
  );
  row("digest", digesting);
  row("zip", zipping);
  row("two containers and one small package", empty);
});

const folder = mkdtempSync(join(tmpdir(), "sam-pkg-bench-"));
const cli = new URL("../../dist/src/cli/main.js", import.meta.url).pathname;
const run =
  (...words) =>
  async () => {
    const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder });
    if (status !== 0) throw new Error(String(stderr));
  };
writeFileSync(
  join(folder, "template.yaml"),
  "Resources: {F: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12}}}\n",
);
const node = await median(run("-e", ""));
say("");
row("node itself", node);
row("sam-pkg --help", await median(run(cli, "--help")));
row("transform of a template without Packages", await median(run(cli, "transform")));
rmSync(folder, { recursive: true });
