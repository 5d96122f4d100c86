import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run } from "../../src/cli/program.ts";
import type { Inspection } from "../../src/pipeline/inspect.ts";
import { inspect } from "../../src/pipeline/inspect.ts";
import { checked, set } from "../pipeline/checked.ts";
import { request } from "../pipeline/requests.ts";
import { capture } from "./capture.ts";

vi.mock("../../src/pipeline/inspect.ts");
vi.mock("../../src/cli/interrupt.ts", () => ({ interruptSignal: () => new AbortController().signal }));

const nothing: Inspection = {
  template: "template.yaml",
  functions: [],
  plan: { builds: [], layers: [] },
  layers: [],
};
const full: Inspection = {
  template: "template.yaml",
  functions: [{ request: request("F"), layer: checked, environment: {} }],
  plan: {
    builds: [{ ...set, packages: ["gcc", "make"], image: "build:latest" }],
    layers: [set, { ...set, packages: ["libc6"], keys: ["Resources/G"], functions: ["G"] }],
  },
  layers: [checked],
};

let stdout: () => string;
let stderr: () => string;
beforeEach(() => {
  vi.stubEnv("NO_COLOR", "1");
  stdout = capture("stdout");
  stderr = capture("stderr");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Runs the command line on this inspection; gives the exit code. */
function command(inspection: Inspection, ...args: readonly string[]): Promise<number> {
  vi.mocked(inspect)
    .mockReset()
    .mockImplementation(({ listener }) => {
      listener({ kind: "engine", name: "docker", endpoint: "here" });
      listener({ kind: "note", message: "a note" });
      listener({ kind: "note", message: "another" });
      listener({ kind: "warning", message: "careful" });
      listener({ kind: "nothing-to-ship", packages: ["libc6"], dockerfiles: [] });
      return Promise.resolve(inspection);
    });
  return run(args);
}

describe("plan", () => {
  it("shows layers, sets without one and build images, line by line", async () => {
    expect(await command(full, "plan")).toBe(0);
    expect(stdout()).toBe(`layer sam-pkg-al2023-x86_64-mysql-libs-01234567
  for        F
  target     al2023, x86_64, runtime:latest
  packages   mysql-libs → mariadb-libs 5.5  asked for
             zlib 1.3                       asked for
             came 1                         came with them
  Include    /usr/bin/tool
  Exclude    /usr/lib/no.so
  files      bin/tool                 1 kB  of p, by Include /usr/bin/tool
             lib/libmysql.so.21       1 kB  of mariadb-libs
             lib/libssl.so.3          1 kB  of the runtime image, needed by libmysql.so.21
             lib/libz.so → libz.so.1  link  of p, by recipe z
  provided   libc.so.6: every runtime has it
  assumed    libold.so.1: in the runtime image, perhaps not in Lambda
  variables  MAGIC=/opt/magic (not added to F)
  notes      a note
  size       46 bytes unzipped, 0% of the 262,144,000 allowed
             mariadb-libs       18
             the runtime image  15
             p                  13
  content    sha256:${checked.digest}

no layer: the packages bring nothing that the runtime lacks
  for        G
  image      runtime:latest (x86_64)
  packages   libc6

build image
  for        F
  image      build:latest (x86_64)
  packages   gcc
             make
`);
  });

  it("keeps progress on standard error, and says there what is not in the plan", async () => {
    await command(full, "plan");
    expect(stderr()).toBe("using docker at here\nnote: another\nwarning: careful\n");
  });

  it("says when nothing is asked for", async () => {
    expect(await command(nothing, "plan")).toBe(0);
    expect(stdout()).toBe("template.yaml: no function asks for packages\n");
  });

  it("hands its options on", async () => {
    await command(nothing, "plan", "a.yaml", "-j", "7", "--no-load-test");
    expect(vi.mocked(inspect).mock.calls[0]?.[0]).toMatchObject({
      template: "a.yaml",
      jobs: 7,
      loadTest: false,
    });
    await command(nothing, "plan", "-t", "b.yaml");
    expect(vi.mocked(inspect).mock.calls[0]?.[0]).toMatchObject({ template: "b.yaml", loadTest: true });
    await command(nothing, "plan");
    expect(vi.mocked(inspect).mock.calls[0]?.[0]).not.toHaveProperty("template");
    expect(await command(nothing, "plan", "a.yaml", "-t", "b.yaml")).toBe(2);
  });

  it("--json prints one document", async () => {
    expect(await command(full, "plan", "--json")).toBe(0);
    expect(JSON.parse(stdout())).toMatchObject({ version: 1, command: "plan" });
  });

  it("shows control characters instead of sending them to the terminal", async () => {
    const [file] = checked.files;
    const path = "etc/\u001B[2Jx\ny";
    const layer = { ...checked, files: file ? [{ ...file, path }] : [] };
    await command({ ...full, layers: [layer] }, "plan");
    expect(stdout()).toContain(String.raw`etc/\u{1b}[2Jx\u{a}y`);
    expect(stdout()).not.toContain("\u001B");
  });
});

describe("why", () => {
  it("shows the chains", async () => {
    expect(await command(full, "why", "libssl.so.3", "-t", "t.yaml")).toBe(0);
    expect(stdout()).toBe(
      "lib/libssl.so.3 in layer sam-pkg-al2023-x86_64-mysql-libs-01234567\n" +
        "  F → mysql-libs (Runtime) → mariadb-libs 5.5 → lib/libmysql.so.21 → NEEDED libssl.so.3 → lib/libssl.so.3\n",
    );
    expect(stderr()).toBe("using docker at here\n");
    expect(vi.mocked(inspect).mock.calls[0]?.[0]).toMatchObject({ template: "t.yaml", loadTest: false });
  });

  it("names a few of many functions, recipes, patterns and packages that came along", async () => {
    const functions = ["A", "B", "C", "D", "E"];
    const files = checked.files.map((file) => ({
      ...file,
      path: file.path.replace("libz.so", "tool"),
      reasons: [...file.reasons, { kind: "package", package: "came" } as const],
    }));
    await command({ ...full, layers: [{ ...checked, files, set: { ...set, functions } }] }, "why", "tool");
    expect(stdout()).toBe(
      `bin/tool in layer ${checked.name}
  A, B, C and 2 more → Include /usr/bin/tool → bin/tool
  A, B, C and 2 more → zlib = 1.3, mysql-libs (Runtime) → installed came → bin/tool

lib/tool in layer ${checked.name}
  A, B, C and 2 more → zlib = 1.3, mysql-libs (Runtime) → installed came → lib/tool
`,
    );
  });

  it("says what every runtime has", async () => {
    expect(await command(full, "why", "libc.so.6")).toBe(0);
    expect(stdout()).toBe("every runtime has libc.so.6: not in the layer\n");
  });

  it("of a file in no layer: exit code 2 with what may have been meant", async () => {
    expect(await command(full, "why", "libsl.so.3")).toBe(2);
    expect(stdout()).toBe("");
    expect(stderr()).toBe(
      "using docker at here\ntemplate.yaml: error: no layer has libsl.so.3\n  hint: did you mean libssl.so.3?\n1 problem; nothing was written\n",
    );
  });

  it("without a file: exit code 2", async () => {
    expect(await command(full, "why")).toBe(2);
    expect(stderr()).toContain("error: missing required argument 'file'");
  });
});

describe("transform --json", () => {
  it("cannot share standard output with the template: exit code 2", async () => {
    expect(await run(["transform", "--json", "--output-template-file", "-"])).toBe(2);
    expect(stderr()).toContain("error: --json and --output-template-file - both want standard output\n");
    expect(stdout()).toBe("");
  });
});
