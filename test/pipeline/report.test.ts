import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import schema from "../../schemas/report.schema.json" with { type: "json" };
import type { Inspection } from "../../src/pipeline/inspect.ts";
import { planReport, REPORT_VERSION, transformReport } from "../../src/pipeline/report.ts";
import type { TransformResult } from "../../src/pipeline/transform.ts";
import { whyReport } from "../../src/pipeline/why.ts";
import { InputError } from "../../src/report/errors.ts";
import { checked, set } from "./checked.ts";
import { request } from "./requests.ts";

const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema);

/** What a reader of the printed document gets, valid by the schema. */
function printed(report: unknown): unknown {
  const document: unknown = JSON.parse(JSON.stringify(report));
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  return document;
}

const empty = { ...set, packages: ["libc6"], keys: ["Resources/G"], functions: ["G"] };
const inspection: Inspection = {
  template: "template.yaml",
  functions: [
    { request: request("F"), layer: checked, environment: { MAGIC: "/opt/magic" } },
    { request: request("G"), layer: undefined, environment: {} },
  ],
  plan: { builds: [{ ...set, packages: ["gcc"] }], layers: [set, empty] },
  layers: [checked],
};

describe("the schema", () => {
  it("is draft-07, has this version and describes the documents", () => {
    expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
    expect(schema.definitions.version.const).toBe(REPORT_VERSION);
    expect(validate({ ...planReport(inspection), more: 1 })).toBe(false);
    expect(validate({ ...planReport(inspection), version: 2 })).toBe(false);
  });
});

describe("planReport", () => {
  it("tells functions, layers, build images and what needs no layer", () => {
    expect(printed(planReport(inspection))).toMatchObject({
      command: "plan",
      template: "template.yaml",
      functions: [
        { logicalId: "F", runtime: "python3.12", layer: checked.name, environment: { MAGIC: "/opt/magic" } },
        { logicalId: "G", layer: null, environment: {} },
      ],
      buildImages: [{ functions: ["F"], image: "runtime:latest", packages: ["gcc"] }],
      nothingToShip: [{ functions: ["G"], packages: ["libc6"] }],
    });
  });

  it("tells all of a layer, packages by name and each reason once", () => {
    const [layer] = planReport(inspection).layers;
    expect(printed(planReport(inspection))).toMatchObject({ layers: [layer] });
    expect(layer).toMatchObject({
      name: checked.name,
      digest: checked.digest,
      packages: ["mysql-libs", "zlib = 1.3"],
      installed: [
        { name: "came", requests: [] },
        { name: "mariadb-libs", version: "5.5", requests: ["mysql-libs"] },
        { name: "zlib", requests: ["zlib = 1.3"] },
      ],
      provided: ["libc.so.6"],
      budget: { bytes: 4 + 18 + 15 + 9, limit: 262_144_000, percent: 0, verdict: "fits" },
    });
    expect(layer?.files[0]).toEqual({
      path: "bin/tool",
      mode: "0755",
      size: 4,
      sha256: "7c9bbe5ec9b3fb774e8fa0f54247e93c34ddf8e5d16fe3073420de0ae81a262d",
      link: null,
      source: "/usr/bin/tool",
      package: "p",
      reasons: [{ kind: "include", pattern: "/usr/bin/tool" }],
    });
    expect(layer?.files[2]).toMatchObject({
      package: null,
      reasons: [{ kind: "needed", name: "libssl.so.3" }],
    });
    expect(layer?.files[3]).toMatchObject({ path: "lib/libz.so", link: "libz.so.1", size: 9 });
    expect(layer?.budget.shares.map((one) => one.package)).toEqual(["mariadb-libs", null, "p"]);
  });
});

describe("transformReport", () => {
  const result: TransformResult = {
    template: "template.yaml",
    output: "template.sam-pkg.yaml",
    text: "",
    children: [],
    functions: [
      {
        request: request("F"),
        buildImage: { tag: "a:latest", stableTags: ["b:latest"] },
        layer: { kind: "version", arn: "arn:x", reused: true },
        environment: { MAGIC: "/opt/magic" },
      },
      { request: request("G") },
    ],
    layers: [checked],
    askForLoops: false,
    plain: [],
  };

  it("tells what each function got", () => {
    expect(printed(transformReport(result))).toMatchObject({
      command: "transform",
      output: "template.sam-pkg.yaml",
      functions: [
        {
          logicalId: "F",
          buildImage: { tag: "a:latest", stableTag: "b:latest" },
          layer: checked.name,
          reference: { kind: "version", value: "arn:x", reused: true },
          environment: { MAGIC: "/opt/magic" },
        },
        { logicalId: "G", buildImage: null, layer: null, reference: null, environment: {} },
      ],
      layers: [{ name: checked.name }],
    });
  });

  const as = (layer: Partial<TransformResult["functions"][number]>): unknown =>
    printed(transformReport({ ...result, functions: [{ request: request("F"), ...layer }] }));

  it("says of a layer of the template that it is one", () => {
    const functions = [{ request: request("F") }, { request: request("L", { resource: "layer" }) }];
    const report = transformReport({ ...result, functions });
    printed(report);
    expect(report.functions.map((one) => one.resource)).toStrictEqual([undefined, "layer"]);
  });

  it("tells nested templates and the functions in them", () => {
    const nested = request("F", { stack: { path: "Api/Auth", template: "auth/template.yaml" } });
    const child = { template: "auth/template.yaml", output: "auth/template.sam-pkg.yaml", stack: "Api/Auth" };
    const report = transformReport({
      ...result,
      children: [{ ...child, requests: [nested] }],
      functions: [{ request: request("F") }, { request: nested }],
    });
    expect(printed(report)).toMatchObject({ children: [child] });
    expect(report.functions[0]).not.toHaveProperty("stack");
    expect(report.functions[1]).toMatchObject({ stack: "Api/Auth", template: "auth/template.yaml" });
    const plan = planReport({
      ...inspection,
      functions: [{ request: nested, layer: undefined, environment: {} }],
    });
    expect(printed(plan)).toMatchObject({
      functions: [{ stack: "Api/Auth", template: "auth/template.yaml" }],
    });
  });

  it("tells a layer that is a resource, and one that was not published", () => {
    const resource = { kind: "resource", logicalId: "SamPkgLayer", resource: {}, reused: false } as const;
    expect(as({ layer: resource })).toMatchObject({
      functions: [{ reference: { kind: "resource", value: "SamPkgLayer", reused: false } }],
    });
    expect(as({})).toMatchObject({ functions: [{ layer: checked.name, reference: null }] });
  });
});

describe("whyReport", () => {
  it.each([
    "libmysql.so.21",
    "lib/libmysql.so.21",
    "./lib/libmysql.so.21",
    "/opt/lib/libmysql.so.21",
    "/usr/lib64/libmysql.so.21.2",
    "/lib64/libmysql.so.21.2",
    "/lib64/libmysql.so.21",
    "libmysql.so.21.2",
  ])("finds a file by %s", (file) => {
    expect(printed(whyReport(file, inspection))).toEqual({
      version: 1,
      command: "why",
      template: "template.yaml",
      file,
      certain: false,
      matches: [
        {
          layer: checked.name,
          functions: ["F"],
          path: "lib/libmysql.so.21",
          chains: [
            [
              { kind: "request", packages: ["mysql-libs"] },
              { kind: "provider", package: "mariadb-libs", version: "5.5" },
              { kind: "file", path: "lib/libmysql.so.21" },
            ],
          ],
          more: 0,
          complete: true,
        },
      ],
    });
  });

  it("tells a needed file and an included one", () => {
    expect(printed(whyReport("libssl.so.3", inspection))).toMatchObject({ matches: [{ more: 0 }] });
    expect(printed(whyReport("tool", inspection))).toMatchObject({
      matches: [{ chains: [[{ kind: "include" }, { kind: "file" }]] }],
    });
  });

  it.each(["libc.so.6", "/lib64/libc.so.6"])("says that every runtime has %s", (file) => {
    expect(printed(whyReport(file, inspection))).toMatchObject({ certain: true, matches: [] });
  });

  it.each([
    ["libsl.so.3", "no layer has libsl.so.3", "did you mean libssl.so.3?"],
    ["lib/libsl.so.3", "no layer has lib/libsl.so.3", "did you mean libssl.so.3?"],
    ["/x/libsl.so.3", "no layer has /x/libsl.so.3", "did you mean libssl.so.3?"],
    ["nothing-like-it", "no layer has nothing-like-it", "`sam-pkg plan` lists the files of the layers"],
    ["came", "no layer has came", "`sam-pkg plan` lists the files of the layers"],
    [
      "data",
      "no layer has data, but package came brings it",
      "to ship it, add to the function's Packages: `Include: [/usr/share/came/data]`",
    ],
    ["no.so", "no layer has no.so, but package came brings it", "it is left out by Exclude"],
    [
      "libold.so.1",
      "no layer has libold.so.1: it is left to the runtime image",
      "take it out of Exclude, so that the layer brings it",
    ],
  ])("%s is in no layer: what is wrong and what to do", (file, message, hint) => {
    expect(() => whyReport(file, inspection)).toThrow(InputError);
    try {
      whyReport(file, inspection);
    } catch (error) {
      expect((error as InputError).diagnostics).toEqual([
        { severity: "error", file: "template.yaml", message, hint },
      ]);
    }
  });

  it("says when there is no layer at all", () => {
    expect(() => whyReport("x", { ...inspection, layers: [] })).toThrow("no layer has x: there is no layer");
  });
});
