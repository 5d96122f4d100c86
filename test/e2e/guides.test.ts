import { appendFile, chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildImageOf, findRuntime, runtimeImageOf } from "../../src/target/runtimes.ts";
import type { Command } from "./guide.ts";
import { missingLines, readGuide, shows } from "./guide.ts";
import { expectCode, filesOf, lab, project, run } from "./project.ts";

const ROOT = join(import.meta.dirname, "../..");

const guides = [
  { page: "README.md", name: "mysqlclient", runtime: "python3.12", lab: "python3.11" },
  { page: "docs/examples/psycopg2.md", name: "psycopg2", runtime: "python3.12", lab: "python3.11" },
  { page: "docs/examples/ruby-mysql.md", name: "ruby-mysql", runtime: "ruby3.3", lab: "ruby3.1" },
  { page: "docs/examples/node-libpq.md", name: "node-libpq", runtime: "nodejs22.x", lab: "nodejs22" },
  { page: "docs/examples/xmlsec-layer.md", name: "xmlsec-layer", runtime: "python3.12", lab: "python3.11" },
];
type Case = (typeof guides)[number];

/** What is named otherwise here than on AWS: the images, Debian's folder of libraries, and its Python. */
function standIns({ runtime, lab: version }: Case): Array<{ readonly aws: string; readonly here: string }> {
  const found = findRuntime(runtime);
  if (!found) throw new Error(`no runtime ${runtime}`);
  return [
    { aws: buildImageOf(found, "x86_64"), here: `localhost/sampkg-lab/build-${version}-dnf` },
    { aws: runtimeImageOf(found, "x86_64"), here: `localhost/sampkg-lab/runtime-${version}-dnf` },
    { aws: "/usr/lib64", here: "/usr/lib/x86_64-linux-gnu" },
    ...(runtime.startsWith("python") ? [{ aws: runtime, here: version }] : []),
  ];
}

/** A copy of the guide's project, as it is but for the stand-ins. */
async function prepare(guide: Case): Promise<string> {
  const folder = await project(`examples/${guide.name}`);
  const [build, runtime] = standIns(guide);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    let text = await readFile(file, "utf8");
    for (const { aws, here } of standIns(guide)) text = text.replaceAll(aws, here);
    await writeFile(file, text);
  }
  const images = `BuildImage: ${build?.here}, RuntimeImage: ${runtime?.here}`;
  for (const template of (await filesOf(folder)).filter((name) => name.startsWith("template."))) {
    await appendFile(join(folder, template), `Metadata: {Packages: {${images}}}\n`);
  }
  // Without optimisation, lxml is compiled in half the time.
  const samconfig = `version = 0.1
[default.build.parameters]
build_image = ["${build?.here}"]
skip_pull_image = true
container_env_var = ["CFLAGS=-O0"]
[default.local_invoke.parameters]
invoke_image = ["${runtime?.here}"]
skip_pull_image = true
`;
  await writeFile(join(folder, "samconfig.toml"), samconfig);
  return folder;
}

/** A PATH with the lab's SAM CLI, sam-pkg where npm links it to, and Ruby's `gem`, which is in the build image only. */
async function programs(folder: string): Promise<Record<string, string>> {
  const bin = join(folder, "../npm/bin");
  await mkdir(bin, { recursive: true });
  const image = lab("LAB_IMAGE_BUILD_RUBY3_1_DNF");
  const gem = `docker run --rm -u "$(id -u):$(id -g)" -v "$PWD:$PWD" -w "$PWD" ${image} gem "$@"`;
  await writeFile(join(bin, "gem"), `#!/bin/sh\nexec ${gem}\n`);
  await chmod(join(bin, "gem"), 0o755);
  const PATH = [bin, dirname(lab("SAM")), process.env["PATH"]].join(delimiter);
  return { PATH, npm_config_prefix: dirname(bin) };
}

/** Runs one command of a guide: it must print what the guide shows, and fail where that shows an `Error:`. */
async function follow(
  command: Command,
  guide: Case,
  cwd: string,
  env: Record<string, string>,
): Promise<void> {
  const [program = "", ...args] = command.words;
  const result = await run(program, args, { cwd, env });
  expectCode(result, command.output.some((line) => line.startsWith("Error:")) ? 1 : 0);
  let printed = `${result.stdout}\n${result.stderr}`;
  for (const { aws, here } of standIns(guide)) printed = printed.replaceAll(here, aws);
  expect(missingLines(command, printed), `${command.words.join(" ")}\n${printed}`).toEqual([]);
}

/** README's section whose commands run in a clone, and the one whose commands bring the lab up or run these tests. */
const INSTALL = "Install";
const CLONE = "Try it from a clone";

/** The repository as git has it. */
async function cloneInto(folder: string): Promise<void> {
  const made = new Set([".git", ".lab", ".sam-pkg", ".aws-sam", "dist", "node_modules"]);
  await cp(ROOT, folder, { recursive: true, filter: (path) => !made.has(basename(path)) });
}

describe.each(guides)("$page", (guide) => {
  test("shows the project's files as they are", async () => {
    const { files } = readGuide(await readFile(join(ROOT, guide.page), "utf8"));
    expect(files.map(({ name }) => name)).toContain("template.yaml");
    for (const { name, text } of files) {
      const file = await readFile(join(ROOT, "fixtures/examples", guide.name, name), "utf8");
      expect(
        shows(text, file),
        `${name} has no such lines:
${text}`,
      ).toBe(true);
    }
  });

  test("its commands do what it says", async () => {
    const { commands } = readGuide(await readFile(join(ROOT, guide.page), "utf8"));
    const folder = await prepare(guide);
    const env = await programs(folder);
    const installs = commands.some(({ section }) => section === INSTALL);
    if (installs) await cloneInto(join(folder, "../clone"));
    else await symlink(join(ROOT, "dist/src/cli/main.js"), join(folder, "../npm/bin/sam-pkg"));
    const followed = commands.filter(({ section }) => section !== CLONE);
    expect(followed.map(({ words }) => words[0])).toEqual(expect.arrayContaining(["sam-pkg", "sam"]));
    for (const command of followed) {
      await follow(command, guide, command.section === INSTALL ? join(folder, "../clone") : folder, env);
    }
  }, 600_000);
});
