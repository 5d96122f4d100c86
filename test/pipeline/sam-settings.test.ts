import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { missingSettings, writeSettings } from "../../src/pipeline/sam-settings.ts";
import { WorkError } from "../../src/report/errors.ts";
import { request } from "./requests.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sam-pkg-settings-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const buildImage = { tag: "t", stableTags: ["samcli/lambda-sampkg-p-f:latest"] };
const F = '"F=samcli/lambda-sampkg-p-f:latest"';
const TEMPLATE = 'template_file = "t.sam-pkg.yaml"';

/** What the files of the folder lack for one function, which has a build image or only a layer. */
function missing(
  files: Record<string, string> = {},
  options: { configEnv?: string; configFile?: string } = {},
  functions: Parameters<typeof missingSettings>[0]["functions"] = [{ request: request("F"), buildImage }],
): ReturnType<typeof missingSettings> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const [template, output] = [join(folder, "t.yaml"), join(folder, "t.sam-pkg.yaml")];
  return missingSettings({ template, output, functions, children: [] }, options);
}

const build = (body: string): Record<string, string> => ({
  "samconfig.toml": `version = 0.1\n[default.build.parameters]\n${body}\n`,
});

describe("missingSettings", () => {
  it("of a project without a configuration: all", async () => {
    const { lines, isThere, file } = (await missing()) ?? {};
    const section = ["[default.build.parameters]", TEMPLATE, "use_container = true", `build_image = [${F}]`];
    expect({ lines, isThere, file }).toEqual({
      lines: section,
      isThere: false,
      file: join(folder, "samconfig.toml"),
    });
  });

  it("where there are layers only: the template", async () => {
    expect((await missing({}, {}, [{ request: request("F") }]))?.lines.slice(1)).toEqual([TEMPLATE]);
  });

  it.each<[string, string, string[]]>([
    ["nothing", `${TEMPLATE}\nuse_container = true\nbuild_image = ["H=h", ${F}]`, []],
    [
      "a global container does",
      `${TEMPLATE}\nbuild_image = ${F}\n[default.global.parameters]\nuse_container = true`,
      [],
    ],
    ["the user's own image stays", `${TEMPLATE}\nuse_container = true\nbuild_image = ["F=mine"]`, []],
    [
      "an image of an earlier run does not",
      `${TEMPLATE}\nuse_container = true\nbuild_image = ["F=samcli/lambda-sampkg-old-f:latest", "all"]`,
      [`build_image = [${F}, "all"]`],
    ],
    [
      "the original is no output",
      'template_file = "t.yaml"\nuse_container = false\nbuild_image = "G=g"',
      [TEMPLATE, "use_container = true", `build_image = ["G=g", ${F}]`],
    ],
  ])("%s", async (_, body, lines) => {
    expect((await missing(build(body)))?.lines.slice(1) ?? []).toEqual(lines);
  });
});

describe("writeSettings", () => {
  it("changes the environment in the file that were named; then nothing is missing", async () => {
    const files = { "x.yaml": "version: 0.1\nprod:\n  deploy: {} # kept\n" };
    const options = { configFile: join(folder, "x.yaml"), configEnv: "prod" };
    const found = await missing(files, options);
    if (found) await writeSettings(found);
    expect(readFileSync(join(folder, "x.yaml"), "utf8")).toMatch(/^ {2}deploy: \{\} # kept$/m);
    expect(readdirSync(folder)).toEqual(["x.yaml"]);
    expect(await missing({}, options)).toBeUndefined();
  });

  it("leaves alone what it cannot change, with the lines", async () => {
    const text = "version = 0.1\ndefault.build.parameters.cached = true\n";
    const found = await missing({ "samconfig.toml": text }, {}, [{ request: request("F") }]);
    const error: unknown = found && (await writeSettings(found).catch((one: unknown) => one));
    expect(error).toBeInstanceOf(WorkError);
    expect(error).toMatchObject({ quote: `[default.build.parameters]\n${TEMPLATE}` });
    expect(readFileSync(join(folder, "samconfig.toml"), "utf8")).toBe(text);
  });
});
