import { describe, expect, it } from "vitest";
import {
  environmentsOf,
  hasEnvironment,
  parametersOf,
  parseSamconfig,
} from "../../src/samconfig/samconfig.ts";
import type { SamconfigFormat } from "../../src/samconfig/syntax.ts";
import { SamconfigError } from "../../src/samconfig/syntax.ts";

const toml = (body: string): string => `version = 0.1\n${body}`;
const yaml = (body: string): string => `version: 0.1\n${body}`;

function deploy(text: string, format: SamconfigFormat = "toml", env = "default"): unknown {
  return parametersOf(parseSamconfig(text, format), env, "deploy");
}

/** What is wrong with a text: `line:column: message | hint`. */
function problem(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (!(error instanceof SamconfigError)) throw error;
    const { position, message, hint } = error;
    return `${position ? `${position.line}:${position.column}: ` : ""}${message} | ${hint}`;
  }
  return "no problem";
}

const SYNTAX_TOML = "correct the TOML: SAM cannot read it either";
const SYNTAX_YAML = "correct the YAML: SAM cannot read it either";
const DEEP = "is nested too deeply | SAM cannot read it either: use fewer levels";
const SECTION =
  "where SAM wants a table of settings | settings stand in [environment.command.parameters]: [default.deploy.parameters]";

describe("parametersOf", () => {
  it.each<[string, SamconfigFormat, string, Record<string, unknown>]>([
    ["an empty TOML file", "toml", "", {}],
    ["comments only", "toml", "# nothing\n", {}],
    ["an empty YAML mapping", "yaml", "{}\n", {}],
    ["global only", "toml", toml("[default.global.parameters]\nregion = 'a'\n"), { region: "a" }],
    [
      "the command over global",
      "toml",
      toml(
        "[default.deploy.parameters]\nregion = 'b'\n[default.global.parameters]\nregion = 'a'\nprofile = 'p'\n",
      ),
      { region: "b", profile: "p" },
    ],
    [
      "the command over global in YAML",
      "yaml",
      yaml(
        "default:\n  global: {parameters: {region: a, profile: p}}\n  deploy: {parameters: {region: b}}\n",
      ),
      { region: "b", profile: "p" },
    ],
    ["another command", "toml", toml("[default.build.parameters]\nregion = 'a'\n"), {}],
    ["another environment", "toml", toml("[prod.deploy.parameters]\nregion = 'a'\n"), {}],
    ["a section without parameters", "toml", toml("[default.deploy]\nregion = 'a'\n"), {}],
    [
      "CRLF within a value",
      "toml",
      toml("[default.deploy.parameters]\r\na = '''x\r\ny'''\r\n"),
      { a: "x\ny" },
    ],
    ["a mark before YAML", "yaml", `\uFEFF${yaml("default: {deploy: {parameters: {a: b}}}")}`, { a: "b" }],
    [
      "merged YAML mappings",
      "yaml",
      yaml("b: &b {region: x, profile: y}\ndefault: {deploy: {parameters: {<<: *b, region: z}}}\n"),
      { region: "z", profile: "y" },
    ],
    [
      "plain YAML scalars by version 1.2",
      "yaml",
      yaml("default: {deploy: {parameters: {a: yes, b: 012, c: 1_0, d: 1.0, e: ~, f: 0b11, g: 22:22}}}"),
      { a: "yes", b: 12n, c: 10n, d: 1, e: null, f: 3n, g: "22:22" },
    ],
  ])("%s", (_, format, text, expected) => {
    expect(deploy(text, format)).toStrictEqual(expected);
  });

  it("leaves what it read as it was", () => {
    const config = parseSamconfig(
      toml("[default.global.parameters]\na = 'g'\n[default.deploy.parameters]\na = 'd'\n"),
      "toml",
    );
    expect(parametersOf(config, "default", "deploy")).toStrictEqual({ a: "d" });
    expect(parametersOf(config, "default", "package")).toStrictEqual({ a: "g" });
  });

  it.each<[string, SamconfigFormat, string, string]>([
    ["an environment", "toml", toml("default = 'x'\n"), `default is text, ${SECTION}`],
    ["a command", "toml", toml("[default]\ndeploy = 1\n"), `default.deploy is a whole number, ${SECTION}`],
    ["global", "toml", toml("[default]\nglobal = true\n"), `default.global is a boolean, ${SECTION}`],
    [
      "parameters",
      "toml",
      toml("[[default.deploy.parameters]]\n"),
      `default.deploy.parameters is a list, ${SECTION}`,
    ],
    ["nothing", "yaml", yaml("default: {deploy: }\n"), `default.deploy is empty, ${SECTION}`],
    ["a date", "yaml", yaml("default: {deploy: 2024-01-01}\n"), `default.deploy is a date, ${SECTION}`],
  ])("refuses %s that is no table, as SAM does", (_, format, text, expected) => {
    expect(problem(() => deploy(text, format))).toBe(expected);
  });

  it("names an odd environment so that a terminal shows it", () => {
    const config = parseSamconfig(toml('"a b\\u001b\\u009b" = 1\n'), "toml");
    expect(problem(() => parametersOf(config, "a b\u001B\u009B", "deploy"))).toBe(
      String.raw`"a b\u001b\u{9b}" is a whole number, ${SECTION}`,
    );
  });
});

describe("environments", () => {
  it("are the tables of the file", () => {
    const config = parseSamconfig(toml("[default.deploy]\n[prod]\n"), "toml");
    expect(environmentsOf(config)).toStrictEqual(["default", "prod"]);
    expect(["default", "prod", "dev", "constructor"].map((env) => hasEnvironment(config, env))).toStrictEqual(
      [true, true, false, false],
    );
  });
});

describe("parseSamconfig refuses what SAM refuses", () => {
  const noVersion = "has no version, without which SAM does not read it";
  const wants = "SAM wants a number with a decimal point";
  it.each<[string, SamconfigFormat, string, string]>([
    ["no version", "toml", "[default]\n", `${noVersion} | write \`version = 0.1\` at the top of the file`],
    ["no version in YAML", "yaml", "a: 1\n", `${noVersion} | write \`version: 0.1\` at the top of the file`],
    [
      "an integer",
      "toml",
      "version = 1\n",
      `version is a whole number: ${wants} | write \`version = 0.1\` at the top of the file`,
    ],
    [
      "an integer in YAML",
      "yaml",
      "version: 1\n",
      `version is a whole number: ${wants} | write \`version: 0.1\` at the top of the file`,
    ],
    [
      "text",
      "toml",
      "version = '0.1'\n",
      `version is text: ${wants} | write \`version = 0.1\` at the top of the file`,
    ],
    [
      "an empty YAML file",
      "yaml",
      "",
      "is empty, which SAM cannot read | a configuration file starts with `version: 0.1`",
    ],
    [
      "a YAML list",
      "yaml",
      "- a\n",
      "holds a list, no mapping | a configuration file starts with `version: 0.1`",
    ],
    ["half a line", "toml", toml("a =\n"), `2:4: invalid value | ${SYNTAX_TOML}`],
    [
      "a key twice",
      "toml",
      toml("[default.deploy.parameters]\na = 1\na = 2\n"),
      `4:1: trying to redefine an already defined table or value | ${SYNTAX_TOML}`,
    ],
    [
      "a mark before TOML",
      "toml",
      `\uFEFF${toml("")}`,
      "1:1: starts with a byte order mark, which SAM cannot read in TOML | save the file as UTF-8 without BOM",
    ],
    ["a key twice in YAML", "yaml", yaml("version: 0.2\n"), `2:1: Map keys must be unique | ${SYNTAX_YAML}`],
    [
      "a tab",
      "yaml",
      yaml("default:\n\tx: 1\n"),
      `3:1: Tabs are not allowed as indentation | ${SYNTAX_YAML}`,
    ],
    [
      "two documents",
      "yaml",
      yaml("---\na: b\n"),
      `2:1: the file holds more than one YAML document | ${SYNTAX_YAML}`,
    ],
    [
      "an alias of nothing",
      "yaml",
      yaml("x: *nope\n"),
      `2:4: *nope names no anchor before it | ${SYNTAX_YAML}`,
    ],
    [
      "an alias before its anchor",
      "yaml",
      yaml("x: *a\ny: &a 1\n"),
      `2:4: *a names no anchor before it | ${SYNTAX_YAML}`,
    ],
    [
      "a control character in YAML",
      "yaml",
      yaml("a: x\u0001\n"),
      String.raw`2:5: holds the character "\u0001", which YAML forbids | ${SYNTAX_YAML}`,
    ],
    ["deep TOML", "toml", toml(`a = ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`), `2:105: ${DEEP}`],
    ["deep YAML", "yaml", yaml(`a: ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`), DEEP],
    ["deep YAML, unclosed", "yaml", yaml(`a: ${"{a: ".repeat(10_000)}`), DEEP],
  ])("%s", (_, format, text, expected) => {
    expect(problem(() => parseSamconfig(text, format))).toBe(expected);
  });

  it.each(["inf", "nan", "0.2", "1.0", "1e3", "-0.1"])("but takes version = %s", (version) => {
    expect(deploy(`version = ${version}\n`)).toStrictEqual({});
  });
});

describe("hostile input", () => {
  it.each<[SamconfigFormat, string]>([
    [
      "toml",
      toml(
        "[__proto__.deploy.parameters]\nregion = 'x'\n[default.deploy.parameters.__proto__]\nregion = 'y'\n",
      ),
    ],
    [
      "yaml",
      yaml(
        "__proto__: {deploy: {parameters: {region: x}}}\ndefault: {deploy: {parameters: {__proto__: {region: y}}}}\n",
      ),
    ],
    [
      "yaml",
      yaml("b: &b {__proto__: {region: y}}\n__proto__: {}\ndefault: {deploy: {parameters: {<<: *b}}}\n"),
    ],
  ])("a __proto__ key is a key like another (%s)", (format, text) => {
    const found = deploy(text, format) as Record<string, unknown>;
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    expect(Object.keys(found)).toStrictEqual(["__proto__"]);
    expect(found["region"]).toBeUndefined();
    expect(({} as Record<string, unknown>)["region"]).toBeUndefined();
    expect(hasEnvironment(parseSamconfig(text, format), "__proto__")).toBe(true);
  });

  it.each(["__proto__", "constructor", "toString"])(
    "an environment or command %s is not inherited",
    (name) => {
      for (const format of ["toml", "yaml"] as const) {
        const text = format === "toml" ? toml("[default]\n") : yaml("default: {}\n");
        const config = parseSamconfig(text, format);
        expect(hasEnvironment(config, name)).toBe(false);
        expect(parametersOf(config, name, "deploy")).toStrictEqual({});
        expect(parametersOf(config, "default", name)).toStrictEqual({});
      }
    },
  );

  it("deep dotted keys do no harm", () => {
    expect(
      Object.keys(deploy(toml(`[default.deploy.parameters]\n${"a.".repeat(10_000)}a = 1\n`)) as object),
    ).toStrictEqual(["a"]);
  });

  it("a recursive alias, and aliases that multiply, are read", () => {
    const levels = Array.from(
      { length: 30 },
      (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(9)}]\n`,
    );
    const text = yaml(`r: &r [*r]\nl0: &l0 x\n${levels.join("")}default: {deploy: {parameters: {a: b}}}\n`);
    expect(deploy(text, "yaml")).toStrictEqual({ a: "b" });
  });

  it.each<[SamconfigFormat, (at: number) => string]>([
    ["toml", (at) => `k${at} = "v"\n`],
    ["yaml", (at) => `k${at}: v\n`],
  ])(
    "a huge file (%s) is read in seconds",
    (format, line) => {
      const lines = Array.from({ length: 5000 }, (_, at) => line(at)).join("");
      const value = "v".repeat(5_000_000);
      const text =
        format === "toml" ? `version = 0.1\n${lines}z = "${value}"` : `version: 0.1\n${lines}z: "${value}"`;
      expect(Object.keys(parseSamconfig(text, format).document)).toHaveLength(5002);
    },
    10_000,
  );
});
