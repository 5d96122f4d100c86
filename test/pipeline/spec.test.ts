import { describe, expect, it } from "vitest";
import { readStacks } from "../../src/pipeline/stacks.ts";
import type { FunctionRequest } from "../../src/template/request.ts";
import { fn, folderOf, nested, template } from "./templates.ts";

/** The requests of `template.yaml` beside these files; absolute paths begin with `/here`. */
async function requestsOf(files: Readonly<Record<string, string>>): Promise<readonly FunctionRequest[]> {
  const folder = folderOf(files);
  const { requests } = await readStacks(`${folder}/template.yaml`, { listener: () => undefined });
  return JSON.parse(JSON.stringify(requests).replaceAll(folder, "/here")) as FunctionRequest[];
}
const withPackages = (packages: object): string => fn({ Metadata: { Packages: packages } });

describe("Spec", () => {
  it("is joined with what the function says: lists together, of images and arguments the function's", async () => {
    const [request] = await requestsOf({
      "template.yaml": template({
        F: withPackages({ Spec: "specs/p.yaml", Runtime: ["libpq"], RuntimeImage: "mine" }),
      }),
      "specs/p.yaml": "Build: [gcc]\nRuntime: [xmlsec1]\nRuntimeImage: theirs\nBuildImage: b\n",
    });
    expect(request).toMatchObject({
      build: ["gcc"],
      runtimePackages: ["libpq", "xmlsec1"],
      runtimeImage: "mine",
      buildImage: "b",
    });
  });

  it("brings paths that start in its own folder, in JSON as well", async () => {
    const spec = {
      Dockerfile: "image/Dockerfile",
      DockerBuildArgs: { A: 1 },
      Repositories: [{ Name: "r", BaseUrl: "https://example.com/r", GpgKey: "keys/r.asc" }],
    };
    const [request] = await requestsOf({
      "template.yaml": template({ F: withPackages({ Spec: "specs/p.json", DockerBuildArgs: { B: true } }) }),
      "specs/p.json": JSON.stringify(spec),
    });
    expect(request).toMatchObject({
      dockerfile: {
        file: "/here/specs/image/Dockerfile",
        context: "/here/specs/image",
        args: { A: "1", B: "true" },
      },
      repositories: [{ name: "r", gpgKey: "/here/specs/keys/r.asc", gpgCheck: true }],
    });
  });

  it("may hold references to the template's parameters, and stand in the template's own Metadata", async () => {
    const [request] = await requestsOf({
      "template.yaml": `Parameters: {P: {Type: String, Default: zlib}}\nMetadata: {Packages: {Spec: p.yaml}}\n${template({ F: fn() })}`,
      "p.yaml": "Runtime: [!Ref P]\n",
    });
    expect(request?.runtimePackages).toStrictEqual(["zlib"]);
  });

  it("starts in the folder of the template that names it, nested ones too; an empty one asks for nothing", async () => {
    const requests = await requestsOf({
      "template.yaml": template({
        S: nested("sub/t.yaml"),
        F: withPackages({ Spec: "empty.yaml", Build: ["make"] }),
      }),
      "empty.yaml": "# nothing yet\n",
      "sub/t.yaml": template({ G: withPackages({ Spec: "../p.yaml" }) }),
      "p.yaml": "Build: [gcc]\n",
    });
    expect(requests.map(({ build }) => build)).toStrictEqual([["make"], ["gcc"]]);
  });
});

describe("paths of Dockerfiles", () => {
  it.each<[object, string, string]>([
    [{ Dockerfile: "image/Dockerfile" }, "/here/image/Dockerfile", "/here/image"],
    [{ Dockerfile: "Dockerfile" }, "/here/Dockerfile", "/here"],
    [{ DockerContext: "image" }, "/here/image/Dockerfile", "/here/image"],
    [{ DockerContext: ".", Dockerfile: "docker/a.Dockerfile" }, "/here/docker/a.Dockerfile", "/here"],
    [{ DockerContext: "/elsewhere", Dockerfile: "D" }, "/elsewhere/D", "/elsewhere"],
  ])("%j: %s in %s", async (packages, file, context) => {
    const [request] = await requestsOf({ "template.yaml": template({ F: withPackages(packages) }) });
    expect(request?.dockerfile).toMatchObject({ file, context });
    expect(request?.shipped).toMatchObject([{ file, context }]);
  });
});
