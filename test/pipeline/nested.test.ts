// Transforms without an engine: an empty list of packages is all that these functions ask for, and is written as [].
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspect } from "../../src/pipeline/inspect.ts";
import type { TransformResult } from "../../src/pipeline/transform.ts";
import { transform } from "../../src/pipeline/transform.ts";
import type { Event } from "../../src/report/events.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import { fn, folderOf, nested, problemsOf, template } from "./templates.ts";

const events: Event[] = [];
const work = {
  jobs: 1,
  loadTest: false,
  signal: new AbortController().signal,
  listener: (event: Event): void => void events.push(event),
};

async function run(folder: string, output?: string, file = "template.yaml"): Promise<TransformResult> {
  events.length = 0;
  return transform({
    ...work,
    template: join(folder, file),
    publish: "none",
    ...(output === undefined ? {} : { output }),
  });
}

const read = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");

const empty = `
    Type: AWS::Serverless::Function
    Metadata: {Packages: {Build: }} # none yet
    Properties: {Runtime: python3.12, Handler: a.b, CodeUri: .}`;
const leaf = template({ F: empty });
const written = leaf.replace("Build: }", "Build: [] }");
const plain = template({ F: fn() });

/** As template.sam-pkg.yaml and the like say it. */
const links = (text: string): unknown[] =>
  Object.values((parseTemplate(text) as { Resources: Record<string, { Properties: object }> }).Resources).map(
    ({ Properties: properties }) => (properties as { Location?: unknown }).Location,
  );

const building = (name: string): string => fn({ Metadata: { Packages: { Build: [name] } } });

describe("transform of nested stacks", () => {
  it("writes the templates with packages in or below them, and changes nothing but their names", async () => {
    const root = `# the shop\r\nResources:\r\n  A:\r\n    Type: AWS::Serverless::Application\r\n    Properties:\r\n      Location: './a/template.yaml' # api\r\n  P:\r\n    Type: AWS::Serverless::Application\r\n    Properties: {Location: plain/template.yaml}\r\n`;
    const json = JSON.stringify({ Resources: { F: { Type: "AWS::Lambda::Function", ...JSON.parse(fn()) } } });
    const folder = folderOf({
      "template.yaml": root,
      "a/template.yaml": template({ L: nested("../leaf.yml"), J: nested("j.json"), X: nested("x.yaml") }),
      "a/j.json": json.replace('"Properties"', '"Metadata":{"Packages":{"Runtime":null}},"Properties"'),
      "a/x.yaml": leaf.replaceAll("\n", "\r\n"),
      "leaf.yml": leaf,
      "plain/template.yaml": template({ Q: nested("q.yaml") }),
      "plain/q.yaml": plain,
    });
    const result = await run(folder);
    expect(read(folder, "template.sam-pkg.yaml")).toBe(
      root.replace("'./a/template.yaml'", '"./a/template.sam-pkg.yaml"'),
    );
    expect(read(folder, "leaf.sam-pkg.yml")).toBe(written);
    expect(read(folder, "a/x.sam-pkg.yaml")).toBe(written.replaceAll("\n", "\r\n"));
    expect(links(read(folder, "a/template.sam-pkg.yaml"))).toStrictEqual([
      "../leaf.sam-pkg.yml",
      "j.sam-pkg.json",
      "x.sam-pkg.yaml",
    ]);
    expect(read(folder, "a/j.sam-pkg.json")).toContain('"Runtime":[]');
    expect(existsSync(join(folder, "plain/template.sam-pkg.yaml"))).toBe(false);
    expect(result.children.map(({ stack, requests }) => [stack, requests.length])).toStrictEqual([
      ["A/L", 1],
      ["A/J", 1],
      ["A/X", 1],
      ["A", 0],
    ]);
    const times = [...result.children.map((one) => one.output), result.output].map(
      (path) => statSync(path, { bigint: true }).ctimeNs,
    );
    expect(times, "children are written before their parents").toStrictEqual(
      times.toSorted((a, b) => Number(a - b)),
    );
  });

  it("leaves a template byte for byte when there are no packages below", async () => {
    const files = { "template.yaml": template({ A: nested("plain.yaml") }), "plain.yaml": plain };
    const folder = folderOf(files);
    await run(folder);
    expect(read(folder, "template.sam-pkg.yaml")).toBe(files["template.yaml"]);
    expect(existsSync(join(folder, "plain.sam-pkg.yaml"))).toBe(false);
  });

  it("changes nothing when it transforms an output again", async () => {
    const folder = folderOf({ "template.yaml": template({ A: nested("a/t.yaml") }), "a/t.yaml": leaf });
    await run(folder);
    const files = ["template.sam-pkg.yaml", "a/t.sam-pkg.yaml"];
    const state = (): unknown[] =>
      files.map((name) => [read(folder, name), statSync(join(folder, name)).ino]);
    const before = state();
    const again = await run(folder, undefined, "template.sam-pkg.yaml");
    expect(again.output).toBe(join(folder, "template.sam-pkg.yaml"));
    expect(state()).toStrictEqual(before);
    expect(existsSync(join(folder, "a/t.sam-pkg.sam-pkg.yaml"))).toBe(false);
    // A parent that names an output by hand keeps its name.
    writeFileSync(join(folder, "b.yaml"), template({ A: nested("a/t.sam-pkg.yaml") }));
    writeFileSync(join(folder, "a/t.sam-pkg.yaml"), leaf);
    await run(folder, undefined, "b.yaml");
    expect(links(read(folder, "b.sam-pkg.yaml"))).toStrictEqual(["a/t.sam-pkg.yaml"]);
    expect(read(folder, "a/t.sam-pkg.yaml")).toBe(written);
  });

  it("names the root's output only, standard output too", async () => {
    const folder = folderOf({ "template.yaml": template({ A: nested("a.yaml") }), "a.yaml": leaf });
    const named = await run(folder, join(folder, "out.yaml"));
    expect(links(read(folder, "out.yaml"))).toStrictEqual(["a.sam-pkg.yaml"]);
    expect(named.children).toHaveLength(1);
    const piped = await run(folder, "-");
    expect(links(piped.text)).toStrictEqual(["a.sam-pkg.yaml"]);
    expect(existsSync(join(folder, "template.sam-pkg.yaml"))).toBe(false);
  });

  it("refuses outputs that would replace templates or one another, and writes nothing", async () => {
    const folder = folderOf({ "template.yaml": template({ A: nested("a.yaml") }), "a.yaml": leaf });
    const of = async (output: string): Promise<string[]> =>
      (await problemsOf(() => run(folder, join(folder, output)))).map((text) =>
        text.replaceAll(`${folder}/`, ""),
      );
    expect(await of("a.yaml")).toStrictEqual([
      "a.yaml: error: the output of template.yaml would replace a.yaml, a template of these stacks\n  hint: name the original in its place, or another --output-template-file",
    ]);
    expect((await of("a.sam-pkg.yaml")).join()).toMatch(
      /the output of template\.yaml would replace that of a\.yaml/,
    );
    expect(existsSync(join(folder, "a.sam-pkg.yaml"))).toBe(false);
    const both = { A: nested("a.yaml"), B: nested("a.sam-pkg.yaml") };
    writeFileSync(join(folder, "a.sam-pkg.yaml"), leaf);
    writeFileSync(join(folder, "template.yaml"), template(both));
    expect(await of("out.yaml")).toStrictEqual([
      expect.stringMatching(/^a\.sam-pkg\.yaml: error: the output of a\.yaml would replace a\.sam-pkg\.yaml/),
    ]);
  });

  it("finds every output that cannot be written before it makes anything", async () => {
    const folder = folderOf({
      "template.yaml": template({ A: nested("a/t.yaml"), B: nested("b/t.yaml") }),
      "a/t.yaml": leaf,
      "b/t.yaml": leaf,
    });
    mkdirSync(join(folder, "a/t.sam-pkg.yaml"));
    mkdirSync(join(folder, "b/t.sam-pkg.yaml"));
    chmodSync(join(folder, "b"), 0o755);
    const found = await problemsOf(() => run(folder));
    expect(found).toStrictEqual([
      expect.stringMatching(/a\/t\.sam-pkg\.yaml: error: the output is there already and is no file/),
      expect.stringMatching(/b\/t\.sam-pkg\.yaml: error: the output is there already and is no file/),
    ]);
    expect(existsSync(join(folder, "template.sam-pkg.yaml"))).toBe(false);
  });

  it("tells all that it cannot write, for plan as well", async () => {
    const alias =
      "Resources:\n  A: &a\n    Type: AWS::Serverless::Application\n    Properties: {Location: a.yaml}\n  B: *a\n";
    const folder = folderOf({ "template.yaml": alias, "a.yaml": leaf });
    const found = await problemsOf(() => run(folder));
    expect(found).toStrictEqual([
      expect.stringMatching(/error: cannot write Resources\.[AB]\.Properties\.Location/),
    ]);
    expect(existsSync(join(folder, "a.sam-pkg.yaml"))).toBe(false);
    const file = join(folder, "template.yaml");
    expect(await problemsOf(() => inspect({ ...work, template: file }))).toStrictEqual(found);
  });

  it("writes beside a link, and warns when paths start elsewhere there", async () => {
    const folder = folderOf({
      "template.yaml": template({ A: nested("link/t.yaml") }),
      "real/t.yaml": template({ F: empty, B: nested("./b.yaml") }),
      "real/b.yaml": leaf,
      "link/other": "",
    });
    symlinkSync("../real/t.yaml", join(folder, "link/t.yaml"));
    await run(folder);
    expect(events).toMatchObject([
      { kind: "warning", message: expect.stringContaining("is a symbolic link") },
    ]);
    expect(links(read(folder, "link/t.sam-pkg.yaml"))).toStrictEqual([undefined, "../real/b.sam-pkg.yaml"]);
  });

  it("refuses namesakes that need different images, for plan as well", async () => {
    const folder = folderOf({
      "template.yaml": template({ F: building("gcc"), A: nested("a.yaml") }),
      "a.yaml": template({ F: building("make") }),
    });
    const file = join(folder, "template.yaml");
    const found = await problemsOf(() => run(folder));
    expect(found).toStrictEqual([expect.stringContaining("F would be built in the image of F of")]);
    expect(await problemsOf(() => inspect({ ...work, template: file }))).toStrictEqual(found);
  });

  it("holds the root's own Packages for the root only", async () => {
    const folder = folderOf({ "a.yaml": plain });
    writeFileSync(
      join(folder, "template.yaml"),
      `Metadata: {Packages: {Runtime: [zlib]}}\n${template({ A: nested("a.yaml") })}`,
    );
    await run(folder);
    expect(existsSync(join(folder, "a.sam-pkg.yaml"))).toBe(false);
  });
});
