import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { transformCommand } from "../../src/cli/transform.ts";
import type { BuildImageNames } from "../../src/pipeline/edits.ts";
import type { CheckedLayer } from "../../src/pipeline/layer.ts";
import type { TransformOptions, TransformResult } from "../../src/pipeline/transform.ts";
import { transform } from "../../src/pipeline/transform.ts";
import type { FunctionRequest } from "../../src/template/request.ts";
import { WorkError } from "../../src/report/errors.ts";
import { layerFile } from "../layer/files.ts";
import { request } from "../pipeline/requests.ts";
import { capture } from "./capture.ts";

vi.mock("../../src/pipeline/transform.ts");
vi.mock("../../src/pipeline/sam-settings.ts");
vi.mock("../../src/cli/interrupt.ts", () => ({ interruptSignal: () => new AbortController().signal }));

const digest = "0123456789abcdef".repeat(4);
const nothing: TransformResult = {
  template: "/w/quick start/template.yaml",
  output: "/w/quick start/template.sam-pkg.yaml",
  text: "Resources: {}\n",
  children: [],
  functions: [],
  layers: [],
  askForLoops: false,
  plain: [],
};
const layer: CheckedLayer = {
  set: {
    image: "i",
    architecture: "x86_64",
    packages: [],
    repositories: [],
    extras: [],
    shipped: [],
    include: [],
    exclude: [],
    keys: [],
    functions: [],
    runtimes: [],
  },
  name: "sam-pkg-x",
  digest,
  os: "al2023",
  files: [
    layerFile("lib/libz.so.1", "z".repeat(1_200_000)),
    { ...layerFile("lib/liby.so.2", "y"), package: undefined },
  ],
  packages: [
    { name: "zlib", version: "1.2.11-33", architecture: "x86_64", provides: [], paths: [], requests: [] },
    { name: "y", version: "2", architecture: "noarch", provides: [], paths: [], requests: [] },
  ],
  libraries: [],
  environment: {},
  provided: [],
  assumed: [],
  failures: [],
  notes: [],
  budget: { bytes: 1_200_001, verdict: "fits", shares: [] },
};

const image = (name: string): BuildImageNames => ({
  tag: "samcli/lambda-sampkg-0:latest",
  stableTags: [`samcli/lambda-sampkg-quick-start-${name}:latest`],
});

let stdout: () => string;
let stderr: () => string;
beforeEach(() => {
  stdout = capture("stdout");
  stderr = capture("stderr");
});
afterEach(() => vi.restoreAllMocks());

/** Runs the command on this result of the transform; gives the options that the transform got. */
async function command(
  result: Partial<TransformResult>,
  flags: Partial<Parameters<typeof transformCommand>[0]> = {},
): Promise<TransformOptions | undefined> {
  vi.mocked(transform)
    .mockReset()
    .mockResolvedValue({ ...nothing, ...result });
  await transformCommand({ publish: "lambda", jobs: 2, loadTest: true, ...flags });
  return vi.mocked(transform).mock.calls[0]?.[0];
}

const nested = (path: string, id: string): FunctionRequest =>
  request(id, { stack: { path, template: `${path}.yaml` } });

describe("transformCommand", () => {
  it("says that nothing was to be done", async () => {
    await command({ template: "template.yaml", output: "template.sam-pkg.yaml" });
    expect(stderr()).toBe(
      "wrote template.sam-pkg.yaml: no function asks for packages, it is the template unchanged\n\nnext: sam build --template-file template.sam-pkg.yaml\n",
    );
    expect(stdout()).toBe("");
  });

  it("says what to run next, with the build images' stable names, quoted for a shell", async () => {
    const functions = [
      { request: request("MyFunction"), buildImage: image("myfunction") },
      { request: request("NoBuild") },
      { request: request("Other"), buildImage: image("other") },
    ];
    await command({ functions });
    expect(stderr()).toBe(
      "wrote /w/quick start/template.sam-pkg.yaml: 3 functions with packages\n\n" +
        "next: sam build --template-file '/w/quick start/template.sam-pkg.yaml' --use-container " +
        "--build-image MyFunction=samcli/lambda-sampkg-quick-start-myfunction:latest " +
        "--build-image Other=samcli/lambda-sampkg-quick-start-other:latest\n",
    );
  });

  it("does not need a container where only a layer was made", async () => {
    await command({ output: "it's.yaml", functions: [{ request: request("F") }] });
    expect(stderr()).toBe(
      "wrote it's.yaml: 1 function with packages\n\nnext: sam build --template-file 'it'\\''s.yaml'\n",
    );
  });

  it("tells the build what it was told itself, and to expand loops", async () => {
    const given = { configEnv: "prod", parameterOverrides: ["A=b c"] };
    await command({ output: "t.yaml", askForLoops: true }, given);
    expect(stderr()).toContain(
      "next: sam build --template-file t.yaml --language-extensions --config-env prod --parameter-overrides 'A=b c'\n",
    );
  });

  it("names each function of a loop", async () => {
    const functions = [
      {
        request: request("F", { logicalIds: ["AF", "BF"] }),
        buildImage: { tag: "t", stableTags: ["a:latest", "b:latest"] },
      },
    ];
    await command({ output: "t.yaml", functions });
    expect(stderr()).toContain("--use-container --build-image AF=a:latest --build-image BF=b:latest\n");
  });

  it("tells each nested template, the root last, and a logical ID's image once", async () => {
    await command({
      output: "t.sam-pkg.yaml",
      children: [
        {
          template: "a.yaml",
          output: "a.sam-pkg.yaml",
          stack: "A",
          requests: [request("F"), request("L", { resource: "layer" })],
        },
        { template: "b.yaml", output: "b.sam-pkg.yaml", stack: "B", requests: [] },
      ],
      functions: [
        { request: nested("A", "F"), buildImage: image("a-f") },
        { request: nested("A", "G"), buildImage: image("a-g") },
        { request: nested("B/C", "F"), buildImage: image("c-f") },
      ],
    });
    expect(stderr()).toBe(`wrote a.sam-pkg.yaml: 1 function and 1 layer with packages
wrote b.sam-pkg.yaml: packages in nested stacks only
wrote t.sam-pkg.yaml: packages in nested stacks only

next: sam build --template-file t.sam-pkg.yaml --use-container --build-image F=samcli/lambda-sampkg-quick-start-a-f:latest --build-image G=samcli/lambda-sampkg-quick-start-a-g:latest
`);
  });

  it("writes the template to standard output, and nothing else there", async () => {
    await command({ output: "-", layers: [layer] });
    expect(stdout()).toBe("Resources: {}\n");
    expect(stderr()).toBe("");
  });

  const CONTENTS =
    `sam-pkg-x sha256:${digest}\n  installed: zlib 1.2.11-33, y 2\n` +
    "  lib/libz.so.1  1.2 MB  p\n  lib/liby.so.2  1 kB  runtime image\n";

  it("lists the layers when they are published nowhere", async () => {
    await command({ layers: [layer] }, { publish: "none" });
    expect(stdout()).toBe(CONTENTS);
  });

  it("lists them on standard error when the template goes to standard output", async () => {
    await command({ output: "-", layers: [layer] }, { publish: "none" });
    expect(stdout()).toBe("Resources: {}\n");
    expect(stderr()).toBe(CONTENTS);
  });

  it("hands its options on; what was not given is absent", async () => {
    const given = {
      publish: "template",
      region: "eu-west-1",
      profile: "p",
      jobs: 7,
      loadTest: false,
    } as const;
    const named = { templateFile: "t.yaml", outputTemplateFile: "o.yaml" };
    expect(await command({}, { ...given, ...named })).toMatchObject({
      ...given,
      template: "t.yaml",
      output: "o.yaml",
    });
    expect(Object.keys((await command({})) ?? {}).toSorted()).toStrictEqual([
      "jobs",
      "listener",
      "loadTest",
      "publish",
      "signal",
    ]);
  });

  it("takes the changing line away before an error is told", async () => {
    const isTTY = Object.getOwnPropertyDescriptor(process.stderr, "isTTY");
    Object.defineProperty(process.stderr, "isTTY", { value: true, configurable: true });
    try {
      vi.mocked(transform).mockImplementation(({ listener }) => {
        listener({ kind: "output", image: "i", line: "half" });
        return Promise.reject(new WorkError("failed"));
      });
      await expect(transformCommand({ publish: "none", jobs: 1, loadTest: true })).rejects.toThrow("failed");
    } finally {
      if (isTTY) Object.defineProperty(process.stderr, "isTTY", isTTY);
      else Reflect.deleteProperty(process.stderr, "isTTY");
    }
    expect(stderr()).toBe("  half\r\u001B[2K");
  });
});
