import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import JSZip from "jszip";
import { beforeEach, expect, test } from "vitest";
import { readElf } from "../../src/layer/elf/elf.ts";
import { expectCode, lab, leftContainers, project, samPkg, textOf } from "./project.ts";

const docker = async (...args: string[]) => (await promisify(execFile)("docker", args)).stdout.trim();

/** One name for images of both architectures. */
const both = (): string => `${lab("LAB_IMAGE_BOTH")}:latest`;
const kept = (): Promise<string> => docker("images", "-q", "samcli/lambda-sampkg-base-*");
const architectureOf = (image: string): Promise<string> =>
  docker("inspect", "--format", "{{.Os}}/{{.Architecture}}", image);

async function remove(...images: string[]): Promise<void> {
  for (const image of images) await docker("rmi", "-f", image).catch(() => undefined);
}

// By names, never by an ID: the lab's own images are the same ones.
beforeEach(async () => {
  const format = "{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}";
  for (const name of [lab("LAB_IMAGE_BOTH"), "samcli/lambda-sampkg-base-*"]) {
    await remove(...(await docker("images", "--digests", "--format", format, name)).split(/\s+/));
  }
});

/** Functions of both architectures with one declaration for the two. */
const twoFunctions = (image: string, packages: string) => `Metadata:
  Packages: {BuildImage: "${image}", RuntimeImage: "${image}", ${packages}}
Parameters:
  Cpu: {Type: String, Default: intel}
Conditions:
  OnIntel: !Equals [!Ref Cpu, intel]
Globals:
  Function: {Handler: app.handler, CodeUri: ., Runtime: python3.11, Architectures: [arm64]}
Resources:
  Intel:
    Type: AWS::Serverless::Function
    Properties: {Architectures: !If [OnIntel, [x86_64], [arm64]]}
  Arm:
    Type: AWS::Serverless::Function
`;

const oneFunction = (image: string, architecture: string) =>
  project(undefined, {
    "template.yaml": `Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {Packages: {RuntimeImage: "${image}", Runtime: [libltdl7]}}
    Properties: {Handler: app.handler, CodeUri: ., Runtime: python3.11, Architectures: [${architecture}]}
`,
  });

test("one declaration, one image name: build images and layers of both architectures", async () => {
  const cwd = await project(undefined, {
    "template.yaml": twoFunctions(both(), "Build: [libltdl7], Runtime: [libltdl7]"),
  });
  const stableTags = ["intel", "arm"].map((id) => `samcli/lambda-sampkg-project-${id}:latest`);
  await remove(...stableTags);
  const first = await samPkg(["transform", "--publish", "template"], { cwd });
  expectCode(first, 0);
  expect(first.stderr.match(/; 1 of 1 library loaded$/gm)).toHaveLength(2);
  expect(await Promise.all(stableTags.map(architectureOf))).toEqual(["linux/amd64", "linux/arm64"]);

  const output = await textOf(cwd, "template.sam-pkg.yaml");
  const layers = [
    ...output.matchAll(/ContentUri: "(.*)"\n(?:.*\n){2,4}? +CompatibleArchitectures:\n +- (.*)/g),
  ];
  expect(layers.map(([, , architecture]) => architecture)).toEqual(["x86_64", "arm64"]);
  for (const [, archive = "", architecture = ""] of layers) {
    expect(archive).toContain(`sam-pkg-debian12-${architecture}-libltdl7-`);
    const zip = await JSZip.loadAsync(await readFile(join(cwd, archive)));
    const library = await zip.file("lib/libltdl.so.7")?.async("uint8array");
    expect(library && readElf(library).machine).toBe(architecture);
  }

  // The name stays where the first pull put it; the second architecture has a name of ours and is not pulled again.
  expect(await architectureOf(both())).toBe("linux/amd64");
  const second = await samPkg(["transform", "--publish", "template"], { cwd });
  expectCode(second, 0);
  expect(second.stderr).not.toContain("pulling");
  expect(second.stderr.match(/ is there already: libltdl7$/gm)).toHaveLength(2);
  expect(await textOf(cwd, "template.sam-pkg.yaml")).toBe(output);
});

test("an image that is named by its digest serves both, too", async () => {
  await docker("pull", "-q", both());
  const digest = await docker("inspect", "--format", "{{index .RepoDigests 0}}", both());
  const cwd = await project(undefined, { "template.yaml": twoFunctions(digest, "Runtime: [libltdl7]") });
  const first = await samPkg(["plan"], { cwd });
  expectCode(first, 0);
  expect(first.stdout.match(/^ {2}target {5}.*/gm)).toEqual([
    `  target     debian12, x86_64, ${digest}`,
    `  target     debian12, arm64, ${digest}`,
  ]);
  const second = await samPkg(["plan"], { cwd });
  expectCode(second, 0);
  expect(first.stderr).toContain(`pulled ${digest} (linux/arm64)`);
  expect(second.stderr).not.toContain("pulling");
});

// As a plain image, which is pulled whatever is asked for, and as a list of one architecture.
test.each(["arm64", "only-arm64"])(
  "an image of one architecture, for a function of the other: %s",
  async (tag) => {
    const image = `${lab("LAB_IMAGE_BOTH")}:${tag}`;
    const { code, stderr } = await samPkg(["plan"], { cwd: await oneFunction(image, "x86_64") });
    expect(code).toBe(1);
    expect(stderr).toContain(`error: image ${image} does not exist for linux/amd64\n`);
    expect(stderr).toContain("hint: name an image for linux/amd64 in BuildImage or RuntimeImage, or change");
    expect(await kept()).toBe("");
  },
);

test("a machine that cannot run arm64: what is missing, and how to get it", async () => {
  const emulation = "/proc/sys/fs/binfmt_misc/qemu-aarch64";
  await writeFile(emulation, "0");
  try {
    const { code, stderr } = await samPkg(["plan"], { cwd: await oneFunction(both(), "arm64") });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error: the container engine's machine cannot run linux/arm64 images: it has no emulation of arm64 (starting a container of ${both()})\n  | exec /bin/sh: exec format error\n  hint: Docker Desktop has it; on Linux install it with \`docker run --privileged --rm tonistiigi/binfmt --install arm64\``,
    );
  } finally {
    await writeFile(emulation, "1");
  }
  expect(await leftContainers()).toEqual([]);
});
