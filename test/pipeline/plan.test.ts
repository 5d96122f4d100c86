import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planSets, stableTags } from "../../src/pipeline/plan.ts";
import { readFunctions } from "../../src/template/functions.ts";
import { locate } from "../../src/template/locate.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import { request, runtime } from "./requests.ts";

const IMAGE = "public.ecr.aws/lambda/python:3.12-x86_64";

describe("planSets", () => {
  it("makes a set that many functions ask for once", () => {
    const requests = Array.from({ length: 100 }, (_, index) =>
      request(`F${index}`, { build: ["libpq-devel"], runtimePackages: ["libpq"] }),
    );
    const { builds, layers } = planSets(requests);
    expect(builds).toHaveLength(1);
    expect(layers).toStrictEqual([
      {
        image: IMAGE,
        architecture: "x86_64",
        packages: ["libpq"],
        repositories: [],
        extras: [],
        include: [],
        exclude: [],
        shipped: [],
        keys: requests.map(({ key }) => key),
        functions: requests.flatMap(({ logicalIds }) => logicalIds),
        runtimes: [runtime("python3.12")],
      },
    ]);
  });

  it("names AWS's images of the function's runtime and architecture", () => {
    const { builds, layers } = planSets([
      request("F", {
        runtime: runtime("java17"),
        architecture: "arm64",
        build: ["a"],
        runtimePackages: ["b"],
      }),
    ]);
    expect(builds[0]?.image).toBe("public.ecr.aws/sam/build-java17:latest-arm64");
    expect(layers[0]?.image).toBe("public.ecr.aws/lambda/java:17-arm64");
  });

  it("keeps architectures and runtimes apart", () => {
    const packages = { runtimePackages: ["libpq"] };
    const { layers } = planSets([
      request("A", packages),
      request("B", { ...packages, architecture: "arm64" }),
      request("C", { ...packages, runtime: runtime("nodejs22.x") }),
      request("D", packages),
    ]);
    expect(layers.map(({ functions }) => functions)).toStrictEqual([["A", "D"], ["B"], ["C"]]);
  });

  it("keeps architectures apart in one image of the user's own, but shares it among runtimes", () => {
    const mine = { runtimePackages: ["libpq"], runtimeImage: "mine:1" };
    const { layers } = planSets([
      request("A", mine),
      request("B", { ...mine, architecture: "arm64" }),
      request("C", { ...mine, runtime: runtime("nodejs22.x") }),
      request("D", mine),
    ]);
    expect(layers).toMatchObject([
      { image: "mine:1", functions: ["A", "C", "D"], runtimes: [{ id: "python3.12" }, { id: "nodejs22.x" }] },
      { image: "mine:1", architecture: "arm64", functions: ["B"] },
    ]);
  });

  it("keeps Include and Exclude apart, which build images do not have", () => {
    const asked = { build: ["gcc"], runtimePackages: ["poppler"] };
    const { builds, layers } = planSets([
      request("A", { ...asked, include: ["/usr/bin/pdftotext"] }),
      request("B", { ...asked, exclude: ["/usr/bin/pdftotext"] }),
      request("C", { ...asked, include: ["/usr/bin/pdftotext"] }),
      request("D", asked),
    ]);
    expect(layers.map(({ functions }) => functions)).toStrictEqual([["A", "C"], ["B"], ["D"]]);
    expect(layers[0]).toMatchObject({ include: ["/usr/bin/pdftotext"], exclude: [] });
    expect(builds.map(({ functions, include }) => [functions, include])).toStrictEqual([
      [["A", "B", "C", "D"], []],
    ]);
  });

  it("plans nothing for an empty list", () => {
    expect(planSets([request("A"), request("B", { build: ["x"] })])).toMatchObject({
      builds: [{ functions: ["B"], image: "public.ecr.aws/sam/build-python3.12:latest-x86_64" }],
      layers: [],
    });
    expect(planSets([])).toStrictEqual({ builds: [], layers: [] });
  });

  it("does not see in which order, how often and how a template writes its packages", () => {
    const packages = ["libpq = 17", "zlib", "ImageMagick", "libpq = 17"];
    fc.assert(
      fc.property(fc.shuffledSubarray(packages, { minLength: 4 }), (shuffled) => {
        const text = JSON.stringify({
          Resources: Object.fromEntries(
            [packages, shuffled.map((word) => word.replace(" = ", "="))].map((list, index) => [
              `F${index}`,
              {
                Type: "AWS::Lambda::Function",
                Properties: { Runtime: "python3.12" },
                Metadata: { Packages: { Runtime: list } },
              },
            ]),
          ),
        });
        const { requests } = readFunctions("t.json", parseTemplate(text), () => locate(text));
        expect(planSets(requests).layers).toMatchObject([
          { packages: ["ImageMagick", "libpq = 17", "zlib"], functions: ["F0", "F1"] },
        ]);
      }),
    );
  });
});

/** The tag of a stack's only function. */
const only = (folder: string, logicalId: string): string =>
  stableTags(folder, [logicalId]).get(logicalId) ?? "";

describe("stableTags", () => {
  it.each([
    ["quickstart", "MyFunction", "samcli/lambda-sampkg-quickstart-myfunction:latest"],
    ["My Stack (2)", "F", "samcli/lambda-sampkg-my-stack-2-f:latest"],
    ["__a__b__", "F1", "samcli/lambda-sampkg-a-b-f1:latest"],
    ["日本", "F", "samcli/lambda-sampkg-f:latest"],
    ["", "F", "samcli/lambda-sampkg-f:latest"],
  ])("%s, %s", (folder, logicalId, tag) => {
    expect(only(folder, logicalId)).toBe(tag);
  });

  it("are names that Docker takes and all different, whatever the folder and the IDs", () => {
    const folders = fc.oneof(fc.string({ unit: "grapheme", maxLength: 60 }), fc.constant("f".repeat(255)));
    const logicalId = fc.oneof(fc.stringMatching(/^[aB]{1,3}$/), fc.stringMatching(/^[A-Za-z0-9]{1,255}$/));
    fc.assert(
      fc.property(folders, fc.uniqueArray(logicalId, { maxLength: 8 }), (folder, ids) => {
        const tags = stableTags(folder, ids);
        expect([...tags.keys()]).toStrictEqual(ids);
        expect(new Set(tags.values()).size).toBe(ids.length);
        for (const tag of tags.values()) {
          expect(tag).toMatch(/^samcli\/lambda-sampkg(?:-[a-z0-9]+)+:latest$/);
          expect(tag.length).toBeLessThanOrEqual(255);
        }
      }),
    );
  });

  it("tell IDs apart that differ in case only, or behind what fits; others keep the plain name", () => {
    const long = "L".repeat(250);
    const tags = stableTags("s", ["MyFunction", "Myfunction", "Other", `${long}a`, `${long}b`]);
    expect(tags.get("MyFunction")).toMatch(/^samcli\/lambda-sampkg-s-myfunction-[0-9a-f]{6}:latest$/);
    expect(tags.get("Myfunction")).not.toBe(tags.get("MyFunction"));
    expect(tags.get("Other")).toBe("samcli/lambda-sampkg-s-other:latest");
    expect(tags.get(`${long}a`)).not.toBe(tags.get(`${long}b`));
  });
});
