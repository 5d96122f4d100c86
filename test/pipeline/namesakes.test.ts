import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkNamesakes } from "../../src/pipeline/namesakes.ts";
import { readStacks } from "../../src/pipeline/stacks.ts";
import { tagsOf } from "../../src/pipeline/tags.ts";
import type { Event } from "../../src/report/events.ts";
import { request } from "./requests.ts";
import { fn, folderOf, nested, problemsOf, template } from "./templates.ts";

/** What is said of a root's function Fn and the resource Fn of its nested template. */
async function said(root: string, child: string): Promise<{ problems: string[]; warnings: string[] }> {
  const folder = folderOf({
    "template.yaml": template({ Fn: root, Child: nested("child.yaml") }),
    "child.yaml": template({ Fn: child }),
  });
  const warnings: string[] = [];
  const listener = (event: Event): void => {
    if (event.kind === "warning") warnings.push(event.message.replaceAll(`${folder}/`, ""));
  };
  const problems = await problemsOf(async () =>
    checkNamesakes(await readStacks(join(folder, "template.yaml"), { listener }), new Map(), listener),
  );
  return { problems: problems.map((text) => text.replaceAll(`${folder}/`, "")), warnings };
}

const building = (packages: readonly string[], properties: object = {}): string =>
  fn({ Metadata: { Packages: { Build: packages } } }, properties);
const layer = JSON.stringify({
  Type: "AWS::Serverless::LayerVersion",
  Metadata: { BuildMethod: "makefile" },
  Properties: { ContentUri: "l" },
});
const nothing = { problems: [], warnings: [] };

describe("checkNamesakes", () => {
  it("takes functions of one ID that are built in one image", async () => {
    expect(await said(building(["gcc", "make"]), building(["make", "gcc"]))).toStrictEqual(nothing);
  });

  it("refuses another image, at the nested function", async () => {
    const refusal =
      "child.yaml:2:3: error: Fn would be built in the image of Fn of template.yaml, which is another: to sam build, --build-image Fn=… means both\n  hint: rename one of the two, so that each gets its own image";
    const other = building(["gcc"], { Runtime: "python3.11" });
    expect(await said(building(["gcc"]), building(["make"]))).toStrictEqual({
      ...nothing,
      problems: [refusal],
    });
    expect(await said(building(["gcc"]), other)).toStrictEqual({ ...nothing, problems: [refusal] });
    expect(await said(building(["gcc"]), fn({}, { Runtime: "python3.11" }))).toMatchObject({
      problems: [refusal],
    });
    expect(await said(building(["gcc"]), fn({}, { Architectures: ["arm64"] }))).toMatchObject({
      problems: [refusal],
    });
    expect((await said(fn({}, { Runtime: "python3.11" }), building(["gcc"]))).problems).toStrictEqual([
      expect.stringMatching(
        /^template\.yaml:2:3: error: Fn would be built in the image of Fn of child\.yaml/,
      ),
    ]);
  });

  it("warns of what is built in that image though it asks for nothing", async () => {
    const warning = expect.stringMatching(/^Fn of child\.yaml is built in the image of Fn of template\.yaml/);
    for (const one of [fn(), layer, fn({}, { Runtime: { Ref: "R" } })]) {
      expect(await said(building(["gcc"]), one)).toStrictEqual({ problems: [], warnings: [warning] });
    }
  });

  it.each([
    ["an image function", fn({}, { PackageType: "Image", Runtime: undefined })],
    ["code in the template", fn({}, { InlineCode: "x", Runtime: "python3.9" })],
    ["a layer that is not built", layer.replace("BuildMethod", "Other")],
    ["a bucket", JSON.stringify({ Type: "AWS::S3::Bucket" })],
  ])("does not mind %s", async (_, other) => {
    expect(await said(building(["gcc"]), other)).toStrictEqual(nothing);
  });

  it("does not mind layers", async () => {
    const a = fn({ Metadata: { Packages: { Runtime: ["a"] } } });
    expect(await said(a, fn({ Metadata: { Packages: { Runtime: ["b"] } } }))).toStrictEqual(nothing);
  });
});

const stack = (folder: string, ...ids: readonly string[]) => ({
  folder,
  requests: ids.map((id) => request(id, { key: `${folder}/${id}` })),
});

describe("tagsOf", () => {
  it("names the folder of each template", () => {
    expect([...tagsOf([stack("/w/shop", "A"), stack("/w/shop/api", "B")]).values()]).toStrictEqual([
      ["samcli/lambda-sampkg-shop-a:latest"],
      ["samcli/lambda-sampkg-api-b:latest"],
    ]);
  });

  it("shares a tag among functions of one ID, and tells other IDs apart", () => {
    const tags = tagsOf([stack("/a/My_Api", "Fn", "Other"), stack("/b/my-api", "Fn", "FN")]);
    expect(tags.get("/a/My_Api/Fn")).toStrictEqual(tags.get("/b/my-api/Fn"));
    expect(tags.get("/b/my-api/FN")).not.toStrictEqual(tags.get("/b/my-api/Fn"));
    expect(tags.get("/a/My_Api/Other")).toStrictEqual(["samcli/lambda-sampkg-my-api-other:latest"]);
  });
});
