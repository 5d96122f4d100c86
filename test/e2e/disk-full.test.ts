import { execFile } from "node:child_process";
import { rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectCode, filesOf, lab, project, samPkg } from "./project.ts";
import { hostOf, startEngine, stopEngine } from "./second-engine.ts";

const HINT = "  hint: free space with `docker system prune`";

const run = promisify(execFile);
const folder = join(tmpdir(), `sam-pkg-engine-${process.pid}`);
const disk = join(folder, "data");
const DOCKER_HOST = hostOf(folder);

/** What the second engine's client prints, line by line. */
async function docker(...args: string[]): Promise<string[]> {
  const { stdout } = await run("docker", ["-H", DOCKER_HOST, ...args]);
  return stdout.split("\n").filter((line) => line !== "");
}

/** Fills the second engine's disk up to this many bytes. */
async function leaveFree(bytes: number): Promise<void> {
  const filling = join(disk, "filling");
  await rm(filling, { force: true });
  const { bavail, bsize } = await statfs(disk);
  await run("fallocate", ["-l", String(bavail * bsize - bytes), filling]);
}

/** Runs sam-pkg on the second engine; nothing may be left of it, neither there nor here. */
async function failsWith(image: "BuildImage" | "RuntimeImage", packages: string): Promise<string> {
  const cwd = await project(undefined, {
    "template.yaml": `Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata:
      Packages: {${packages}, ${image}: "${lab("LAB_IMAGE_RUNTIME_PYTHON3_11_DNF")}"}
    Properties: {Handler: app.handler, CodeUri: ., Runtime: python3.11}
`,
  });
  const images = await docker("images", "-aq", "--no-trunc");
  const result = await samPkg(["transform", "--publish", "none"], { cwd, env: { DOCKER_HOST } });
  expectCode(result, 1);
  expect(result.stdout).toBe("");
  expect(await filesOf(cwd)).toEqual(["template.yaml"]);
  expect(await docker("ps", "-aq")).toEqual([]);
  expect(await docker("images", "-aq", "--no-trunc")).toEqual(images);
  return result.stderr;
}

// The engine is real, and so is its disk: a second dockerd that keeps all it has on a small tmpfs. That takes root.
describe("the container engine's disk is full", () => {
  beforeAll(async () => {
    await startEngine("docker", folder, "800m", [lab("LAB_IMAGE_RUNTIME_PYTHON3_11_DNF")]);
  });

  afterAll(() => stopEngine(folder));

  test("no room for a container: the engine's words", async () => {
    await leaveFree(0);
    const stderr = await failsWith("RuntimeImage", "Runtime: [libssl3]");
    expect(stderr).toContain(
      `error: the container engine's disk is full: starting a container of ${lab("LAB_IMAGE_RUNTIME_PYTHON3_11_DNF")} did not fit\n`,
    );
    expect(stderr).toMatch(/^ {2}\| .*no space left on device$/m);
    expect(stderr).toContain(HINT);
  });

  test("no room for a package: the package manager's words", async () => {
    await leaveFree(2_000_000);
    const stderr = await failsWith("RuntimeImage", "Runtime: [libssl3]");
    expect(stderr).toContain(
      `error: the container engine's disk is full: installing libssl3 in ${lab("LAB_IMAGE_RUNTIME_PYTHON3_11_DNF")} did not fit\n`,
    );
    expect(stderr).toMatch(/^ {2}\| At least \d+MB more space needed on the \/ filesystem\.$/m);
    expect(stderr).toContain(HINT);
  });

  test("no room for the build image: the engine's words", async () => {
    // Installing takes 26 MB; saving writes most of them once more, and takes 50.
    await leaveFree(38_000_000);
    const stderr = await failsWith("BuildImage", "Build: [libssl-dev]");
    expect(stderr).toMatch(
      /^error: the container engine's disk is full: saving samcli\/lambda-sampkg-[0-9a-f]{16}:latest did not fit$/m,
    );
    expect(stderr).toMatch(/^ {2}\| .*no space left on device$/m);
    expect(stderr).toContain(HINT);
  });
});
