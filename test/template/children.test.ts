import { describe, expect, it } from "vitest";
import { builtResources } from "../../src/template/built.ts";
import { childrenOf } from "../../src/template/children.ts";
import { mapping } from "../../src/template/mapping.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import { Resolver } from "../../src/template/resolve.ts";

const none = new Resolver({}, { overrides: {} });

function children(text: string): unknown {
  const value = parseTemplate(text);
  return childrenOf(value, new Resolver(mapping(value), { overrides: { P: "p" } }));
}

describe("childrenOf", () => {
  it("takes what is no template", () => {
    for (const value of [null, [], "x", {}, { Resources: [] }, { Resources: { A: null, B: "x" } }]) {
      expect(childrenOf(value, none)).toStrictEqual([]);
      expect(builtResources(value)).toStrictEqual([]);
    }
  });

  it("gives each place and what is passed", () => {
    expect(
      children(`Parameters: {P: {Type: String}}
Resources:
  A:
    Type: AWS::Serverless::Application
    Properties:
      Location: a.yaml
      Parameters: {R: python3.12, N: 3, B: yes, L: [a, 1], X: !Ref Y, Z: ~, P: !Ref P, S: !Sub "\${P}-x", G: !GetAtt A.B}
  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: s.yaml, Location: no.yaml}}
  W: {Type: AWS::CloudFormation::Stack, Properties: {Location: no.yaml}}
  O: {Type: AWS::S3::Bucket, Properties: {Location: no.yaml}}
`),
    ).toStrictEqual([
      {
        logicalId: "A",
        path: ["Resources", "A", "Properties", "Location"],
        location: "a.yaml",
        parameters: {
          overrides: { R: "python3.12", N: "3", B: "true", L: "a,1", P: "p", S: "p-x" },
          unknown: ["X", "Z", "G"],
        },
      },
      {
        logicalId: "S",
        path: ["Resources", "S", "Properties", "TemplateURL"],
        location: "s.yaml",
        parameters: { overrides: {}, unknown: [] },
      },
    ]);
  });

  it("finds those of a loop, but none whose template the loop names", () => {
    expect(
      children(`Resources:
  Fn::ForEach::Names:
    - N
    - [X, Y]
    - A\${N}:
        Type: AWS::Serverless::Application
        Properties: {Location: a.yaml, Parameters: {P: "\${N}", Q: q}}
      B\${N}:
        Type: AWS::Serverless::Application
        Properties: {Location: "\${N}/b.yaml"}
`),
    ).toStrictEqual([
      {
        logicalId: "A${N}",
        path: ["Resources", "Fn::ForEach::Names", 2, "A${N}", "Properties", "Location"],
        location: "a.yaml",
        parameters: { overrides: { Q: "q" }, unknown: ["P"] },
      },
    ]);
  });
});

describe("builtResources", () => {
  it("are what sam build builds: no archives, no text in the template, nothing that says SkipBuild", () => {
    const value = parseTemplate(`Globals: {Function: {Runtime: python3.12, Architectures: [arm64]}}
Resources:
  A: {Type: AWS::Serverless::Function, Properties: {CodeUri: a}}
  B: {Type: AWS::Lambda::Function, Properties: {Code: b, Runtime: !Ref R}}
  L: {Type: AWS::Serverless::LayerVersion, Metadata: {BuildMethod: makefile}, Properties: {ContentUri: l}}
  Zip: {Type: AWS::Serverless::Function, Properties: {CodeUri: a.zip}}
  Text: {Type: AWS::Serverless::Function, Properties: {InlineCode: pass}}
  Skip: {Type: AWS::Serverless::Function, Metadata: {SkipBuild: true}, Properties: {CodeUri: a}}
  Image: {Type: AWS::Serverless::Function, Properties: {PackageType: Image}}
  Bare: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: l}}
  Made: {Type: AWS::Lambda::LayerVersion, Metadata: {BuildMethod: python3.12, SkipBuild: true}, Properties: {Content: l}}
`);
    expect(builtResources(value)).toMatchObject([
      { logicalId: "A", runtime: "python3.12", architecture: "arm64" },
      { logicalId: "B", runtime: undefined, architecture: "x86_64" },
      { logicalId: "L" },
    ]);
    expect(builtResources(value)).toHaveLength(3);
  });
});
