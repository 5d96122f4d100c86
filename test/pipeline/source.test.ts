import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findTemplate } from "../../src/pipeline/find.ts";
import { outputPath, readSource } from "../../src/pipeline/source.ts";
import type { Source } from "../../src/pipeline/source.ts";
import { formatDiagnostic } from "../../src/report/diagnostic.ts";
import { InputError } from "../../src/report/errors.ts";
import { Template } from "../../src/template/template.ts";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "sam-pkg-source-")));
  // A worker thread cannot change its directory.
  vi.spyOn(process, "cwd").mockReturnValue(folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** What the user would read. */
async function problems(work: () => unknown): Promise<string[]> {
  try {
    await work();
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics.map(formatDiagnostic);
    throw error;
  }
  return [];
}

const source = (file: string): Source => ({ file, folder, template: new Template("") });

describe("outputPath", () => {
  it.each([
    ["template.yaml", "template.sam-pkg.yaml"],
    ["template.yml", "template.sam-pkg.yml"],
    ["template.json", "template.sam-pkg.json"],
    ["my.stack.yaml", "my.stack.sam-pkg.yaml"],
    ["template", "template.sam-pkg"],
    ["template.sam-pkg.yaml", "template.sam-pkg.yaml"],
    ["template.sam-pkg", "template.sam-pkg"],
    ["a.sam-pkg/t.yaml", "a.sam-pkg/t.sam-pkg.yaml"],
  ])("%s → %s", (file, output) => {
    expect(outputPath(source(file), undefined)).toBe(output);
  });

  it("lies beside the template, spelled as the user spelled that", () => {
    expect(outputPath({ ...source("a/b/t.yaml"), folder: join(folder, "a/b") }, undefined)).toBe(
      "a/b/t.sam-pkg.yaml",
    );
    expect(outputPath(source(join(folder, "t.yaml")), undefined)).toBe(join(folder, "t.sam-pkg.yaml"));
  });

  it("is what was named, in the template's folder, or standard output", () => {
    expect(outputPath(source("t.yaml"), "out.yaml")).toBe("out.yaml");
    expect(outputPath(source("t.yaml"), `${folder}/x/../out.yaml`)).toBe(`${folder}/x/../out.yaml`);
    expect(outputPath(source("t.yaml"), "-")).toBe("-");
  });

  it("is refused elsewhere, with the way out", async () => {
    const app = { ...source("app/t.yaml"), folder: join(folder, "app") };
    expect(await problems(() => outputPath(app, "build/out.yaml"))).toStrictEqual([
      "build/out.yaml: error: the output must be in the template's own folder: the template's relative paths (CodeUri and others) start there\n  hint: use app/out.yaml, or - for standard output",
    ]);
  });

  it("is refused when it is the template itself, however spelled", async () => {
    for (const named of ["t.yaml", "./t.yaml", join(folder, "t.yaml")]) {
      expect(await problems(() => outputPath(source("t.yaml"), named))).toStrictEqual([
        `${named}: error: the output would replace the template itself\n  hint: leave the option out for t.sam-pkg.yaml`,
      ]);
    }
  });
});

describe("findTemplate", () => {
  it("takes what was named without looking", async () => {
    const found = { file: "nowhere.yaml", config: {} };
    expect(await findTemplate({ template: "nowhere.yaml" })).toStrictEqual(found);
  });

  it("says what it looked for", async () => {
    expect(await problems(() => findTemplate({}))).toStrictEqual([
      "template.yaml: error: no template here: looked for template.yaml, template.yml, template.json\n  hint: go to the project's folder, or name the template: sam-pkg transform path/to/template.yaml",
    ]);
  });
});

describe("readSource", () => {
  it.each<[string, string | Uint8Array | undefined, string]>([
    ["no file", undefined, "FILE: error: no such file\n  hint: check the path to the template"],
    [
      "bytes that are no UTF-8",
      Uint8Array.of(0x61, 0xff),
      "FILE: error: is not UTF-8 text\n  hint: save the file as UTF-8",
    ],
    [
      "a tab",
      "Resources:\n\tF: {}\n",
      "FILE:2:1: error: a tab is used as indentation, which YAML forbids: use spaces\n  hint: YAML allows only spaces there: replace each tab (`expand -t 2 template.yaml`)",
    ],
    [
      "two documents",
      "a: 1\n---\nb: 2\n",
      "FILE:2:1: error: the file holds more than one YAML document; a template is exactly one\n  hint: SAM cannot read this template either (`sam validate`): correct the syntax first",
    ],
  ])("%s", async (_, content, text) => {
    const file = join(folder, "t.yaml");
    if (content !== undefined) writeFileSync(file, content);
    expect(await problems(() => readSource(file))).toStrictEqual([text.replace("FILE", file)]);
  });

  it("a folder", async () => {
    mkdirSync(join(folder, "app"));
    expect(await problems(() => readSource(join(folder, "app")))).toStrictEqual([
      `${folder}/app: error: is a folder\n  hint: name the template in it: ${folder}/app/template.yaml`,
    ]);
  });

  it("keeps the text as it is, BOM and line ends included", async () => {
    const file = join(folder, "t.yaml");
    const text = "\uFEFFResources:\r\n  F: {Type: AWS::Lambda::Function}\r\n";
    writeFileSync(file, text);
    const { template, ...others } = await readSource(file);
    expect(others).toStrictEqual({ file, folder });
    expect(template.text).toBe(text);
  });
});
