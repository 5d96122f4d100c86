import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parametersOf, parseSamconfig } from "../../src/samconfig/samconfig.ts";
import type { Setting } from "../../src/samconfig/setting.ts";
import { settingLines } from "../../src/samconfig/setting.ts";
import type { SamconfigFormat } from "../../src/samconfig/syntax.ts";
import { withSettings } from "../../src/samconfig/write.ts";

const T: Setting = { key: "template_file", value: "t.yaml" };
const C: Setting = { key: "use_container", value: true };
const I: Setting = { key: "build_image", value: ["F=f", "G=g"] };
const LINES = 'template_file = "t.yaml"\nuse_container = true\nbuild_image = ["F=f", "G=g"]\n';

describe("withSettings, TOML", () => {
  it.each<[string, string, Setting[], string | undefined]>([
    ["an empty file", "", [T], 'version = 0.1\n\n[default.build.parameters]\ntemplate_file = "t.yaml"\n'],
    ["no section", "version = 0.1", [T, C, I], `version = 0.1\n\n[default.build.parameters]\n${LINES}`],
    [
      "a section between others, with comments",
      "version = 0.1\n# a\n[default.build.parameters] # b\ncached = true # c\n\n[default.deploy.parameters]\nx = 1\n",
      [T, C, I],
      `version = 0.1\n# a\n[default.build.parameters] # b\n${LINES}cached = true # c\n\n[default.deploy.parameters]\nx = 1\n`,
    ],
    [
      "CRLF, and no line end at the end",
      "version = 0.1\r\n[default.build.parameters]",
      [C],
      "version = 0.1\r\n[default.build.parameters]\r\nuse_container = true\r\n",
    ],
    [
      "values that are there already",
      "version = 0.1\n[default . 'build'.\"parameters\"]\n template_file='''a\n#b''' # c\nbuild_image = [\n  'F=[#',\n]\n".replace(
        "#',",
        "',",
      ),
      [T, I],
      'version = 0.1\n[default . \'build\'."parameters"]\n template_file="t.yaml" # c\nbuild_image = [\n  "F=f",\n  "G=g",\n]\n',
    ],
    [
      "a value of one line",
      "version = 0.1\n[default.build.parameters]\nuse_container = false# x\nbuild_image = 'a'\n",
      [C, I],
      'version = 0.1\n[default.build.parameters]\nuse_container = true# x\nbuild_image = ["F=f", "G=g"]\n',
    ],
    [
      "a comment in a list",
      "version = 0.1\n[default.build.parameters]\nbuild_image = [\n 'a', # why\n]\n",
      [I],
      undefined,
    ],
    ["an inline table", "version = 0.1\ndefault = {build = {parameters = {a = 1}}}\n", [C], undefined],
    ["dotted keys", "version = 0.1\ndefault.build.parameters.a = 1\n", [C], undefined],
    ["a header that is none", "version = 0.1\na = '''\n[default.build.parameters]\n'''\n", [C], undefined],
  ])("%s", (_, text, settings, expected) => {
    expect(withSettings(text, "toml", "default", settings)).toBe(expected);
  });

  it("of an environment with any name", () => {
    expect(withSettings("version = 0.1\n", "toml", "a b", [C])).toBe(
      'version = 0.1\n\n["a b".build.parameters]\nuse_container = true\n',
    );
  });
});

const section = (body: string): string => `version: 0.1\ndefault:\n  build:\n    parameters:\n${body}`;

describe("withSettings, YAML", () => {
  it.each<[string, string, Setting[], string | undefined]>([
    [
      "no environment",
      "version: 0.1",
      [C, I],
      section('      use_container: true\n      build_image: ["F=f", "G=g"]\n'),
    ],
    [
      "another command",
      "version: 0.1\ndefault:\n  # a\n  deploy: {parameters: {a: b}} # c\n",
      [C],
      "version: 0.1\ndefault:\n  # a\n  build:\n    parameters:\n      use_container: true\n  deploy: {parameters: {a: b}} # c\n",
    ],
    [
      "a section, CRLF",
      section("      cached: true # c\n").replaceAll("\n", "\r\n"),
      [C],
      section("      use_container: true\n      cached: true # c\n").replaceAll("\n", "\r\n"),
    ],
    [
      "values that are there already",
      section("      build_image:\n        - a\n        - b\n      template_file: a # b\n"),
      [T, I],
      section('      build_image:\n        - "F=f"\n        - "G=g"\n      template_file: "t.yaml" # b\n'),
    ],
    [
      "a flow mapping",
      "version: 0.1\ndefault: {build: {parameters: {a: [b]}}, c: d}\n",
      [C],
      'version: 0.1\ndefault: {build: {parameters: {"use_container": true, a: [b]}}, c: d}\n',
    ],
    [
      "an environment in flow form",
      "version: 0.1\ndefault: {}\n",
      [C],
      'version: 0.1\ndefault: {"build": {"parameters": {"use_container": true}}}\n',
    ],
    ["a comment in a list", section("      build_image:\n        - a # b\n"), [I], undefined],
    [
      "a mapping that is shared",
      `${section("      &a\n      x: 1\n")}prod: {build: {parameters: {b: 1}}, c: *a}\n`,
      [C],
      undefined,
    ],
    ["an empty section", "version: 0.1\ndefault:\n", [C], undefined],
    [
      "a flow root",
      "{version: 0.1}\n",
      [C],
      '{"default": {"build": {"parameters": {"use_container": true}}}, version: 0.1}\n',
    ],
  ])("%s", (_, text, settings, expected) => {
    expect(withSettings(text, "yaml", "default", settings)).toBe(expected);
  });
});

const word = fc.stringMatching(/^[a-z]{1,4}$/);
const value = fc.oneof(
  word.map((one) => `"${one}"`),
  fc.constantFrom("true", "1.5", '["a", "b"]', '"# [x]"', '["]", "#"]'),
);
const key = fc.constantFrom("template_file", "use_container", "build_image", "cached", "region");
const comment = fc.constantFrom("", " # c", " # [default.build.parameters]");
const eol = fc.constantFrom("\n", "\r\n");
const sections = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("default.build", "default.deploy", "prod.build", "default.global"),
    entries: fc.uniqueArray(fc.tuple(key, value, comment), { selector: ([name]) => name, maxLength: 4 }),
    comment,
  }),
  { selector: ({ name }) => name },
);
const settings = fc.uniqueArray(fc.constantFrom(T, C, I), { minLength: 1 });

describe("any file", () => {
  it.each<SamconfigFormat>(["toml", "yaml"])(
    "%s: SAM reads the old values and the new, all else stays",
    (format) => {
      fc.assert(
        fc.property(sections, settings, eol, (all, wanted, end) => {
          const text = (format === "toml" ? tomlOf(all) : yamlOf(all)).join(end) + end;
          const before = parseSamconfig(text, format);
          const result = withSettings(text, format, "default", wanted);
          expect(result).toBeDefined();
          const after = parseSamconfig(result ?? "", format);
          const added = Object.fromEntries(wanted.map((one) => [one.key, one.value]));
          expect(parametersOf(after, "default", "build")).toEqual({
            ...parametersOf(before, "default", "build"),
            ...added,
          });
          for (const [env, command] of [
            ["default", "deploy"],
            ["prod", "build"],
          ] as const) {
            expect(parametersOf(after, env, command)).toEqual(parametersOf(before, env, command));
          }
          // Every line that holds no wanted key, and no empty section, is there still, in its order.
          const kept = text
            .split(end)
            .filter((line) => !line.includes("{}") && !wanted.some((one) => line.includes(one.key)));
          const lines = (result ?? "").split(end);
          let at = -1;
          for (const line of kept) expect((at = lines.indexOf(line, at + 1)), line).toBeGreaterThanOrEqual(0);
          expect(withSettings(result ?? "", format, "default", wanted)).toBe(result);
        }),
      );
    },
  );
});

type Sections = typeof sections extends fc.Arbitrary<infer T> ? T : never;

function tomlOf(all: Sections): string[] {
  return [
    "version = 0.1",
    ...all.flatMap((one) => [
      `[${one.name}.parameters]${one.comment}`,
      ...one.entries.map(([name, text, note]) => `${name} = ${text}${note}`),
    ]),
  ];
}

function yamlOf(all: Sections): string[] {
  const envs = [...new Set(all.map(({ name }) => name.split(".")[0] ?? ""))];
  return [
    "version: 0.1",
    ...envs.flatMap((env) => [
      `${env}:`,
      ...all
        .filter(({ name }) => name.startsWith(`${env}.`))
        .flatMap((one) => [
          `  ${one.name.slice(env.length + 1)}:${one.comment}`,
          `    parameters:${one.entries.length === 0 ? " {}" : ""}`,
          ...one.entries.map(([name, text, note]) => `      ${name}: ${text}${note}`),
        ]),
    ]),
  ];
}

describe("settingLines", () => {
  it("are what a user would write", () => {
    expect(settingLines("toml", "default", [T, C, I]).join("\n")).toBe(
      `[default.build.parameters]\n${LINES.trimEnd()}`,
    );
    expect(settingLines("yaml", "prod", [C])).toEqual([
      "prod:",
      "  build:",
      "    parameters:",
      "      use_container: true",
    ]);
  });
});
