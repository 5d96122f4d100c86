import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SamconfigOptions } from "../../src/pipeline/samconfig.ts";
import { deploySettings, readSamconfig } from "../../src/pipeline/samconfig.ts";
import { formatDiagnostic } from "../../src/report/diagnostic.ts";
import { InputError } from "../../src/report/errors.ts";

let folder = "";
let template = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sam-pkg-samconfig-"));
  template = join(folder, "template.yaml");
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const toml = (region: string, env = "default"): string =>
  `version = 0.1\n[${env}.global.parameters]\nregion = "${region}"\n`;
const yaml = (region: string): string =>
  `version: 0.1\ndefault: {deploy: {parameters: {region: ${region}}}}\n`;

const region = async (options: SamconfigOptions = {}): Promise<string | undefined> =>
  deploySettings(await readSamconfig(template, options)).region;

/** What the user would read, with the folder as `.`. */
async function problem(options: SamconfigOptions = {}): Promise<string> {
  try {
    await region(options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(formatDiagnostic).join("\n").replaceAll(folder, ".");
  }
  return "no problem";
}

describe("which file", () => {
  it("none: nothing is set", async () => {
    expect(await readSamconfig(template, {})).toBeUndefined();
    expect(deploySettings(undefined)).toStrictEqual({});
  });

  it("TOML before yaml before yml, beside the template", async () => {
    write({ "samconfig.yml": yaml("yml") });
    expect(await region()).toBe("yml");
    write({ "samconfig.yaml": yaml("yaml") });
    expect(await region()).toBe("yaml");
    write({ "samconfig.toml": toml("toml") });
    expect(await region()).toBe("toml");
  });

  it("a link to nothing counts as none", async () => {
    symlinkSync("nowhere", join(folder, "samconfig.toml"));
    write({ "samconfig.yaml": yaml("yaml") });
    expect(await region()).toBe("yaml");
  });

  it("one in the working folder does not count", async () => {
    write({ "samconfig.toml": toml("parent") });
    template = join(folder, "app/template.yaml");
    expect(await region()).toBeUndefined();
  });

  it("the one named, from the template's folder or absolute", async () => {
    write({ "samconfig.toml": toml("default"), "env/my.toml": toml("mine"), "my.yml": yaml("yml") });
    expect(await region({ configFile: "env/my.toml" })).toBe("mine");
    expect(await region({ configFile: join(folder, "env/my.toml") })).toBe("mine");
    expect(await region({ configFile: "my.yml" })).toBe("yml");
    expect(await region({ configFile: "" })).toBe("default");
  });

  it("is spelled from the template", async () => {
    write({ "samconfig.toml": toml("x") });
    const from = relative(process.cwd(), template);
    expect(await readSamconfig(from, {})).toMatchObject({ file: join(dirname(from), "samconfig.toml") });
    expect(await readSamconfig(template, {})).toMatchObject({ file: join(folder, "samconfig.toml") });
  });
});

describe("which environment", () => {
  it("default, or the one named", async () => {
    write({ "samconfig.toml": `${toml("d")}[prod.deploy.parameters]\nregion = "p"\n` });
    expect(await region()).toBe("d");
    expect(await region({ configEnv: "" })).toBe("d");
    expect(await region({ configEnv: "prod" })).toBe("p");
  });

  it("default need not be there, named or not", async () => {
    write({ "samconfig.toml": toml("p", "prod") });
    expect(await region()).toBeUndefined();
    expect(await region({ configEnv: "default" })).toBeUndefined();
    rmSync(join(folder, "samconfig.toml"));
    expect(await region({ configEnv: "default" })).toBeUndefined();
  });

  it("another one must be", async () => {
    write({ "samconfig.toml": `${toml("d")}[prod]\n`, "empty.toml": "" });
    expect(await problem({ configEnv: "dev" })).toBe(
      './samconfig.toml: error: has no environment "dev", which --config-env names\n  hint: the file has default, prod',
    );
    expect(await problem({ configFile: "empty.toml", configEnv: "constructor" })).toBe(
      './empty.toml: error: has no environment "constructor", which --config-env names\n  hint: the file has no environments',
    );
    rmSync(join(folder, "samconfig.toml"));
    expect(await problem({ configEnv: "dev" })).toBe(
      "./samconfig.toml: error: no such file, but --config-env dev asks for it\n  hint: looked for samconfig.toml, samconfig.yaml, samconfig.yml in the template's folder: name the file with --config-file",
    );
  });

  it("a command's parameters are its own over the global ones", async () => {
    write({ "samconfig.toml": `${toml("g")}[default.build.parameters]\nregion = "b"\n` });
    const settings = await readSamconfig(template, {});
    expect(settings?.for("build")).toStrictEqual({ region: "b" });
    expect(settings?.for("deploy")).toStrictEqual({ region: "g" });
  });
});

describe("what is wrong", () => {
  it.each<[string, string, string | Uint8Array | undefined, string]>([
    [
      "a named file that is not there, though it has the default name",
      "samconfig.toml",
      undefined,
      "no such file\n  hint: --config-file starts in the template's folder: name the file from there",
    ],
    ["a folder", "folder.toml/x", "", "is a folder\n  hint: name the file in it with --config-file"],
    [
      "another kind",
      "my.json",
      "{}",
      "is of a kind that SAM does not read\n  hint: use a .toml, .yaml or .yml file",
    ],
    [
      "large letters",
      "my.TOML",
      "",
      "is of a kind that SAM does not read\n  hint: use a .toml, .yaml or .yml file",
    ],
    ["no UTF-8", "my.toml", Uint8Array.of(0xff), "is not UTF-8 text\n  hint: save the file as UTF-8"],
    [
      "no version",
      "my.yaml",
      "a: b",
      "has no version, without which SAM does not read it\n  hint: write `version: 0.1` at the top of the file",
    ],
    [
      "a list",
      "my.toml",
      `version = 0.1\n[default.global.parameters]\nregion = ["a"]`,
      "default.global.parameters.region is a list, but must be text\n  hint: give it one text in quotes",
    ],
  ])("%s", async (_, name, content, expected) => {
    if (content !== undefined) write({ [name]: content });
    const configFile = name.split("/")[0] ?? "";
    expect(await problem({ configFile })).toBe(`./${configFile}: error: ${expected}`);
  });

  it("syntax, with its place", async () => {
    write({ "samconfig.toml": "version = 0.1\n[default\n" });
    expect(await problem()).toMatch(/^\.\/samconfig\.toml:2:\d+: error: .+\n {2}hint: correct the TOML/);
  });

  it("a default file that is a folder", async () => {
    mkdirSync(join(folder, "samconfig.toml"));
    expect(await problem()).toBe(
      "./samconfig.toml: error: is a folder\n  hint: name the file in it with --config-file",
    );
  });
});
