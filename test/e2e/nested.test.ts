import { GetLayerVersionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parseTemplate } from "../../src/template/parse.ts";
import { expectCode, lab, nextWords, project, sam, samPkg, textOf } from "./project.ts";

/** A function, with its code in the template unless it has packages for building. */
const fn = (packages: string, code = "InlineCode: x"): string => `
    Type: AWS::Serverless::Function
    Metadata: {Packages: ${packages}}
    Properties: {Handler: app.handler, Runtime: python3.11, ${code}}`;

const nested = (location: string): string => `
    Type: AWS::Serverless::Application
    Properties:
      Location: ${location}`;

/** A template whose functions use the lab's images. */
const template = (
  resources: Readonly<Record<string, string>>,
): string => `Transform: AWS::Serverless-2016-10-31
Metadata:
  Packages:
    BuildImage: ${lab("LAB_IMAGE_BUILD_PYTHON3_11_DNF")}
    RuntimeImage: ${lab("LAB_IMAGE_RUNTIME_PYTHON3_11_DNF")}
Resources:${Object.entries(resources)
  .map(([id, body]) => `\n  ${id}:${body}`)
  .join("")}
`;

/** Two levels, and a template that both nest. */
async function shop(): Promise<string> {
  const runtime = fn("{Runtime: [libltdl7]}");
  const files = {
    "template.yaml": template({
      Front: runtime,
      Api: nested("./api/template.yaml"),
      Shared: nested("shared/template.yaml"),
      Plain: nested("plain/template.yaml"),
    }),
    "api/template.yaml": template({
      List: fn("{Build: [pkg-config], Runtime: [libltdl7]}", "CodeUri: list/"),
      Shared: nested("../shared/template.yaml"),
    }),
    "api/list/app.py": "def handler(event, context): pass\n",
    "api/list/requirements.txt": "",
    "shared/template.yaml": template({ Log: runtime }),
    "plain/template.yaml": template({ Log2: fn("{}") }),
  };
  const cwd = await project(undefined);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
  return cwd;
}

/** The Layers of a function of a built stack. */
async function layersOf(cwd: string, stack: string, id: string): Promise<unknown> {
  const value = parseTemplate(await textOf(join(cwd, ".aws-sam/build", stack), "template.yaml"));
  return (value as { Resources: Record<string, { Properties: { Layers?: unknown } }> }).Resources[id]
    ?.Properties.Layers;
}

const STACKS = [
  ["", "Front"],
  ["Api", "List"],
  ["Api/Shared", "Log"],
  ["Shared", "Log"],
] as const;

test("sam-pkg build builds nested stacks with their layers", async () => {
  const cwd = await shop();
  const transformed = await samPkg(["transform", "--publish", "template"], { cwd });
  expectCode(transformed, 0);
  expect(transformed.stderr.match(/^layer sam-pkg-/gm)).toHaveLength(1);
  expect(transformed.stderr).toContain(`wrote shared/template.sam-pkg.yaml: 1 function with packages
wrote api/template.sam-pkg.yaml: 1 function with packages
wrote template.sam-pkg.yaml: 1 function with packages

next: sam build --template-file template.sam-pkg.yaml --use-container --build-image List=samcli/lambda-sampkg-api-list:latest
`);
  expect(await textOf(cwd, "template.sam-pkg.yaml")).toMatch(
    /Location: "?\.\/api\/template\.sam-pkg\.yaml[^]*Location: "?shared\/template\.sam-pkg\.yaml[^]*Location: plain\/template\.yaml/,
  );
  const PATH = `${dirname(lab("SAM"))}${delimiter}${process.env["PATH"] ?? ""}`;
  expectCode(await samPkg(["build", "--publish", "template"], { cwd, env: { PATH } }), 0);
  for (const [stack, id] of STACKS) {
    expect(await layersOf(cwd, stack, id), `${stack}/${id}`).toEqual([
      { Ref: expect.stringMatching(/^SamPkgLayer/) },
    ]);
  }
  expect(await layersOf(cwd, "Plain", "Log2")).toBeUndefined();
});

test("--publish lambda publishes what all stacks share once; plan and why tell the stacks", async () => {
  const cwd = await shop();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const region = "eu-central-1";
  const env = {
    AWS_ENDPOINT_URL: lab("MOTO_URL"),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
  };
  const transformed = await samPkg(["transform", "--json"], { cwd, env });
  expectCode(transformed, 0);
  const report = JSON.parse(transformed.stdout) as {
    functions: { logicalId: string; stack?: string; reference: { value: string } }[];
  };
  expect(report.functions.map(({ stack, logicalId }) => [stack, logicalId])).toEqual([
    [undefined, "Front"],
    ["Api/Shared", "Log"],
    ["Api", "List"],
  ]);
  const [arn = "", ...others] = [...new Set(report.functions.map(({ reference }) => reference.value))];
  expect(others).toEqual([]);
  const [, name, version] = /:layer:(.*):(\d+)$/.exec(arn) ?? [];
  const lambda = new LambdaClient({ endpoint: lab("MOTO_URL"), region, credentials });
  const found = await lambda.send(
    new GetLayerVersionCommand({ LayerName: name, VersionNumber: Number(version) }),
  );
  expect(found.Description).toMatch(/^sam-pkg sha256:/);
  const [, ...words] = nextWords(await samPkg(["transform"], { cwd, env }));
  expectCode(await sam(words, { cwd }), 0);
  for (const [stack, id] of STACKS) expect(await layersOf(cwd, stack, id), `${stack}/${id}`).toEqual([arn]);

  const plan = await samPkg(["plan"], { cwd });
  expect(plan.stdout).toMatch(/for {8}Front, Api\/Shared\/Log, Api\/List$/m);
  const why = await samPkg(["why", "libltdl.so.7"], { cwd });
  expect(why.stdout).toMatch(/ {2}Front, Api\/Shared\/Log, Api\/List → libltdl7/);
});
