import { describe, expect, it } from "vitest";
import { editsFor, variablesFor } from "../../src/pipeline/edits.ts";
import type { Event } from "../../src/report/events.ts";
import { proveEdits } from "../../src/template/edit.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import type { Variables } from "../../src/template/variables.ts";
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
const buildImage = { tag, stableTags: ["samcli/lambda-sampkg-s-f:latest"] };
const LAYERS = ["Resources", "F", "Properties", "Layers"];
const MADE = ["Resources", "F", "Metadata", "SamPkg"];

describe("editsFor", () => {
  it("sets Layers where there are none, and names image and layer in Metadata", () => {
    expect(editsFor([{ request: request("F"), buildImage, layer: version }])).toStrictEqual([
      { op: "set", path: LAYERS, value: [ARN] },
      { op: "set", path: MADE, value: { BuildImage: tag, Layer: ARN } },
    ]);
  });

  it("appends to Layers that are a list, ", () => {
    const layerPlaces = [{ op: "append", path: LAYERS }] as const;
    const [append] = editsFor([{ request: request("F", { layerPlaces }), layer: version }]);
    expect(append).toStrictEqual({ op: "append", path: LAYERS, value: ARN });
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
    expect(editsFor([{ request: request("F"), buildImage }])).toStrictEqual([
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
    const layerPlaces = [{ op: "append", path: LAYERS }] as const;
    const edits = editsFor([{ request: request("F", { layerPlaces }), layer: version }]);
    const rewritten = proveEdits(text, edits);
    expect(rewritten).toContain(`      Layers: [!Ref Mine, "${ARN}"]\n`);
    expect(rewritten).toContain("      Runtime: python3.12 # stays\n");
    expect(rewritten).toContain(`      SamPkg:\n        Layer: ${ARN}\n`);
  });
});

describe("variables", () => {
  const wanted = { MAGIC: "/opt/usr/share/misc/magic.mgc", SASL_PATH: "/opt/lib/sasl2" };

  /** What is added to a function that has these variables, and what is said of it. */
  function added(variables: Variables | undefined, names = wanted): [object, Event[]] {
    const events: Event[] = [];
    const result = variablesFor(request("F", { variables }), names, (event) => events.push(event));
    return [result, events];
  }

  it("are added, but those that the user set are left alone and told", () => {
    expect(added({})).toStrictEqual([wanted, []]);
    expect(added({ OTHER: 1, MAGIC: "mine" })).toStrictEqual([
      { SASL_PATH: "/opt/lib/sasl2" },
      [
        {
          kind: "note",
          message: "F sets MAGIC itself: left alone (the layer's place is /opt/usr/share/misc/magic.mgc)",
        },
      ],
    ]);
  });

  it("that cannot be known are not touched; what is missing is told", () => {
    expect(added(undefined)).toStrictEqual([
      {},
      [
        {
          kind: "warning",
          message: "the variables of F are no plain mapping: nothing was added",
          hint: "add what the layer needs: MAGIC: /opt/usr/share/misc/magic.mgc, SASL_PATH: /opt/lib/sasl2",
        },
      ],
    ]);
    expect(
      variablesFor(request("F", { variables: undefined }), {}, () => expect.unreachable()),
    ).toStrictEqual({});
  });

  it.each([
    ["no Environment", ""],
    ["an empty Environment", "      Environment:\n"],
    ["empty Variables", "      Environment:\n        Variables:\n"],
    ["other variables", "      Environment:\n        Variables:\n          OTHER: 1 # stays\n"],
    ["variables in flow style", "      Environment: {Variables: {OTHER: x}}\n"],
    ["only a comment", "      Environment:\n        # none yet\n        Variables: {}\n"],
  ])("are written into a function with %s", (_, environment) => {
    const text = `Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: java21\n${environment}`;
    const edits = editsFor([{ request: request("F"), layer: version, environment: wanted }]);
    const rewritten = proveEdits(text, edits);
    const template = parseTemplate(rewritten) as {
      Resources: { F: { Properties: { Environment: { Variables: Record<string, unknown> } } } };
    };
    expect(template.Resources.F.Properties.Environment.Variables).toMatchObject(wanted);
    for (const kept of ["OTHER", "# stays", "# none yet"]) {
      expect(rewritten.includes(kept)).toBe(environment.includes(kept));
    }
  });
});
