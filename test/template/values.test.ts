import { describe, expect, it } from "vitest";
import { formatDiagnostic } from "../../src/report/diagnostic.ts";
import { problems, read, reading, template } from "./reading.ts";

const PARAMETERS = `Parameters:
  R: {Type: String, Default: python3.12}
  A: {Type: String, Default: arm64}
  Lib: {Type: String, Default: libpq}
  Kind: {Type: String, Default: Zip}
`;

const warnings = (text: string): string[] => reading(text).warnings.map(formatDiagnostic);

describe("values by parameter", () => {
  const text =
    PARAMETERS +
    template("{PackageType: !Ref Kind, Runtime: !Ref R, Architectures: [!Ref A]}", "{Runtime: [!Ref Lib]}");

  it("are the defaults, unless others are given", () => {
    expect(read(text)).toMatchObject([
      { runtime: { id: "python3.12" }, architecture: "arm64", runtimePackages: ["libpq"] },
    ]);
    expect(read(text, { R: "java21", A: "x86_64", Lib: "zlib" })).toMatchObject([
      { runtime: { id: "java21" }, architecture: "x86_64", runtimePackages: ["zlib"] },
    ]);
  });

  it("that are given and wrong are told at the place of their use", () => {
    expect(problems(text.replace("Default: python3.12", "Default: python3.13x"))).toStrictEqual([
      't.yaml:9:42: error: unknown runtime "python3.13x"\n  hint: did you mean python3.13, python3.10 or python3.11?',
    ]);
  });
});

const loop = (
  collection: string,
  body: string,
): string => `Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters: {Names: {Type: CommaDelimitedList, Default: "A,B-1"}}
Mappings: {Of: {x: {is: [C, D]}}}
Resources:
  Fn::ForEach::Outer:
  - Name
  - ${collection}
  - ${body}
`;
const FUNCTION =
  "{Type: AWS::Serverless::Function, Metadata: {Packages: {Runtime: [zlib]}}, Properties: {Runtime: java21}}";

describe("Fn::ForEach", () => {
  it.each([
    ["[A, B]", "{'${Name}F': BODY}", ["AF", "BF"]],
    ["!Ref Names", "{'F&{Name}': BODY}", ["FA", "FB1"]],
    ["!FindInMap [Of, x, is]", "{'${Name}F': BODY}", ["CF", "DF"]],
    ["[A, B]", "{'Fn::ForEach::In': [N, [X, Y], {'${Name}${N}': BODY}]}", ["AX", "AY", "BX", "BY"]],
    ["[A]", "{'Fn::ForEach::In': [N, ['${Name}1', !Ref Name], {'F${N}': BODY}]}", ["FA1", "FA"]],
    ["[]", "{'${Name}F': BODY}", undefined],
  ])("%s, %s", (collection, body, ids) => {
    const requests = read(loop(collection, body.replace("BODY", FUNCTION)));
    expect(requests.map(({ logicalIds }) => logicalIds)).toStrictEqual(ids ? [ids] : []);
    for (const { path, key } of requests) {
      expect(path.slice(0, 3)).toStrictEqual(["Resources", "Fn::ForEach::Outer", 2]);
      expect(key).toBe(path.join("/"));
    }
  });

  it("is told to need its transform, before SAM's", () => {
    const text = loop("[A]", `{'\${Name}F': ${FUNCTION}}`);
    expect(warnings(text)).toStrictEqual([]);
    const wrong = text.replace(/\[AWS::L.*/, "AWS::Serverless-2016-10-31");
    expect(warnings(wrong)).toStrictEqual([
      "t.yaml:1:1: warning: Fn::ForEach needs the transform AWS::LanguageExtensions, before SAM's own\n  hint: write `Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]`",
    ]);
  });

  it("over unknown names does not matter where no function asks for packages", () => {
    expect(read(loop("!Ref Unknown", "{'${Name}T': {Type: AWS::SQS::Queue}}"))).toStrictEqual([]);
  });
});

describe("warnings", () => {
  const HINT = "add `AutoPublishAliasAllProperties: true` beside it";

  it.each([
    ["AutoPublishAlias: live", 1],
    ["AutoPublishAlias: !Ref R", 1],
    ["AutoPublishAlias: live, AutoPublishAliasAllProperties: true", 0],
    ["AutoPublishAlias: !Ref AWS::NoValue", 0],
  ])("%s: %d", (properties, count) => {
    const text = PARAMETERS + template(`{Runtime: java21, ${properties}}`, "{Runtime: [zlib]}");
    expect(warnings(text)).toStrictEqual(
      Array.from(
        { length: count },
        () =>
          `t.yaml:9:35: warning: AutoPublishAlias of F publishes no new version when only the layer changes\n  hint: ${HINT}`,
      ),
    );
  });

  it("an alias of Globals is told where it stands; without a layer it does not matter", () => {
    const globals = "Globals: {Function: {AutoPublishAlias: live}}\n";
    expect(warnings(globals + template("{Runtime: java21}", "{Runtime: [zlib]}"))[0]).toMatch(
      /^t\.yaml:1:22: /,
    );
    expect(warnings(globals + template("{Runtime: java21}", "{Build: [gcc]}"))).toStrictEqual([]);
  });

  it("an image function is built by its Dockerfile alone", () => {
    expect(warnings(template("{PackageType: Image}", "{Build: [gcc]}"))).toStrictEqual([
      "t.yaml:6:18: warning: F is a container image, which its own Dockerfile builds: Build does nothing here\n  hint: install the packages in the Dockerfile",
    ]);
  });
});
