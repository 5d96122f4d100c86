import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { imageWords } from "../../src/pipeline/sam-images.ts";
import { request } from "./requests.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sam-pkg-images-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const functions = ["F", "G"].map((id) => ({
  request: request(id),
  buildImage: { tag: "t", stableTags: [`samcli/lambda-sampkg-p-${id.toLowerCase()}:latest`] },
}));
const F = "F=samcli/lambda-sampkg-p-f:latest";
const G = "G=samcli/lambda-sampkg-p-g:latest";
const images = (...texts: string[]): string[] => [
  "--use-container",
  ...texts.flatMap((text) => ["--build-image", text]),
];

/** What comes of these words on the command line, and this build section of samconfig. */
async function run(
  given: string[] = [],
  section = "",
  { useContainer, plain = [] }: { useContainer?: boolean; plain?: string[] } = {},
): Promise<{ words: string[]; notes: string[] }> {
  const text = `version = 0.1\n[default.build.parameters]\n${section}\n`;
  if (section !== "") writeFileSync(join(folder, "samconfig.toml"), text);
  const result = { template: join(folder, "template.yaml"), functions, plain };
  return imageWords(result, { given, useContainer });
}

describe("imageWords", () => {
  it("needs nothing where no function asks for Build packages", async () => {
    const result = {
      template: join(folder, "template.yaml"),
      functions: [{ request: request("F") }],
      plain: ["F"],
    };
    expect(await imageWords(result, { given: ["x"], useContainer: undefined })).toEqual({
      words: [],
      notes: [],
    });
  });

  it("names each function's image", async () => {
    expect(await run()).toEqual({ words: images(F, G), notes: [] });
  });

  it("leaves a function its image of the command line; one for all others changes nothing", async () => {
    expect(await run(["F = mine:1", "other"])).toEqual({
      words: images(G),
      notes: ["F is built in mine:1, as --build-image says, not in the image of its Packages"],
    });
  });

  it("repeats samconfig's images, which SAM would forget, but for those of an earlier run", async () => {
    const section = 'build_image = ["H=h", "F=samcli/lambda-sampkg-old-f:latest", "G=mine", "all"]';
    expect(await run([], section)).toEqual({
      words: images("H=h", "G=mine", "all", F),
      notes: ["G is built in mine, as samconfig's build_image says, not in the image of its Packages"],
    });
  });

  it("asks samconfig for no image when the command line names one, as SAM", async () => {
    expect(await run(["H=h"], 'build_image = "F=mine"')).toEqual({ words: images(F, G), notes: [] });
  });

  it("says what else is built in containers, unless the user wants that", async () => {
    const note =
      "K, without Build packages, is built in SAM's own image: --use-container holds for all functions or none";
    expect((await run([], "", { plain: ["K"] })).notes).toEqual([note]);
    expect((await run([], "", { plain: ["K"], useContainer: true })).notes).toEqual([]);
    expect((await run([], "use_container = true", { plain: ["K"] })).notes).toEqual([]);
  });

  it("keeps out of containers when told to", async () => {
    const notes = ["--no-use-container: F, G are built without the images of their Packages"];
    expect(await run([], "", { useContainer: false })).toEqual({ words: [], notes });
  });

  it("says nothing of functions that the user named an image for", async () => {
    expect(await run(["H=mine:1"], "", { plain: ["H"] })).toEqual({ words: images(F, G), notes: [] });
    expect(await run(["mine:1"], "", { plain: ["H"] })).toEqual({ words: images(F, G), notes: [] });
  });

  it("marks a layer's image for SAM's cache, beside samconfig's variables", async () => {
    const template = join(folder, "template.yaml");
    const layer = {
      request: request("L", { resource: "layer" }),
      buildImage: { tag: "t:1", stableTags: ["s:latest"] },
    };
    const result = { template, functions: [layer], plain: [] };
    const text = "version = 0.1\n[default.build.parameters]\ncontainer_env_var = ['A.B=c']\n";
    writeFileSync(join(folder, "samconfig.toml"), text);
    const { words } = await imageWords(result, { given: [], useContainer: undefined });
    expect(words.slice(3)).toEqual([
      "--container-env-var",
      "A.B=c",
      "--container-env-var",
      "L.SAM_PKG_BUILD_IMAGE=t:1",
    ]);
    const beside = await imageWords(result, { given: [], useContainer: undefined, hasVariables: true });
    expect(beside.words.slice(3)).toEqual(["--container-env-var", "L.SAM_PKG_BUILD_IMAGE=t:1"]);
    const theirs = await imageWords(result, { given: ["L=mine"], useContainer: undefined });
    expect(theirs.words).toEqual(["--use-container"]);
  });
});
