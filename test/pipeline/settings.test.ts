import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readSettings } from "../../src/pipeline/settings.ts";
import type { SettingsOptions } from "../../src/pipeline/settings.ts";
import { readStacks } from "../../src/pipeline/stacks.ts";
import { formatDiagnostic } from "../../src/report/diagnostic.ts";
import { InputError } from "../../src/report/errors.ts";

let folder: string;
let template: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sam-pkg-settings-"));
  template = join(folder, "template.yaml");
  vi.stubEnv("SAM_CLI_ENABLE_LANGUAGE_EXTENSIONS", undefined);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const read = (options: SettingsOptions = {}) => readSettings(template, options);

/** What the user would read. */
async function problem(options: SettingsOptions): Promise<string> {
  try {
    await read(options);
  } catch (error) {
    if (error instanceof InputError)
      return error.diagnostics.map(formatDiagnostic).join("\n").replaceAll(folder, "");
    throw error;
  }
  return "";
}

describe("readSettings", () => {
  it("takes what sam build would: the build section over the global one", async () => {
    write(
      "samconfig.toml",
      'version = 0.1\n[default.global.parameters]\nregion = "eu-west-1"\nparameter_overrides = "A=global"\n[prod.build.parameters]\nparameter_overrides = ["A=1", "B=\'x y\'"]\n[default.deploy.parameters]\nparameter_overrides = "A=deploy"\n',
    );
    expect(await read()).toStrictEqual({
      overrides: { A: "global" },
      languageExtensions: false,
      region: "eu-west-1",
    });
    expect((await read({ configEnv: "prod" })).overrides).toStrictEqual({ A: "1", B: "x y" });
  });

  it("takes the command line's values in the place of samconfig's, as SAM does", async () => {
    write("samconfig.toml", 'version = 0.1\n[default.build.parameters]\nparameter_overrides = "A=1 B=2"\n');
    expect(
      await read({ parameterOverrides: ["ParameterKey=A,ParameterValue=3", "C=4 D=5"], region: "r" }),
    ).toMatchObject({
      overrides: { A: "3", C: "4", D: "5" },
      region: "r",
    });
  });

  it("reads files that include others", async () => {
    write("a.yaml", "A: 1\nL: [x, ' y ', 2]\nOn: true\n$include: file://b.toml\n");
    write("b.toml", 'B = "2"\nF = 1.0\n');
    const { overrides } = await read({ parameterOverrides: [`file://${join(folder, "a.yaml")}`, "C=3"] });
    expect(overrides).toStrictEqual({ A: "1", L: "x,y,2", On: "True", B: "2", F: "1.0", C: "3" });
  });

  it.each([
    ["Z", '--parameter-overrides: error: "Z" is no parameter and value'],
    ["file:///nowhere.yaml", "--parameter-overrides: error: file:///nowhere.yaml cannot be read"],
    ["file:///a.json", "--parameter-overrides: error: file:///a.json is of a kind that SAM does not read"],
  ])("refuses %s", async (text, message) => {
    expect(await problem({ parameterOverrides: [text] })).toContain(message);
  });

  it("refuses a file that includes itself", async () => {
    write("a.yaml", "$include: file://a.yaml\n");
    const text = await problem({ parameterOverrides: [`file://${join(folder, "a.yaml")}`] });
    expect(text).toContain("file://a.yaml includes itself");
  });

  it.each([
    ["samconfig", "", true],
    ["environment", "yes", true],
    ["nothing", "0", false],
  ])("knows SAM's switch for loops by %s", async (by, variable, on) => {
    if (by === "samconfig")
      write("samconfig.yaml", "version: 0.1\ndefault: {build: {parameters: {language_extensions: true}}}\n");
    vi.stubEnv("SAM_CLI_ENABLE_LANGUAGE_EXTENSIONS", variable);
    expect((await read()).languageExtensions).toBe(on);
    expect((await read({ languageExtensions: !on })).languageExtensions).toBe(!on);
    const body =
      "{Type: AWS::Serverless::Function, Metadata: {Packages: {Runtime: [zlib]}}, Properties: {Runtime: java21}}";
    write("template.yaml", `Resources: {'Fn::ForEach::X': [N, [A], {'F\${N}': ${body}}]}\n`);
    const tree = await readStacks(template, { listener: () => undefined });
    expect(tree.askForLoops).toBe(!on);
  });
});
