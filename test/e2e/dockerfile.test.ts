import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Run } from "./project.ts";
import { answer, expectCode, filesOf, lab, nextWords, project, sam, samPkg, textOf } from "./project.ts";

const docker = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)("docker", args)).stdout.trim();

/** A project with one function, F, and these Packages. */
async function withFiles(packages: object, files: Readonly<Record<string, string>>): Promise<string> {
  const asked = JSON.stringify({ RuntimeImage: lab("LAB_IMAGE_RUNTIME_PYTHON3_11"), ...packages });
  const cwd = await project(undefined, {
    "template.yaml": `Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {Packages: ${asked}}
    Properties: {Handler: app.handler, CodeUri: ., Runtime: python3.11}
`,
  });
  await put(cwd, files);
  return cwd;
}

async function put(cwd: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
}

const transform = (cwd: string): Promise<Run> => samPkg(["transform", "--publish", "template"], { cwd });
const image = (text: string, id = "F"): string =>
  new RegExp(`${id}=(samcli/lambda-sampkg-\\S+)`).exec(text)?.[1] ?? "";
const madeTag = (text: string): string => /^build image (\S+)/m.exec(text)?.[1] ?? "";

/** A library and a program of the user's own, which need a library that apt installs in the build image only. */
const GREET_C = `#include <ltdl.h>
#include <stdio.h>
const char *greet(void) { return lt_dlinit() == 0 ? GREETING : "no ltdl"; }
#ifdef PROGRAM
int main(void) { return puts(greet()) < 0; }
#endif
`;
const GREET = (base: string): string => `# Compiles a library and a program.
ARG BASE=no-such-image
FROM $BASE AS tools
RUN apt-get update && apt-get install -y --no-install-recommends libltdl-dev && rm -rf /var/lib/apt/lists/*

FROM tools AS greet
ARG GREETING
COPY greet.c /src/
RUN mkdir -p /var/task/lambda_lib /var/task/lambda_bin && cd /var/task && \\
    gcc -shared -fPIC -Wl,-soname,libgreet.so.1 -DGREETING="\\"$GREETING\\"" -o lambda_lib/libgreet.so.1 /src/greet.c -lltdl && \\
    gcc -DPROGRAM -DGREETING="\\"$GREETING\\"" -o lambda_bin/greet /src/greet.c -lltdl

FROM ${base} AS beyond-the-target
RUN false
`;
const APP = `import ctypes, subprocess


def handler(event, context):
    greet = ctypes.CDLL("libgreet.so.1").greet
    greet.restype = ctypes.c_char_p
    program = subprocess.run(["greet"], check=True, capture_output=True, text=True)
    with open("/proc/self/maps") as maps:
        loaded = sorted({line.split()[-1] for line in maps if "/opt/" in line})
    return {"library": greet().decode(), "program": program.stdout.strip(), "loaded": loaded}
`;

test("what a Dockerfile leaves is a layer, its image builds the functions; both are made again only for cause", async () => {
  const base = lab("LAB_IMAGE_BUILD_PYTHON3_11");
  const greeting = `hello ${randomUUID()}`;
  const cwd = await project(undefined, {
    "template.yaml": `Metadata:
  Packages:
    Dockerfile: docker/Dockerfile
    DockerBuildArgs: {BASE: "${base}", GREETING: ${greeting}}
    DockerBuildTarget: greet
    RuntimeImage: ${lab("LAB_IMAGE_RUNTIME_PYTHON3_11")}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.handler, CodeUri: app, Runtime: python3.11}
  G:
    Type: AWS::Serverless::Function
    Metadata: {Packages: {Build: [pkg-config]}}
    Properties: {Handler: app.handler, CodeUri: app, Runtime: python3.11}
`,
  });
  const dockerfile = GREET(base);
  const files = { "docker/Dockerfile": dockerfile, "docker/greet.c": GREET_C };
  await put(cwd, { ...files, "app/app.py": APP, "app/requirements.txt": "" });

  const first = await transform(cwd);
  expectCode(first, 0);
  expect(first.stderr.match(/^building docker\/Dockerfile$/gm)).toHaveLength(1);
  expect(first.stderr.match(/^layer .* 3 files, .*; 2 of 2 libraries loaded$/gm)).toHaveLength(1);
  expect(await docker("run", "--rm", image(first.stderr, "G"), "sh", "-c", "command -v pkg-config")).toBe(
    "/usr/bin/pkg-config",
  );
  const why = await samPkg(["why", "libltdl.so.7"], { cwd });
  expect(why.stdout).toContain(
    "F, G → docker/Dockerfile (lambda_lib) → lib/libgreet.so.1 → NEEDED libltdl.so.7 → lib/libltdl.so.7",
  );

  expectCode(await sam(nextWords(first).slice(1), { cwd }), 0);
  const invoke = ["local", "invoke", "F", "--invoke-image", lab("LAB_IMAGE_RUNTIME_PYTHON3_11")];
  expect(answer(await sam([...invoke, "--skip-pull-image"], { cwd }))).toEqual({
    library: greeting,
    program: greeting,
    loaded: ["/opt/lib/libgreet.so.1", "/opt/lib/libltdl.so.7"],
  });

  const output = await textOf(cwd, "template.sam-pkg.yaml");
  await put(cwd, { "docker/Dockerfile": `${dockerfile}\n# A comment.\n` });
  await utimes(join(cwd, "docker/greet.c"), 1, 1);
  const second = await transform(cwd);
  expectCode(second, 0);
  expect(second.stderr.match(/ is there already: (?:docker\/Dockerfile|pkg-config)$/gm)).toHaveLength(2);
  expect(second.stderr).not.toContain("building");
  expect(await textOf(cwd, "template.sam-pkg.yaml")).toBe(output);

  await put(cwd, { "docker/greet.c": GREET_C.replace("no ltdl", greeting) });
  const third = await samPkg(["plan"], { cwd });
  expectCode(third, 0);
  expect(third.stderr).toContain("building docker/Dockerfile\n");
});

test("a Dockerfile outside of its context copies what .dockerignore leaves; without leftovers no runtime image is needed", async () => {
  const packages = { Dockerfile: "../docker/Dockerfile", DockerContext: "src" };
  const cwd = await withFiles(
    { ...packages, RuntimeImage: `${lab("REGISTRY")}/no/such:1` },
    {
      "docker/Dockerfile": `FROM ${lab("LAB_IMAGE_BASE")}\nCOPY . /copied/\nCMD ["true"]\n`,
      "docker/secret": "",
      "src/.dockerignore": "*.log\n",
      "src/a.txt": "a",
      "src/deep/a.log": "",
      "src/a.log": "",
    },
  );
  const result = await transform(cwd);
  expectCode(result, 0);
  expect(result.stderr).toContain(
    "no layer for docker/Dockerfile: nothing is in /var/task/lambda_lib or /var/task/lambda_bin\n",
  );
  const [tag] = [madeTag(result.stderr)];
  expect((await docker("run", "--rm", tag, "find", "/copied", "-type", "f")).split("\n").toSorted()).toEqual([
    "/copied/a.txt",
    "/copied/deep/a.log",
  ]);
  expect(await docker("inspect", "-f", "{{.Config.Cmd}}", tag)).toBe("[true]");
});

test("packages on top are installed by root, and the image keeps its user", async () => {
  const base = lab("LAB_IMAGE_BUILD_PYTHON3_11");
  const packages = { Dockerfile: "Dockerfile", Build: ["libltdl7"] };
  const cwd = await withFiles(packages, { Dockerfile: `FROM ${base}\nUSER nobody\nWORKDIR /tmp\n` });
  const result = await transform(cwd);
  expectCode(result, 0);
  const settings = await docker(
    "inspect",
    "-f",
    "{{.Config.User}} {{.Config.WorkingDir}}",
    madeTag(result.stderr),
  );
  expect(settings).toBe("nobody /tmp");
  expect(result.stderr).toContain("warning: image Dockerfile runs as user nobody: sam build may not");
});

test("a BuildImage alone is the function's image", async () => {
  const cwd = await withFiles({ BuildImage: lab("LAB_IMAGE_BASE") }, {});
  const result = await transform(cwd);
  expectCode(result, 0);
  const ids = await docker("inspect", "-f", "{{.Id}}", lab("LAB_IMAGE_BASE"), image(result.stderr));
  expect(new Set(ids.split("\n")).size).toBe(1);
});

test.each([
  {
    what: "a step that fails",
    steps: "# one\nARG A=1\nRUN true && \\\n  echo told >&2 && \\\n  false",
    said: /^error: building Dockerfile failed at line 4: RUN true && echo told >&2 && false\n {2}\| told\n.*returned a non-zero code: 1\n {2}hint: correct the step; to try it by hand: `docker build -f Dockerfile \.`$/m,
  },
  {
    what: "a word that is no instruction",
    steps: "RUNN true",
    said: /^error: building Dockerfile failed at line 2\n.*unknown instruction: RUNN/m,
  },
  {
    what: "what needs BuildKit",
    steps: "RUN <<EOF\ntrue\nEOF",
    said: /^error: Dockerfile:2: a heredoc in RUN needs BuildKit, .*[^]*hint: build it yourself \(`docker build -t my-build-image -f Dockerfile \.`\) and name it in BuildImage/m,
  },
  {
    what: "a mount of BuildKit's",
    steps: "RUN --mount=type=tmpfs,target=/x true",
    said: /^error: Dockerfile:2: RUN --mount needs BuildKit/m,
  },
  {
    what: "an image without a shell",
    steps: "FROM scratch\nCOPY Dockerfile /",
    said: /^error: the image has no \/bin\/sh \(starting a container of Dockerfile\)\n[^]*hint: /m,
  },
  {
    what: "an image that nobody has",
    steps: "FROM 127.0.0.1:1/no/such:1",
    said: /^error: .*127\.0\.0\.1:1\/no\/such:1.*, from which Dockerfile starts\n[^]*hint: /m,
  },
])("$what is told with its place, and nothing is written", async ({ steps, said }) => {
  const cwd = await withFiles(
    { Dockerfile: "Dockerfile" },
    { Dockerfile: `FROM ${lab("LAB_IMAGE_BASE")}\n${steps}\n` },
  );
  const result = await transform(cwd);
  expectCode(result, 1);
  expect(result.stderr).toMatch(said);
  expect(await filesOf(cwd)).toEqual(["Dockerfile", "template.yaml"]);
});

test("Ctrl-C while it builds ends the build, and leaves no container", async () => {
  const mark = `sampkg-${randomUUID()}`;
  const dockerfile = `FROM ${lab("LAB_IMAGE_BASE")}\nRUN echo ${mark} && sleep 100\n`;
  const cwd = await withFiles({ Dockerfile: "Dockerfile" }, { Dockerfile: dockerfile });
  const running = async (): Promise<boolean> =>
    (await docker("ps", "-a", "--no-trunc", "--format", "{{.Command}}")).includes(mark);
  let seen = false;
  const result = await samPkg(["transform", "--publish", "none"], {
    cwd,
    onStderr: (text, kill) => {
      if (seen || !text.includes("building Dockerfile")) return;
      seen = true;
      void expect
        .poll(running, { timeout: 20_000 })
        .toBe(true)
        .then(() => kill("SIGINT"));
    },
  });
  expect(result.code).toBe(130);
  await expect.poll(running, { timeout: 20_000 }).toBe(false);
});
