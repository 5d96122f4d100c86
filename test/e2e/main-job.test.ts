import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  answer,
  expectCode,
  filesOf,
  lab,
  leftContainers,
  nextWords,
  project,
  sam,
  samPkg,
  textOf,
} from "./project.ts";

const cases = [
  {
    fixture: "quickstart",
    functionId: "MyFunction",
    image: "LAB_IMAGE_RUNTIME_PYTHON3_11",
    layerName: /LayerName: sam-pkg-debian12-x86_64-libmariadb3-[0-9a-f]{8}$/m,
  },
  {
    fixture: "dnf",
    functionId: "Report",
    image: "LAB_IMAGE_RUNTIME_PYTHON3_11_DNF",
    layerName: /LayerName: sam-pkg-al2023-x86_64-libmariadb3-[0-9a-f]{8}$/m,
  },
];

test.each(cases)(
  "$fixture: transform, sam build, sam local invoke: the library is loaded from /opt/lib",
  async ({ fixture, functionId, image, layerName }) => {
    const cwd = await project(fixture);
    const transformed = await samPkg(["transform", "template.yaml", "--publish", "template"], { cwd });
    expectCode(transformed, 0);
    expect(transformed.stdout).toBe("");
    expect(await textOf(cwd, "template.sam-pkg.yaml")).toMatch(layerName);
    expect(await leftContainers()).toEqual([]);

    const [program, ...words] = nextWords(transformed);
    expect(program).toBe("sam");
    expectCode(await sam(words, { cwd }), 0);
    const invoke = ["local", "invoke", functionId, "--invoke-image", lab(image), "--skip-pull-image"];
    expect(answer(await sam(invoke, { cwd }))).toEqual({
      client: expect.stringMatching(/^3\.\d+\.\d+$/),
      loaded: ["/opt/lib/libmariadb.so.3"],
    });

    // The control: the same artifacts without the layer cannot import the driver.
    const built = join(cwd, ".aws-sam/build/template.yaml");
    const text = await readFile(built, "utf8");
    await writeFile(built, text.replace(/\n {6}Layers:\n {6}- Ref: SamPkgLayer\w+/, ""));
    const without = answer(await sam(invoke, { cwd }));
    expect(without).toMatchObject({ errorMessage: expect.stringContaining("libmariadb.so.3") });
  },
);

test("what is there already is used: the second run builds no image and yields the same bytes", async () => {
  const cwd = await project("quickstart");
  const args = ["transform", "--publish", "template"];
  const first = await samPkg(args, { cwd, umask: "077", env: { TZ: "Pacific/Auckland" } });
  expectCode(first, 0);
  const output = await textOf(cwd, "template.sam-pkg.yaml");
  const archive = /ContentUri: "?([^"\n]+)/.exec(output)?.[1] ?? "";
  const bytes = await readFile(join(cwd, archive));

  const other = await project("quickstart");
  const second = await samPkg(args, { cwd: other, umask: "002", env: { TZ: "America/Lima" } });
  expectCode(second, 0);
  expect(second.stderr).toContain("is there already");
  expect(await textOf(other, "template.sam-pkg.yaml")).toBe(output);
  expect((await readFile(join(other, archive))).equals(bytes)).toBe(true);
});

const resource = (id: string): string => `
  ${id}:
    Type: AWS::Serverless::Function
    Metadata: {Packages: {Build: [pkg-config], Runtime: [libltdl7]}}
    Properties: {Handler: app.handler, CodeUri: ., Runtime: python3.11}`;

test("functions that ask for the same set share one image and one layer", async () => {
  const cwd = await project(undefined, {
    "template.yaml": `Metadata:
  Packages:
    BuildImage: ${lab("LAB_IMAGE_BUILD_PYTHON3_11")}
    RuntimeImage: ${lab("LAB_IMAGE_RUNTIME_PYTHON3_11")}
Resources:${["A", "B", "C"].map(resource).join("")}
`,
  });
  const result = await samPkg(["transform", "--publish", "template"], { cwd });
  expectCode(result, 0);
  expect(result.stderr.match(/^build image /gm)).toHaveLength(1);
  expect(result.stderr.match(/^layer sam-pkg-/gm)).toHaveLength(1);
  const output = await textOf(cwd, "template.sam-pkg.yaml");
  expect(output.match(/Type: AWS::Serverless::LayerVersion/g)).toHaveLength(1);
  expect(output.match(/Layers:? ?\[|Layers:/g)).toHaveLength(3);
});

test("functions of a loop, whose runtime is a parameter, are built by the command that transform prints", async () => {
  const template = `Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Names: {Type: CommaDelimitedList, Default: "Orders,Users"}
  Python: {Type: String}
Resources:
  Fn::ForEach::Functions:
    - Name
    - !Ref Names
    - \${Name}Function:
        Type: AWS::Serverless::Function
        Metadata:
          Packages:
            Build: [libmariadb-dev, pkg-config]
            Runtime: [libmariadb3]
            BuildImage: ${lab("LAB_IMAGE_BUILD_PYTHON3_11")}
            RuntimeImage: ${lab("LAB_IMAGE_RUNTIME_PYTHON3_11")}
        Properties: {Runtime: !Ref Python, Handler: app.handler, CodeUri: app}
`;
  const cwd = await project("quickstart", { "template.yaml": template });
  const unknown = await samPkg(["transform", "--publish", "template"], { cwd });
  expectCode(unknown, 2);
  expect(unknown.stderr).toContain("hint: give it one: `--parameter-overrides Python=python3.12`");

  const given = ["--parameter-overrides", "Python=python3.11"];
  const transformed = await samPkg(["transform", "--publish", "template", ...given], { cwd });
  expectCode(transformed, 0);
  const [, ...words] = nextWords(transformed);
  expect(words.slice(-3)).toStrictEqual(["--language-extensions", ...given]);
  expectCode(await sam(words, { cwd }), 0);
  for (const name of ["OrdersFunction", "UsersFunction"]) {
    expect(await filesOf(join(cwd, ".aws-sam/build", name))).toContain("MySQLdb");
  }
});
