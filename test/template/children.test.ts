import { describe, expect, it } from "vitest";
import { builtResources } from "../../src/template/built.ts";
import { childrenOf, UNKNOWN } from "../../src/template/children.ts";
import { parseTemplate } from "../../src/template/parse.ts";

const children = (text: string): unknown => childrenOf(parseTemplate(text));

describe("childrenOf", () => {
  it("takes what is no template", () => {
    for (const value of [
      undefined,
      null,
      [],
      "x",
      {},
      { Resources: [] },
      { Resources: { A: null, B: "x" } },
    ]) {
      expect(childrenOf(value)).toStrictEqual([]);
      expect(builtResources(value)).toStrictEqual([]);
    }
  });

  it("gives each place and what is passed", () => {
    expect(
      children(`Resources:
  A:
    Type: AWS::Serverless::Application
    Properties: {Location: a.yaml, Parameters: {R: python3.12, N: 3, B: yes, L: [a], X: !Ref Y, Z: ~}}
  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: s.yaml, Location: no.yaml}}
  W: {Type: AWS::CloudFormation::Stack, Properties: {Location: no.yaml}}
  O: {Type: AWS::S3::Bucket, Properties: {Location: no.yaml}}
`),
    ).toStrictEqual([
      {
        logicalId: "A",
        path: ["Resources", "A", "Properties", "Location"],
        location: "a.yaml",
        parameters: { R: "python3.12", N: 3, B: true, L: UNKNOWN, X: UNKNOWN, Z: UNKNOWN },
      },
      {
        logicalId: "S",
        path: ["Resources", "S", "Properties", "TemplateURL"],
        location: "s.yaml",
        parameters: {},
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
        parameters: { P: UNKNOWN, Q: "q" },
      },
    ]);
  });
});
