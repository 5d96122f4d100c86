import { expect, test } from "vitest";
import { expectCode, filesOf, project, samPkg, textOf } from "./project.ts";

// No engine answers here: a template with mistakes must be refused before one is asked.
const env = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };

const head = "Resources:\n  F:\n    Type: AWS::Serverless::Function\n";

test("all mistakes of a template at once, with places and hints", async () => {
  const template = `${head}    Metadata:
      Packages:
        Bild: [a]
        Runtime: [-y, "a;rm"]
    Properties:
      Runtime: pyton3.12
`;
  const cwd = await project(undefined, { "template.yaml": template });
  const result = await samPkg(["transform", "template.yaml"], { cwd, env });
  expectCode(result, 2);
  expect(result.stdout).toBe("");
  expect(result.stderr).toBe(`template.yaml:6:9: error: unknown key "Bild" in Packages
  hint: did you mean Build?
template.yaml:7:19: error: package name "-y" starts with "-": a package manager would take it for an option
  hint: write the package's name; options cannot be passed
template.yaml:7:23: error: package name "a;rm" holds ";", which no package name may hold
  hint: write \`name\` or \`name = version\`: letters, digits and . _ + - : ~ only
template.yaml:9:7: error: unknown runtime "pyton3.12"
  hint: did you mean python3.12, python3.10 or python3.11?
4 problems; nothing was written
`);
  expect(await filesOf(cwd)).toEqual(["template.yaml"]);
});

test("a tab as indentation", async () => {
  const cwd = await project(undefined, { "template.yaml": "Resources:\n\tF:\n\t\tType: X\n" });
  const result = await samPkg(["transform"], { cwd, env });
  expectCode(result, 2);
  expect(result.stderr).toMatch(/^template\.yaml:2:1: error: .*tab/);
  expect(result.stderr).toContain("hint: YAML allows only spaces there");
  expect(await filesOf(cwd)).toEqual(["template.yaml"]);
});

test("a template without Packages comes out byte for byte", async () => {
  const template = `\uFEFF${head.replaceAll("\n", "\r\n")}    Properties: {Runtime: python3.12} # end`;
  const cwd = await project(undefined, { "template.yaml": template });
  const result = await samPkg(["transform"], { cwd, env });
  expectCode(result, 0);
  expect(result.stderr).not.toContain("samconfig");
  expect(await textOf(cwd, "template.sam-pkg.yaml")).toBe(template);
  const piped = await samPkg(["transform", "-o", "-"], { cwd, env });
  expectCode(piped, 0);
  expect(piped.stdout).toBe(template);
});

test.each([
  [["transform", "absent.yaml"], "absent.yaml: error: no such file"],
  [["transform"], "template.yaml: error: no template here"],
  [["transform", "--pubish", "none"], "unknown option '--pubish'"],
  [["transform", "--jobs", "0"], "It must be a whole number"],
  [["trnsform"], "(Did you mean transform?)"],
  [["transform", "a", "-t", "b"], "the template is named twice"],
])("%j is wrong usage", async (args, message) => {
  const cwd = await project(undefined);
  const result = await samPkg(args, { cwd, env });
  expectCode(result, 2);
  expect(result.stderr).toContain(message);
  expect(result.stderr).not.toMatch(/^\s+at /m);
});

test("an output elsewhere is refused: relative paths would break", async () => {
  const cwd = await project(undefined, { "template.yaml": head });
  const result = await samPkg(["transform", "-o", "/tmp/out.yaml"], { cwd, env });
  expectCode(result, 2);
  expect(result.stderr).toContain("hint: use out.yaml, or - for standard output");
});

test("an output that cannot be written is found out before an engine is asked", async () => {
  const cwd = await project("quickstart");
  const result = await samPkg(["transform", "-o", "app"], { cwd, env });
  expectCode(result, 2);
  expect(result.stderr).toContain("app: error: the output is there already and is no file");
  expect(await filesOf(cwd)).toEqual(["app", "template.yaml"]);
});

test("--help explains itself on standard output", async () => {
  const result = await samPkg(["--help"], { cwd: await project(undefined), env });
  expectCode(result, 0);
  expect(result.stdout).toContain("sam-pkg transform --publish template");
});

test.each([
  ["a syntax error", "version = 0.1\n[default.build.parameters\n", /^samconfig\.toml:2:\d+: error: /],
  [
    "a section that is no table",
    'version = 0.1\n[default]\nbuild = "x"\n',
    /^samconfig\.toml: error: default\.build is text/,
  ],
])("samconfig with %s is refused before anything is made", async (_what, samconfig, message) => {
  const template = `${head}    Metadata: {Packages: {Runtime: [zlib]}}\n    Properties: {Runtime: python3.12}\n`;
  const cwd = await project(undefined, { "template.yaml": template, "samconfig.toml": samconfig });
  const result = await samPkg(["transform", "--publish", "template", "-t", "template.yaml"], { cwd, env });
  expectCode(result, 2);
  expect(result.stderr).toMatch(message);
  expect(await filesOf(cwd)).toEqual(["samconfig.toml", "template.yaml"]);
});
