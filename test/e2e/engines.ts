import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect } from "vitest";
import type { Run } from "./project.ts";
import { expectCode, lab, project, samPkg } from "./project.ts";

type Variables = Readonly<Record<string, string>>;

export const run = promisify(execFile);

/** For a test file's engines, keys and configurations; removed after its last test. */
export const folder = await mkdtemp(join(tmpdir(), "sam-pkg-engines-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A project with one function, whose packages need no network. */
export function withPackages(buildImage = lab("LAB_IMAGE_RUNTIME_PYTHON3_11_DNF")): Promise<string> {
  return project(undefined, {
    "template.yaml": `Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata:
      Packages:
        BuildImage: ${buildImage}
        RuntimeImage: ${lab("LAB_IMAGE_RUNTIME_PYTHON3_11_DNF")}
        Build: [libssl-dev]
        Runtime: [libmariadb3]
    Properties: {Handler: app.handler, CodeUri: ., Runtime: python3.11}
`,
    "app.py": "def handler(event, context): return 1\n",
  });
}

/** Of the layer that was made. */
export const digestOf = ({ stderr }: Run): string => /^layer .* sha256:(\w+)/m.exec(stderr)?.[1] ?? "";

const TRANSFORM = ["transform", "--publish", "none"];

let here: Promise<Run> | undefined;

/** What the machine's own engine makes of the project. */
export function runHere(): Promise<Run> {
  return (here ??= withPackages().then((cwd) => samPkg(TRANSFORM, { cwd })));
}

/** The digest that every engine's layer must have. */
export const digestHere = async (): Promise<string> => digestOf(await runHere());

/** Runs the mission; every engine installs the packages, saves the build image and yields the same layer. */
export async function expectMission(
  env: Variables,
  engine: string,
  by: readonly string[] = [],
): Promise<Run> {
  const result = await samPkg(TRANSFORM, { cwd: await withPackages(), env, by });
  expectCode(result, 0);
  expect(result.stderr).toContain(`${engine}\n`);
  expect(result.stderr).toMatch(/^build image samcli\/lambda-sampkg-\w+:latest (made|is there already)/m);
  expect(digestOf(result)).toBe(await digestHere());
  return result;
}

export async function expectFailure(env: Variables, by: readonly string[] = []): Promise<string> {
  const result = await samPkg(TRANSFORM, { cwd: await withPackages(), env, by });
  expectCode(result, 1);
  return result.stderr;
}

/** A configuration of Docker's command line with one context; `endpoint` as `docker context create --docker` has it. */
export async function contextOf(name: string, endpoint: string): Promise<string> {
  const DOCKER_CONFIG = await mkdtemp(join(folder, "config-"));
  const env = { ...process.env, DOCKER_CONFIG };
  await run("docker", ["context", "create", name, "--docker", endpoint], { env });
  return DOCKER_CONFIG;
}
