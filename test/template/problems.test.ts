import { describe, expect, it } from "vitest";
import { problems, template } from "./reading.ts";

const PLAIN = "write the runtime itself, such as python3.12, or a parameter that holds it";
const ONE = "write `Architectures: [x86_64]` or `Architectures: [arm64]`";
const LIST = "write Layers as a list, so that sam-pkg can add one: `Layers: [!Ref L]`";
const WORKS =
  "Packages works on AWS::Serverless::Function, AWS::Lambda::Function, AWS::Serverless::LayerVersion, AWS::Lambda::LayerVersion, and in the template's own Metadata";

describe("problems", () => {
  it("unknown key, at the key", () => {
    expect(problems(template("{Runtime: java21}", "{Biuld: [gcc]}"))).toStrictEqual([
      't.yaml:6:18: error: unknown key "Biuld" in Packages\n  hint: did you mean Build?',
    ]);
  });

  it.each<[string, string]>([
    ["{Runtime: nodejs22}", '4:18: error: unknown runtime "nodejs22"\n  hint: did you mean nodejs22.x?'],
    [
      "{Runtime: cobol}",
      '4:18: error: unknown runtime "cobol"\n  hint: Lambda\'s runtimes are listed in its developer guide',
    ],
    [
      "{Runtime: !Ref R}",
      "4:18: error: the Runtime of F cannot be known: there is no parameter R\n  hint: declare it in Parameters, or write the value itself",
    ],
    ["{Runtime: 3.12}", `4:18: error: the Runtime of F is not a plain string\n  hint: ${PLAIN}`],
    [
      "{Runtime: java21, Layers: !Ref L}",
      `4:35: error: the Layers of F are one reference, no list\n  hint: ${LIST}`,
    ],
    [
      "{PackageType: Image}",
      "6:18: error: F is a container image\n  hint: an image function cannot have layers: install the packages in its Dockerfile",
    ],
  ])("%s", (properties, text) => {
    expect(problems(template(properties, "{Runtime: [zlib]}"))).toStrictEqual([`t.yaml:${text}`]);
  });

  it.each(["arm64", "[arm64, x86_64]", "[amd64]", "[]", ""])("Architectures: %s", (written) => {
    const text = template(`{Runtime: java21, Architectures: ${written}}`, "{Runtime: [zlib]}");
    expect(problems(text)).toStrictEqual([
      `t.yaml:4:35: error: the Architectures of F must be a list of one architecture\n  hint: ${ONE}`,
    ]);
  });

  it("Packages on a table", () => {
    expect(problems(template("{}", "{Build: [gcc]}", "AWS::DynamoDB::Table"))).toStrictEqual([
      `t.yaml:6:7: error: Packages does nothing on AWS::DynamoDB::Table\n  hint: ${WORKS}`,
    ]);
  });

  it("refuses an architecture that the runtime does not have", () => {
    expect(problems(template("{Runtime: go1.x, Architectures: [arm64]}", "{Build: [gcc]}"))).toStrictEqual([
      "t.yaml:4:34: error: runtime go1.x does not exist for arm64\n  hint: take a newer runtime, or `Architectures: [x86_64]`",
    ]);
  });

  it("does not mind Layers that are no list where no layer is added", () => {
    expect(problems(template("{Runtime: java21, Layers: !Ref L}", "{Build: [gcc]}"))).toStrictEqual([]);
  });

  it("come all at once, in the order of the text", () => {
    const text = `Resources:
  Api:
    Metadata:
      Packages:
        Runtime: zlib
        Build:
          - gcc-
          - -y
    Type: AWS::Serverless::Function
    Properties:
      Runtime: java21
  Queue:
    Type: AWS::SQS::Queue
    Metadata: {Packages: {}}
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Architectures: []
      Runtime: rubby3.3
    Metadata:
      Packages:
        Runtime: ["a;b"]
  Cron:
    Type: AWS::Lambda::Function
    Properties:
      Architectures: []
      Runtime: rubby3.3
    Metadata: {Packages: {Build: [gcc]}}
`;
    expect(problems(text).map((problem) => problem.split("\n")[0])).toStrictEqual([
      't.yaml:5:9: error: Runtime must be a list of package names, but is the string "zlib"',
      't.yaml:7:13: error: package name "gcc-" ends with "-": apt would remove the package',
      't.yaml:8:13: error: package name "-y" starts with "-": a package manager would take it for an option',
      "t.yaml:14:16: error: Packages does nothing on AWS::SQS::Queue",
      "t.yaml:18:7: error: the Architectures of Worker must be a list of one architecture",
      't.yaml:19:7: error: unknown runtime "rubby3.3"',
      't.yaml:22:19: error: package name "a;b" holds ";", which no package name may hold',
      "t.yaml:26:7: error: the Architectures of Cron must be a list of one architecture",
      't.yaml:27:7: error: unknown runtime "rubby3.3"',
    ]);
  });

  it("of a function's other properties are told together with those of its Packages", () => {
    const text = template("{Runtime: cobol}", "{Build: [a;b]}");
    expect(problems(text).map((problem) => problem.split(": ")[0])).toStrictEqual([
      "t.yaml:4:18",
      "t.yaml:6:26",
    ]);
  });
});
