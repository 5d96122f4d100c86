// The judge is SAM's own reader of its configuration file, run with its own Python.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { deploySettings, readSamconfig } from "../../src/pipeline/samconfig.ts";
import { InputError } from "../../src/report/errors.ts";
import { lab, project, sam } from "../e2e/project.ts";

const JUDGE = `
import json, pathlib, sys, tempfile
from ruamel.yaml import YAML
from samcli.lib.config.file_manager import YamlFileManager
from samcli.lib.config.samconfig import SamConfig

def plain(value):
    if isinstance(value, bool) or value is None: return value
    if isinstance(value, dict): return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list): return [plain(v) for v in value]
    if isinstance(value, (int, float)): return value + 0
    return str(value) if isinstance(value, str) else "(date)"

def answer(name, text, env, command):
    YamlFileManager.yaml = YAML()  # it remembers a %YAML line; a run of sam reads one file
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / name).write_bytes(text.encode())
        try:
            return plain(dict(SamConfig(folder, name).get_all([command], "parameters", env=env).items()))
        except Exception:
            return "refused"

print(json.dumps([answer(*case) for case in json.load(sys.stdin)]))
`;

const toml = (body: string): string => `version = 0.1\n${body}`;
const yaml = (body: string): string => `version: 0.1\n${body}`;
const D = "[default.deploy.parameters]\n";
const G = "[default.global.parameters]\n";
const inFlow = (parameters: string): string => yaml(`default: {deploy: {parameters: ${parameters}}}\n`);

const TOML: Readonly<Record<string, string>> = {
  empty: "",
  "comments only": "# a\n\n# b",
  "global only": toml(`${G}region = "a"\n`),
  "command over global": toml(`${G}region = "a"\nprofile = "p"\n${D}region = "b" # c\n`),
  "global after command": toml(
    `${D}region = "b"\n[prod.deploy.parameters]\nregion = "c"\n${G}region = "a"\nx = 1\n`,
  ),
  "several environments": toml(
    `${D}a = 1\n[prod.deploy.parameters]\na = 2\n[prod.global.parameters]\nb = 3\n`,
  ),
  "dotted keys": toml(`default.deploy.parameters.region = "x"\n[default]\n`),
  "dotted keys at the top": toml(
    `default.deploy.parameters.region = "x"\ndefault.global.parameters = {a.b = "y"}\n`,
  ),
  "inline tables of TOML 1.1": toml(`default = {deploy = {parameters = {a = "x",\n # c\n b = [1, 2,],}}}\n`),
  "quoted keys": toml(`['default'."deploy".parameters]\n"s3_bucket" = 'b'\ns3-bucket = 'c'\n`),
  "out of order": toml(
    `${D}a = 1\n[default.build.parameters]\na = 2\n${G}a = 3\nb = 4\n[default.deploy.other]\nc = 5\n`,
  ),
  CRLF: toml(`${D}a = """x\ny"""\nb = 'z'\n`).replaceAll("\n", "\r\n"),
  "CR alone": toml(`${D}a = "x"\n`).replaceAll("\n", "\r"),
  "a mark at the start": `\uFEFF${toml(`${D}a = "x"\n`)}`,
  values: toml(
    `${D}a = 1_000\nb = 0x1F\nc = 1.5\nd = true\ne = 2024-01-01\nf = 07:32:00\ng = "\\u00e9\\e"\nh = 1e3\n`,
  ),
  __proto__: toml(`${D}__proto__ = {region = "x"}\nconstructor = "y"\n`),
  "no version": `${D}a = 1\n`,
  "an integer version": "version = 1\n",
  "a text version": 'version = "0.1"\n',
  "another version": `version = 2.5\n${D}a = 1\n`,
  "no number as version": `version = nan\n${D}a = 1\n`,
  "text as environment": toml('default = "x"\n'),
  "a number as command": toml("[default]\ndeploy = 1\n"),
  "a list as global": toml(`[default]\nglobal = []\n[default.deploy.parameters]\na = 1\n`),
  "a list as parameters": toml("[[default.deploy.parameters]]\na = 1\n"),
  "no parameters": toml("[default.deploy]\na = 1\n[default.global]\n"),
  "a key twice": toml(`${D}a = 1\na = 2\n`),
  "a table twice": toml(`${D}a = 1\n${D}b = 2\n`),
  "wrong syntax": toml(`${D}a = x\n`),
  "100 levels": toml(`${D}a = ${"[".repeat(99)}${"]".repeat(99)}\n`),
  "10,000 levels": toml(`${D}a = ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`),
};

const YAML: Readonly<Record<string, string>> = {
  empty: "",
  "an empty mapping": "{}",
  "comments only": "# a\n",
  "a list": "- a\n",
  "global only": yaml("default:\n  global:\n    parameters:\n      region: a\n"),
  "command over global": yaml(
    "default:\n  deploy: {parameters: {region: b}}\n  global: {parameters: {region: a, profile: p}}\nprod:\n  deploy:\n    parameters:\n      x: >-\n        y\n        z\n",
  ),
  "a null over global": yaml(
    "default: {global: {parameters: {region: a}}, deploy: {parameters: {region: }}}\n",
  ),
  CRLF: yaml("default:\n  deploy: # c\n    parameters: {a: b}\n").replaceAll("\n", "\r\n"),
  "a mark at the start": `\uFEFF${inFlow("{a: b}")}`,
  "version 1.2's words": inFlow("{a: yes, b: on, c: True, d: ~, e: Null, f: tRUE, g: NULL}"),
  "version 1.2's numbers": inFlow(
    "{a: 012, b: 0o17, c: 1_000, d: 0x1F, e: 22:22, f: 1e3, g: 0b11, h: .5, i: -1, j: 1., k: 08}",
  ),
  dates: inFlow("{a: 2024-01-01, b: 2024-1-1, c: 2001-12-14t21:59:43Z}"),
  "the words of version 1.1 where asked for": `%YAML 1.1\n---\n${inFlow("{a: yes}")}`,
  "plain texts": inFlow(`{a: b#c, "d":e, f: g:h, i:j, k: [l, m,]}`),
  "merged mappings": yaml(
    "b: &b {region: x, profile: y}\nc: &c {region: w, q: r}\ndefault: {global: {parameters: {<<: [*b, *c]}}, deploy: {parameters: {region: z}}}\n",
  ),
  "an environment by alias": yaml("default: &d {deploy: {parameters: {region: z}}}\nprod: *d\n"),
  "a recursive alias": `${inFlow("{a: b}")}x: &x [*x]\n`,
  "an alias of nothing": `${inFlow("{a: b}")}x: *nope\n`,
  __proto__: inFlow("{__proto__: {region: x}, constructor: y}"),
  "no version": "default: {}\n",
  "an integer version": "version: 1\n",
  "a whole float as version": "version: 1.0\n",
  "a text version": "version: '0.1'\n",
  "a null environment": yaml("default:\n"),
  "null parameters": inFlow(""),
  "a key twice": inFlow("{a: b, a: c}"),
  "two documents": yaml("---\na: b\n"),
  "a tab": yaml("default:\n\tdeploy: x\n"),
  "a control character": `${inFlow("{a: b}")}x: y\u0001\n`,
  "unknown tags": yaml("x: !a b\ndefault: !c {deploy: {parameters: !d {a: b}}}\n"),
  "10,000 levels": `${inFlow("{a: b}")}x: ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`,
};

interface Case {
  readonly file: string;
  readonly title: string;
  readonly text: string;
}

const cases: Case[] = Object.entries({ toml: TOML, yaml: YAML }).flatMap(([format, texts]) =>
  Object.entries(texts).map(([title, text]) => ({ file: `samconfig.${format}`, title, text })),
);

/** What is asked of each text. */
const QUESTIONS = ["default", "prod"].flatMap((env) =>
  ["deploy", "package"].map((command) => ({ env, command })),
);
type Question = (typeof QUESTIONS)[number];

/** Our answer in the judge's form. An environment that is not there is one that only we refuse. */
async function ours({ file, text }: Case, { env, command }: Question): Promise<unknown> {
  const folder = await project(undefined, { [file]: text });
  try {
    const settings = await readSamconfig(join(folder, "template.yaml"), { configEnv: env });
    return JSON.parse(JSON.stringify(settings?.for(command), asJudge)) as unknown;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.startsWith("has no environment") ? {} : "refused";
  }
}

function asJudge(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify hands a date over as its text
  if ((this as Record<string, unknown>)[key] instanceof Date) return "(date)";
  return typeof value === "bigint" ? Number(value) : value;
}

describe("SAM's own reader finds the same", () => {
  let answers: unknown[] = [];
  beforeAll(() => {
    const input = JSON.stringify(
      cases.flatMap(({ file, text }) => QUESTIONS.map(({ env, command }) => [file, text, env, command])),
    );
    const python = join(dirname(lab("SAM")), "python");
    const output = execFileSync(python, ["-c", JUDGE], {
      input,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "ignore"],
    });
    answers = JSON.parse(output) as unknown[];
  });

  test("the judge answered, and both ways", () => {
    expect(answers).toHaveLength(cases.length * QUESTIONS.length);
    expect(answers.filter((one) => one === "refused").length).toBeGreaterThan(60);
    expect(
      answers.filter((one) => Object.keys(one as object).length > 0 && one !== "refused").length,
    ).toBeGreaterThan(40);
  });

  test.each(cases.map((one, at) => ({ ...one, at })))("$file: $title", async ({ at, ...one }) => {
    const found = await Promise.all(QUESTIONS.map((question) => ours(one, question)));
    expect(found).toStrictEqual(answers.slice(at * QUESTIONS.length, (at + 1) * QUESTIONS.length));
  });
});

const region = (name: string, env = "default"): string =>
  `version = 0.1\n[${env}.global.parameters]\nregion = "${name}"\n`;

describe("sam itself", () => {
  const template =
    "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: python3.12, Handler: a.b, InlineCode: x}\n";
  // SAM quotes a region that is none, so it says which one it found
  const wrongRegion = "no_region";

  test.each<
    [string, Readonly<Record<string, string>>, readonly string[], { configFile?: string; configEnv?: string }]
  >([
    [
      "TOML before YAML",
      { "samconfig.toml": region(wrongRegion), "samconfig.yaml": "version: 0.1\n" },
      [],
      {},
    ],
    [
      "yaml before yml",
      {
        "samconfig.yaml": `version: 0.1\ndefault: {global: {parameters: {region: ${wrongRegion}}}}\n`,
        "samconfig.yml": "version: 0.1\n",
      },
      [],
      {},
    ],
    [
      "a named file",
      { "samconfig.toml": "", "other.toml": region(wrongRegion) },
      ["--config-file", "other.toml"],
      { configFile: "other.toml" },
    ],
    [
      "a named environment",
      { "samconfig.toml": region(wrongRegion, "prod") },
      ["--config-env", "prod"],
      { configEnv: "prod" },
    ],
    [
      "empty names",
      { "samconfig.toml": region(wrongRegion) },
      ["--config-env", "", "--config-file", ""],
      { configEnv: "", configFile: "" },
    ],
  ])("finds the file beside the template: %s", async (_, files, args, options) => {
    const cwd = await project(undefined, { "template.yaml": template, ...files });
    // run from elsewhere; the variables show that SAM reads none
    const env = { SAM_CONFIG_ENV: "nope", SAM_CONFIG_FILE: "nope.toml", AWS_EC2_METADATA_DISABLED: "true" };
    const result = await sam(["validate", "-t", join(cwd, "template.yaml"), ...args], { cwd: "/", env });
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain(`Provided region: ${wrongRegion} doesn't match`);
    const settings = await readSamconfig(join(cwd, "template.yaml"), options);
    expect(deploySettings(settings)).toStrictEqual({ region: wrongRegion });
  });
});
