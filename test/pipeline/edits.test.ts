import { describe, expect, it } from "vitest";
import { editsFor } from "../../src/pipeline/edits.ts";
import { proveEdits } from "../../src/template/edit.ts";
import { request } from "./requests.ts";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:layer:sam-pkg-x:3";
const version = { kind: "version", arn: ARN, reused: false } as const;
const resource = {
  kind: "resource",
  logicalId: "SamPkgLayer1",
  resource: { Type: "AWS::Serverless::LayerVersion", Properties: { ContentUri: ".sam-pkg/x.zip" } },
  reused: false,
} as const;
const tag = "samcli/lambda-sampkg-0:latest";
const buildImage = { tag, stableTag: "samcli/lambda-sampkg-s-f:latest" };
const LAYERS = ["Resources", "F", "Properties", "Layers"];
const MADE = ["Resources", "F", "Metadata", "SamPkg"];

describe("editsFor", () => {
  it("sets Layers where there are none, and names image and layer in Metadata", () => {
    expect(editsFor([{ request: request("F"), buildImage, layer: version }])).toStrictEqual([
      { op: "set", path: LAYERS, value: [ARN] },
      { op: "set", path: MADE, value: { BuildImage: tag, Layer: ARN } },
    ]);
  });

  it("appends to Layers that are a list, and replaces an empty key", () => {
    const [append] = editsFor([{ request: request("F", { layers: [{ Ref: "Mine" }] }), layer: version }]);
    expect(append).toStrictEqual({ op: "append", path: LAYERS, value: ARN });
    const [set] = editsFor([{ request: request("F", { layers: null }), layer: version }]);
    expect(set).toStrictEqual({ op: "set", path: LAYERS, value: [ARN] });
  });

  it("adds a layer's resource once, however many functions use it", () => {
    const results = ["F", "G"].map((id) => ({ request: request(id), layer: resource }));
    const edits = editsFor(results);
    expect(edits.filter(({ path }) => path[1] === "SamPkgLayer1")).toStrictEqual([
      { op: "set", path: ["Resources", "SamPkgLayer1"], value: resource.resource },
    ]);
    expect(edits[0]).toStrictEqual({ op: "set", path: LAYERS, value: [{ Ref: "SamPkgLayer1" }] });
    expect(edits[1]).toStrictEqual({ op: "set", path: MADE, value: { Layer: "SamPkgLayer1" } });
  });

  it("does not touch Layers for a build image alone", () => {
    expect(editsFor([{ request: request("F", { layers: {} }), buildImage }])).toStrictEqual([
      { op: "set", path: MADE, value: { BuildImage: tag } },
    ]);
  });

  it("makes empty keys empty lists: CloudFormation takes no null", () => {
    const empty = ["Resources", "F", "Metadata", "Packages", "Build"];
    expect(editsFor([{ request: request("F", { emptyLists: [empty] }) }])).toStrictEqual([
      { op: "set", path: empty, value: [] },
    ]);
  });

  it("has nothing to write for nothing made", () => {
    expect(editsFor([{ request: request("F") }])).toStrictEqual([]);
    expect(editsFor([])).toStrictEqual([]);
  });

  it("can be written into a template", () => {
    const text = `Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12 # stays
      Layers: [!Ref Mine]
    Metadata:
      Packages: {Runtime: [libpq]}
`;
    const edits = editsFor([{ request: request("F", { layers: [{ Ref: "Mine" }] }), layer: version }]);
    const rewritten = proveEdits(text, edits);
    expect(rewritten).toContain(`      Layers: [!Ref Mine, "${ARN}"]\n`);
    expect(rewritten).toContain("      Runtime: python3.12 # stays\n");
    expect(rewritten).toContain(`      SamPkg:\n        Layer: ${ARN}\n`);
  });
});
