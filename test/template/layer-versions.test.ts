import { describe, expect, it } from "vitest";
import { formatDiagnostic } from "../../src/report/diagnostic.ts";
import { read, reading } from "./reading.ts";

const LAYER = `  L:
    Type: AWS::Serverless::LayerVersion
    Metadata:
      BuildMethod: python3.12
      Packages: {Build: [xmlsec1-devel], Runtime: [xmlsec1], Include: [/usr/bin/xmlsec1], RuntimeImage: r}
    Properties: {ContentUri: l}
`;
const fn = (properties: string, more = ""): string =>
  `  F:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: python3.12, ${properties}}\n${more}`;
const template = (...parts: readonly string[]): string => `Resources:\n${parts.join("")}`;
const packagesOf = (text: string): Record<string, unknown> =>
  Object.fromEntries(
    read(text).map(({ logicalIds, resource, build, runtimePackages }) => [
      logicalIds.join(),
      { resource, build, runtimePackages },
    ]),
  );

describe("a layer's Packages", () => {
  it("are built with the layer; a function that lists it gets the Runtime part", () => {
    expect(packagesOf(template(LAYER, fn("Layers: [!Ref L]")))).toStrictEqual({
      L: { resource: "layer", build: ["xmlsec1-devel"], runtimePackages: [] },
      F: { resource: "function", build: [], runtimePackages: ["xmlsec1"] },
    });
    const [layer, request] = read(template(LAYER, fn("Layers: [!Ref L]")));
    expect(request).toMatchObject({
      builds: false,
      include: ["/usr/bin/xmlsec1"],
      layerPlaces: [{ op: "append" }],
    });
    // the image that stands for a function is the function's own matter
    expect(request?.runtimeImage).toBeUndefined();
    expect(layer).toMatchObject({ builds: true, layerPlaces: [], variables: {} });
  });

  it.each([
    [
      "joined with its own",
      "Layers: [!Ref L]",
      "    Metadata: {Packages: {Runtime: [libpq]}}\n",
      ["libpq", "xmlsec1"],
    ],
    ["by a branch", "Layers: [!If [C, !Ref L, !Ref 'AWS::NoValue']]", "", ["xmlsec1"]],
    ["by Fn::Sub", 'Layers: [!Sub "${L}"]', "", ["xmlsec1"]],
    ["by its ARN", "Layers: [!GetAtt L.LayerVersionArn]", "", ["xmlsec1"]],
  ])("%s", (_, layers, more, expected) => {
    const text = `Conditions: {C: !Equals [a, a]}\n${template(LAYER, fn(layers, more))}`;
    expect(packagesOf(text)["F"]).toMatchObject({ runtimePackages: expected });
  });

  it("come by Globals, too, unless the function ignores them", () => {
    const globals = "Globals: {Function: {Layers: [!Ref L]}}\n";
    const ignoring = "    IgnoreGlobals: [Layers]\n";
    expect(packagesOf(globals + template(LAYER, fn("Timeout: 3")))).toHaveProperty("F");
    expect(packagesOf(globals + template(LAYER, fn("Timeout: 3", ignoring)))).not.toHaveProperty("F");
  });

  it.each([
    ["a function that lists another layer", fn("Layers: [!Ref M]")],
    ["a function with no layers", fn("Timeout: 3")],
  ])("are nothing to %s", (_, other) => {
    expect(Object.keys(packagesOf(template(LAYER, other)))).toStrictEqual(["L"]);
  });

  it.each([
    ["BuildMethod: makefile", "CompatibleRuntimes: [nodejs22.x]", "nodejs22.x", "x86_64"],
    ["BuildMethod: ruby3.3, BuildArchitecture: arm64", "ContentUri: l", "ruby3.3", "arm64"],
    ["BuildMethod: python-uv", "CompatibleRuntimes: [python3.13, python3.12]", "python3.13", "x86_64"],
  ])("%s, %s: built as %s for %s", (metadata, properties, runtime, architecture) => {
    const text = `  L:\n    Type: AWS::Serverless::LayerVersion\n    Metadata: {${metadata}, Packages: {Build: [gcc]}}\n    Properties: {${properties}}\n`;
    const [request] = read(template(text));
    expect([request?.runtime.id, request?.architecture]).toStrictEqual([runtime, architecture]);
  });

  it("leave what their Dockerfile leaves to the function, and the Dockerfile itself to the layer", () => {
    const text = LAYER.replace(
      "Packages: {",
      "Packages: {Dockerfile: d/Dockerfile, DockerBuildArgs: {A: 1}, ",
    );
    const [layer, request] = read(template(text, fn("Layers: [!Ref L, !Ref L]")));
    const dockerfile = { file: "d/Dockerfile", context: "d", args: { A: "1" } };
    expect(layer).toMatchObject({ dockerfile, shipped: [] });
    expect(request).toMatchObject({ builds: false, shipped: [dockerfile] });
    expect(request?.shipped).toHaveLength(1);
    expect(request?.dockerfile).toBeUndefined();
  });

  it("take the template's Build packages and images when they ask for some themselves", () => {
    const shared = "Metadata: {Packages: {Build: [gcc], BuildImage: b, Runtime: [libpq]}}\n";
    const [layer] = read(shared + template(LAYER));
    expect(layer).toMatchObject({ build: ["gcc", "xmlsec1-devel"], buildImage: "b", runtimePackages: [] });
    const plain = "  L:\n    Type: AWS::Serverless::LayerVersion\n    Metadata: {BuildMethod: python3.12}\n";
    expect(read(shared + template(plain))).toStrictEqual([]);
  });
});

const notes = (text: string): string[] => reading(text).warnings.map(formatDiagnostic);

describe("who does not get a layer's libraries is told of", () => {
  const outside = [
    "t.yaml:6:7: note: L is used outside of this template: functions there get it without the libraries of its packages\n  hint: name the packages in their template, too",
  ];

  it.each([
    ["listed", template(LAYER, fn("Layers: [!Ref L]")), []],
    [
      "listed by nobody",
      template(LAYER),
      [
        "t.yaml:6:7: note: no function of this template lists L: nobody gets the libraries of its packages\n  hint: list it: `Layers: [!Ref L]`",
      ],
    ],
    ["exported", `${template(LAYER, fn("Layers: [!Ref L]"))}Outputs: {O: {Value: !Ref L}}\n`, outside],
    [
      "handed to a nested stack",
      template(
        LAYER,
        "  S:\n    Type: AWS::Serverless::Application\n    Properties: {Location: s3://b/k, Parameters: {P: !Ref L}}\n",
      ),
      outside,
    ],
    [
      "exported, with nothing but Build",
      `${template(LAYER.replace("Runtime: [xmlsec1], Include: [/usr/bin/xmlsec1], ", ""))}Outputs: {O: {Value: !Ref L}}\n`,
      [],
    ],
  ])("%s", (_, text, expected) => {
    expect(notes(text)).toStrictEqual(expected);
  });
});
