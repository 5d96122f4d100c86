import { execFileSync } from "node:child_process";
import { chmod, mkdir, realpath, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import table from "../../schemas/sam-build.json" with { type: "json" };
import { splitArguments } from "../../src/cli/arguments.ts";
import { expectCode, filesOf, lab, project, sam, samPkg, textOf } from "./project.ts";

const withSam = (): Record<string, string> => ({
  PATH: `${dirname(lab("SAM"))}${delimiter}${process.env["PATH"] ?? ""}`,
});
const FAST = ["--publish", "template", "--no-load-test"];
const PLAIN = "Resources: {F: {Type: 'AWS::SNS::Topic'}}\n";

/** A program `sam` that does this, on a PATH with nothing else but Node and a shell's own programs. */
async function standIn(folder: string, script: string): Promise<Record<string, string>> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "sam"), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, "sam"), 0o755);
  return { PATH: `${bin}${delimiter}/usr/bin${delimiter}/bin` };
}
const VERSION = '[ "$1" = --version ] && echo "SAM CLI, version 1.170.0" && exit';

test("build: the function is built in its image; SAM's own arguments reach it, and its failure ours", async () => {
  const cwd = await project("quickstart");
  const first = await samPkg(["build", ...FAST], { cwd, env: withSam() });
  expectCode(first, 0);
  expect(first.stdout).toContain("Build Succeeded");
  const image = "--build-image MyFunction=samcli/lambda-sampkg-quickstart-myfunction:latest";
  expect(first.stderr).toContain(
    `\nrunning: sam build --template-file template.sam-pkg.yaml --use-container ${image}\n`,
  );
  expect(first.stderr).toContain("Using local image: samcli/lambda-sampkg-quickstart-myfunction:latest.");

  const args = ["MyFunction", "--cached", ...FAST, "--parallel", "--build-dir", "out"];
  const second = await samPkg(["build", ...args], { cwd, env: withSam() });
  expectCode(second, 0);
  expect(second.stderr).toContain(`${image} MyFunction --cached --parallel --build-dir out\n`);
  expect(second.stderr).toContain("Starting Build use cache");
  expect(await filesOf(join(cwd, "out"))).toEqual(["MyFunction", "template.yaml"]);

  const unknown = await samPkg(["build", "Nope", ...FAST], { cwd, env: withSam() });
  expectCode(unknown, 1);
  expect(unknown.stderr).toContain("Nope not found");
});

test.each([[["--no-such-option"]], [["--cached", "--cache-dir"]], [["-xu", "F", "-q"]]])(
  "%j: SAM's word on wrong usage comes before anything is made",
  async (args) => {
    const cwd = await project("quickstart");
    const result = await samPkg(["build", ...FAST, ...args], { cwd, env: withSam() });
    expectCode(result, 2);
    expect(result.stderr).toMatch(/(?:^|\n)Error: (?:No such option|Option '--cache-dir' requires)/);
    expect(await filesOf(cwd)).toEqual(["app", "template.yaml"]);
  },
);

test("a template without packages is built without a container, unless the user wants one", async () => {
  const cwd = await project(undefined, { "template.yaml": PLAIN });
  const env = await standIn(cwd, `${VERSION}\nfor word; do echo "<$word>"; done\nexit 7`);
  const result = await samPkg(["build", "-x", "a b", "--", "$HOME;"], { cwd, env });
  expectCode(result, 7);
  expect(result.stdout).toBe(
    "<build>\n<--template-file>\n<template.sam-pkg.yaml>\n<-x>\n<a b>\n<-->\n<$HOME;>\n",
  );
});

describe("SAM CLI that is", () => {
  test("not there: how to install it, before anything is made", async () => {
    const cwd = await project("quickstart");
    const result = await samPkg(["build", ...FAST], { cwd, env: { PATH: cwd } });
    expectCode(result, 1);
    expect(result.stderr).toMatch(
      /^error: SAM CLI is not installed: no `sam` on the PATH\n {2}hint: .*pip install/,
    );
    expect(await filesOf(cwd)).toEqual(["app", "template.yaml"]);
  });

  test("too old, or broken", async () => {
    const cwd = await project(undefined, { "template.yaml": PLAIN });
    const old = await standIn(cwd, 'echo "SAM CLI, version 1.21.3"');
    const result = await samPkg(["build"], { cwd, env: old });
    expectCode(result, 1);
    expect(result.stderr).toContain(
      "error: SAM CLI 1.21.3 is too old: --build-image came with 1.22.0\n  hint: ",
    );
    await writeFile(join(cwd, "bin/sam"), "#!/bin/sh\necho no module >&2; exit 3\n");
    const broken = await samPkg(["build"], { cwd, env: old });
    expectCode(broken, 1);
    expect(broken.stderr).toContain("error: `sam --version` failed\n  | no module\n");
  });
});

test.each(["SIGINT", "SIGTERM"] as const)("%s ends sam build as well", async (signal) => {
  const cwd = await project("quickstart");
  let sent = false;
  const result = await samPkg(["build", ...FAST], {
    cwd,
    env: withSam(),
    onStderr: (text, kill) => {
      if (sent || !text.includes("PythonPipBuilder:ResolveDependencies")) return;
      sent = true;
      kill(signal);
    },
  });
  expect(sent).toBe(true);
  expectCode(result, 130);
  expect(result.stdout).not.toContain("Build Succeeded");
  const [, container = ""] = /SAM_CONTAINER_ID: (\w+)/.exec(result.stderr) ?? [];
  expect(container).not.toBe("");
  expect(() => execFileSync("docker", ["inspect", container], { stdio: "pipe" })).toThrow("No such object");
});

test("transform --write-samconfig: from then on plain sam build does the same", async () => {
  const cwd = await project("quickstart");
  const args = ["transform", ...FAST];
  const first = await samPkg(args, { cwd });
  expectCode(first, 0);
  const lines = `  [default.build.parameters]
  template_file = "template.sam-pkg.yaml"
  use_container = true
  build_image = ["MyFunction=samcli/lambda-sampkg-quickstart-myfunction:latest"]
`;
  expect(first.stderr).toContain(
    `for plain \`sam build\`, samconfig.toml needs these lines once (--write-samconfig adds them):\n${lines}`,
  );
  const second = await samPkg([...args, "--write-samconfig"], { cwd });
  expectCode(second, 0);
  expect(second.stderr).toContain(
    `added to samconfig.toml, so that plain \`sam build\` does the same:\n${lines}`,
  );
  expect(await textOf(cwd, "samconfig.toml")).toBe(`version = 0.1\n\n${lines.replaceAll(/^ {2}/gm, "")}`);
  const built = await sam(["build"], { cwd });
  expectCode(built, 0);
  expect(built.stderr).toContain("Using local image: samcli/lambda-sampkg-quickstart-myfunction:latest.");
  // samconfig names the output now: the template is still found, and nothing is left to be added.
  const third = await samPkg([...args, "--write-samconfig"], { cwd });
  expectCode(third, 0);
  expect(third.stderr).toContain("wrote template.sam-pkg.yaml: 1 function");
  expect(third.stderr).not.toContain("samconfig.toml");
});

const JUDGE = `
import json, sys
import click
from samcli.commands.build.command import cli
options = [p for p in cli.params if isinstance(p, click.Option) and p.opts]
kind = lambda p: "flags" if p.is_flag else "many" if type(p).__name__ == "OptionNargs" else "one"
table = {"one": [], "many": [], "flags": [["--help", "-h"]]}
for p in options:
    table[kind(p)].append(p.opts)
    if p.secondary_opts: table["flags"].append(p.secondary_opts)
def parse(args):
    opts, rest, _ = cli.make_parser(click.Context(cli)).parse_args(list(args))
    return {key: value for key, value in opts.items() if key in ("template_file", "use_container", "build_image", "config_env", "region", "parameter_overrides")}
print(json.dumps({"table": {k: sorted(v) for k, v in table.items()}, "parsed": [parse(a) for a in json.load(sys.stdin)]}))
`;

const LINES = [
  "-t a.yaml --template b --template-file=c",
  "-ta -up Fn",
  "-uct a.yaml",
  "-t=a",
  "-bi F=i --build-image=G=j -bi=H=k",
  "-u --no-use-container",
  "--config-env --region x",
  "--parameter-overrides A=1 B=2 --region r Fn",
  "--parameter-overrides=A=1 B=2 -- Fn --region x",
  "--parameter-overrides --region A=1 --region=e",
  "--base-dir -u -e -t",
];

test("SAM's options are those of the table, and are recognised as SAM recognises them", async () => {
  const python = join(dirname(lab("SAM")), "python");
  const input = JSON.stringify(LINES.map((line) => line.split(" ")));
  const answer = JSON.parse(execFileSync(python, ["-c", JUDGE], { input, encoding: "utf8" })) as {
    table: Record<string, string[][]>;
    parsed: Record<string, unknown>[];
  };
  const { one, many, flags } = table;
  expect({ one, many, flags }).toEqual(answer.table);
  const ours = LINES.map((line) => {
    const { values, useContainer, parameterOverrides } = splitArguments(line.split(" "));
    const last = (name: string): string | undefined => values.get(name)?.at(-1);
    return {
      template_file: last("--template-file"),
      use_container: useContainer,
      build_image: values.get("--build-image"),
      config_env: last("--config-env"),
      region: last("--region"),
      parameter_overrides: parameterOverrides,
    };
  });
  expect(ours).toEqual(answer.parsed);
});

/** The template that `sam-pkg transform` takes. */
async function found(files: Record<string, string>, env: Record<string, string> = {}): Promise<string> {
  const cwd = await project(undefined, files);
  await mkdir(join(cwd, "sub"));
  await writeFile(join(cwd, "sub/template.yaml"), PLAIN);
  const result = await samPkg(["transform", "--publish", "none"], { cwd, env });
  expectCode(result, 0);
  return result.stderr.replaceAll(cwd, "CWD").replaceAll(await realpath(cwd), "CWD");
}
const config = (file: string): string =>
  `version = 0.1\n[default.build.parameters]\ntemplate_file = "${file}"\n`;

describe("without a named template", () => {
  test("SAM_TEMPLATE_FILE, then samconfig, then the default names", async () => {
    const files = { "template.yaml": PLAIN, "a.yaml": PLAIN, "b.yaml": PLAIN };
    const both = { ...files, "samconfig.toml": config("a.yaml") };
    expect(await found(both, { SAM_TEMPLATE_FILE: "b.yaml" })).toContain("wrote b.sam-pkg.yaml:");
    expect(await found(both)).toContain("wrote a.sam-pkg.yaml:");
    expect(await found(files)).toContain("wrote template.sam-pkg.yaml:");
  });

  test("an output means its source", async () => {
    const files = { "a.yaml": PLAIN, "samconfig.toml": config("a.sam-pkg.yaml") };
    expect(await found(files)).toContain("wrote a.sam-pkg.yaml:");
  });

  test("of another folder: SAM is told which configuration it would have read", async () => {
    expect(await found({ "samconfig.toml": config("sub/template.yaml") })).toContain(
      "next: sam build --template-file sub/template.sam-pkg.yaml --config-file CWD/samconfig.toml\n",
    );
  });
});
