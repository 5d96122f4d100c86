import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Tree } from "../../src/pipeline/stacks.ts";
import { readStacks } from "../../src/pipeline/stacks.ts";
import type { Event } from "../../src/report/events.ts";
import { namesOf } from "../../src/template/request.ts";
import { asking, fn, folderOf, nested, problemsOf, template } from "./templates.ts";

const events: Event[] = [];
const listener = (event: Event): void => void events.push(event);

/** The tree of template.yaml in a folder with these files. */
async function treeOf(files: Readonly<Record<string, string>>): Promise<Tree> {
  events.length = 0;
  return readStacks(join(folderOf(files), "template.yaml"), { listener });
}

/** The problems of such a tree, the folder left out. */
async function problems(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = folderOf(files);
  const found = await problemsOf(() => readStacks(join(folder, "template.yaml"), { listener }));
  return found.map((text) => text.replaceAll(`${folder}/`, ""));
}

/** The tree's templates in their order, by the stacks' paths. */
const paths = ({ stacks }: Tree): string[] => stacks.map(({ path }) => path);

const leaf = template({ F: asking("zlib") });

const cfn = (TemplateURL: string): string =>
  JSON.stringify({ Type: "AWS::CloudFormation::Stack", Properties: { TemplateURL } });

describe("readStacks", () => {
  it("reads a template without nested ones", async () => {
    const tree = await treeOf({ "template.yaml": leaf });
    expect(paths(tree)).toStrictEqual([""]);
    expect(tree.requests.map(namesOf)).toStrictEqual([["F"]]);
    expect(tree.requests[0]).toMatchObject({ key: "Resources/F" });
    expect(tree.requests[0]).not.toHaveProperty("stack");
  });

  it("reads five levels, children before their parents, requests from the root on", async () => {
    const files: Record<string, string> = { "a/b/c/d/e/template.yaml": leaf };
    for (const [folder, below] of [
      ["", "a"],
      ["a/", "b"],
      ["a/b/", "c"],
      ["a/b/c/", "d"],
      ["a/b/c/d/", "e"],
    ]) {
      const Id = below?.toUpperCase() ?? "";
      files[`${folder}template.yaml`] = template({
        F: asking("zlib"),
        [Id]: nested(`./${below}/template.yaml`),
      });
    }
    const tree = await treeOf(files);
    expect(paths(tree)).toStrictEqual(["A/B/C/D/E", "A/B/C/D", "A/B/C", "A/B", "A", ""]);
    expect(tree.requests[0]?.stack).toBeUndefined();
    expect(tree.requests.flatMap(namesOf)).toContain("A/B/C/D/E/F");
    expect(new Set(tree.requests.map(({ key }) => key)).size).toBe(6);
  });

  it("reads what two templates nest, or one nests twice, once", async () => {
    const tree = await treeOf({
      "template.yaml": template({ A: nested("a.yaml"), B: nested("./b.yaml"), C: nested("x/../a.yaml") }),
      "a.yaml": template({ S: nested("shared/t.yaml") }),
      "b.yaml": template({ S: nested("shared/t.yaml") }),
      "shared/t.yaml": leaf,
    });
    expect(paths(tree)).toStrictEqual(["A/S", "A", "B", ""]);
    expect(tree.requests).toHaveLength(1);
  });

  it("takes twenty diamonds one below the other", async () => {
    const files: Record<string, string> = { "t20.yaml": leaf };
    for (let level = 0; level < 20; level++) {
      const below = nested(`t${level + 1}.yaml`);
      files[level === 0 ? "template.yaml" : `t${level}.yaml`] = template({ A: below, B: below });
    }
    expect((await treeOf(files)).stacks).toHaveLength(21);
  });

  it.each(["template.yaml", "./x/../template.yaml", "link.yaml"])(
    "leaves a self-cycle by %s alone",
    async (to) => {
      const folder = folderOf({ "template.yaml": template({ F: asking("zlib"), Me: nested(to) }) });
      symlinkSync("template.yaml", join(folder, "link.yaml"));
      events.length = 0;
      const tree = await readStacks(join(folder, "template.yaml"), { listener });
      expect(paths(tree)).toStrictEqual([""]);
      expect(events).toMatchObject([
        { kind: "warning", message: expect.stringContaining("nested in itself by Me") },
      ]);
    },
  );

  it("leaves a longer cycle alone, and does the rest", async () => {
    const tree = await treeOf({
      "template.yaml": template({ A: nested("a.yaml") }),
      "a.yaml": template({ B: nested("b.yaml") }),
      "b.yaml": template({ F: asking("zlib"), Up: nested("a.yaml") }),
    });
    expect(paths(tree)).toStrictEqual(["A/B", "A", ""]);
    expect(events).toMatchObject([{ message: expect.stringMatching(/b\.yaml:3:\d+: .*a\.yaml is nested/) }]);
  });

  it.each([
    "https://example.com/t.yaml",
    "http://example.com/t.yaml",
    "s3://bucket/t.yaml",
    { ApplicationId: "arn:aws:serverlessrepo:x", SemanticVersion: "1.0.0" },
    { Ref: "Where" },
    { "Fn::Sub": "${Folder}/t.yaml" },
    12,
    null,
  ])("leaves %j alone", async (location) => {
    const tree = await treeOf({ "template.yaml": template({ F: asking("zlib"), A: nested(location) }) });
    expect(paths(tree)).toStrictEqual([""]);
  });

  it("finds a CloudFormation stack's TemplateURL, file URLs, absolute paths and those above the folder", async () => {
    const folder = folderOf({ "out side.yaml": leaf, "b.json": JSON.stringify({ Resources: {} }) });
    mkdirSync(join(folder, "app"));
    const resources = { A: cfn("../out side.yaml"), B: nested(`file://${folder}/b.json`) };
    const more = { C: cfn(join(folder, "b.json")), D: nested(`file://${folder}/out%20side.yaml`) };
    writeFileSync(join(folder, "app/template.yaml"), template({ ...resources, ...more }));
    const tree = await readStacks(join(folder, "app/template.yaml"), { listener });
    expect(tree.stacks.map(({ file }) => file)).toStrictEqual([
      join(folder, "out side.yaml"),
      join(folder, "b.json"),
      join(folder, "app/template.yaml"),
    ]);
  });

  it("follows a link as SAM does: the paths of a linked template start where the template itself is", async () => {
    const folder = folderOf({
      "template.yaml": template({ A: nested("link/t.yaml") }),
      "real/t.yaml": template({ B: nested("b.yaml") }),
      "real/b.yaml": leaf,
      "link/other": "",
    });
    symlinkSync("../real/t.yaml", join(folder, "link/t.yaml"));
    const tree = await readStacks(join(folder, "template.yaml"), { listener });
    expect(tree.stacks.map(({ path, folder: at }) => [path, at])).toStrictEqual([
      ["A/B", join(folder, "real")],
      ["A", join(folder, "link")],
      ["", folder],
    ]);
  });

  it("tells the problems of all templates at once, by file and place", async () => {
    const wrong = template({
      F: fn({ Metadata: { Packages: { Runtime: ["x"] } } }, { Runtime: "python3.99" }),
    });
    expect(
      await problems({
        "template.yaml": template({
          Gone: nested("nope/template.yaml"),
          Dir: nested("b"),
          B: nested("b/t.yaml"),
          A: nested("a.yaml"),
          B2: nested("b/t.yaml"),
        }),
        "b/t.yaml": wrong,
        "a.yaml": "Resources:\n\tF: x\n",
      }),
    ).toStrictEqual([
      expect.stringMatching(/^a\.yaml:2:1: error: a tab/),
      expect.stringMatching(/^b\/t\.yaml:2:\d+: error: unknown runtime "python3\.99"/),
      expect.stringMatching(
        /^template\.yaml:2:\d+: error: no template at nope\/template\.yaml, which Gone names\n {2}hint: sam build cannot go on/,
      ),
      expect.stringMatching(
        /^template\.yaml:3:\d+: error: b, which Dir names, is a folder\n {2}hint: .*b\/template\.yaml$/,
      ),
    ]);
  });

  it("does not read without end", async () => {
    const files: Record<string, string> = { "template.yaml": template({ A: nested("t0.yaml") }) };
    for (let level = 0; level < 1200; level++) {
      files[`t${level}.yaml`] = template({ A: nested(`t${level + 1}.yaml`) });
    }
    expect(await problems(files)).toStrictEqual([
      expect.stringContaining("error: there are more than 1000 nested templates"),
    ]);
  });
});

/** A template that passes things to one of which the function's runtime is a parameter. */
const twice = (a: object, b: object): Record<string, string> => ({
  "template.yaml": `Parameters: {P: {Type: String, Default: python3.12}}\n${template({
    A: nested("c.yaml", a),
    B: nested("c.yaml", b),
  })}`,
  "c.yaml": byParameter,
});

const parameters = (names: readonly string[]): string =>
  `Parameters: {${names.map((name) => `${name}: {Type: String, Default: python3.13}`).join(", ")}}\n`;
const packages = { Metadata: { Packages: { Runtime: ["zlib"] } } };
const byParameter = `${parameters(["R", "N"])}${template({ F: fn(packages, { Runtime: { Ref: "R" } }) })}`;
const runtimes = ({ requests }: Tree): string[] => requests.map(({ runtime }) => runtime.id);

describe("parameters", () => {
  it("are what the parent passes, then the child's defaults", async () => {
    expect(runtimes(await treeOf(twice({ R: "python3.11" }, { R: "python3.11", N: 2 })))).toStrictEqual([
      "python3.11",
    ]);
    expect(runtimes(await treeOf(twice({}, { N: 2 })))).toStrictEqual(["python3.13"]);
  });

  it("are resolved with the parent's own, which the command line gives", async () => {
    const files = twice({ R: { Ref: "P" } }, { R: { "Fn::Sub": "${P}" } });
    expect(runtimes(await treeOf(files))).toStrictEqual(["python3.12"]);
    const file = join(folderOf(files), "template.yaml");
    const given = await readStacks(file, { listener, parameterOverrides: ["P=python3.10", "R=java21"] });
    expect(runtimes(given)).toStrictEqual(["python3.10"]);
  });

  it("that only a deployment knows are refused, where the child needs them", async () => {
    const passed = { R: { "Fn::GetAtt": ["A", "Outputs.X"] } };
    expect(await problems(twice(passed, passed))).toStrictEqual([
      expect.stringMatching(
        /^c\.yaml:\d+:\d+: error: .*parameter R is given by the parent stack, by what only a deployment knows\n {2}hint: pass a value that is written out/,
      ),
    ]);
    const unused = { R: "python3.12", N: passed.R };
    expect(runtimes(await treeOf(twice(unused, unused)))).toStrictEqual(["python3.12"]);
  });

  it("that give the same make one stack, others are refused", async () => {
    const same = await treeOf(twice({ R: "python3.12", N: 1 }, { R: "python3.12", N: 2 }));
    expect(same.stacks).toHaveLength(2);
    expect(await problems(twice({ R: "python3.12" }, { R: "python3.11" }))).toStrictEqual([
      expect.stringMatching(
        /template\.yaml:4:\d+: error: \S*c\.yaml is nested twice and asks for other packages with the parameters of B than with those of A\n {2}hint: one output cannot serve both/,
      ),
    ]);
  });

  it("are told apart at every depth, and the reason once", async () => {
    const found = await problems({
      "template.yaml": template({
        A: nested("m.yaml", { R: "python3.11" }),
        B: nested("m.yaml", { R: "python3.12" }),
      }),
      "m.yaml": `${parameters(["R"])}${template({ C: nested("c.yaml", { R: { Ref: "R" } }) })}`,
      "c.yaml": byParameter,
    });
    expect(found).toStrictEqual([
      expect.stringMatching(/m\.yaml:3:\d+: error: .* with the parameters of B\/C than with those of A\/C/),
    ]);
  });
});
