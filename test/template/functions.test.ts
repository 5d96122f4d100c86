import { describe, expect, it } from "vitest";
import { problems, read, template } from "./reading.ts";

describe("requests", () => {
  it("hold everything that the later stages need", () => {
    expect(
      read(
        template(
          "{Runtime: python3.11, Architectures: [arm64], Layers: [!Ref Mine]}",
          "{Build: [zlib-devel, gcc], Runtime: [zlib], BuildImage: b, RuntimeImage: r}",
        ),
      ),
    ).toStrictEqual([
      {
        key: "Resources/F",
        path: ["Resources", "F"],
        logicalIds: ["F"],
        runtime: { id: "python3.11", os: "al2", status: "live", runtimeImage: "python:3.11" },
        architecture: "arm64",
        resource: "function",
        builds: true,
        shipped: [],
        repositories: [],
        extras: [],
        build: ["gcc", "zlib-devel"],
        runtimePackages: ["zlib"],
        include: [],
        exclude: [],
        variables: {},
        buildImage: "b",
        runtimeImage: "r",
        layerPlaces: [{ op: "append", path: ["Resources", "F", "Properties", "Layers"] }],
        layerPreparations: [],
        emptyLists: [],
      },
    ]);
  });

  it("keep the place of empty keys, which CloudFormation would refuse", () => {
    const [request] = read(template("{Runtime: python3.11}", "{Build: , Runtime: [zlib]}"));
    expect(request?.build).toStrictEqual([]);
    expect(request?.emptyLists).toStrictEqual([["Resources", "F", "Metadata", "Packages", "Build"]]);
  });

  it.each([
    ["no Packages", "Resources: {F: {Type: AWS::Serverless::Function, Metadata: {Other: 1}}}"],
    ["empty Packages", template("{}", "")],
    ["empty lists", template("{}", "{Build: [], Runtime: []}")],
    ["an image function without Runtime packages", template("{PackageType: Image}", "{Build: [gcc]}")],
    ["resources of other owners", template("{}", "{Anything: goes}", "Custom::Thing")],
    ["what is no resource", "Resources:\n  Fn::ForEach::X: [a, [b], {}]\n  G: text\n"],
  ])("are none for %s", (_, text) => {
    expect(read(text)).toStrictEqual([]);
  });
});

const GLOBALS = `Globals:
  Function:
    Runtime: python3.12
    Architectures: [arm64]
Metadata:
  Packages:
    Build: [gcc]
    Runtime: [zlib, libpq=17]
    RuntimeImage: shared
Resources:
  Serverless:
    Type: AWS::Serverless::Function
    Metadata:
      Packages: {Runtime: [libpq = 17, ImageMagick], RuntimeImage: own}
  Plain:
    Type: AWS::Lambda::Function
    Properties: {Runtime: java21}
  Table: {Type: AWS::DynamoDB::Table}
`;

describe("what functions share", () => {
  it("the template's Packages join the function's; Globals hold for Serverless functions only", () => {
    expect(read(GLOBALS)).toMatchObject([
      {
        logicalIds: ["Serverless"],
        runtime: { id: "python3.12" },
        architecture: "arm64",
        resource: "function",
        builds: true,
        shipped: [],
        repositories: [],
        extras: [],
        build: ["gcc"],
        runtimePackages: ["ImageMagick", "libpq = 17", "zlib"],
        runtimeImage: "own",
      },
      {
        logicalIds: ["Plain"],
        runtime: { id: "java21" },
        architecture: "x86_64",
        build: ["gcc"],
        runtimePackages: ["libpq = 17", "zlib"],
        runtimeImage: "shared",
      },
    ]);
  });

  it("the function's own Runtime goes before Globals', which AWS::Lambda::Function does not have", () => {
    const text = `Globals: {Function: {Runtime: python3.12}}\n${template("{Runtime: ruby3.3}", "{Build: [gcc]}")}`;
    expect(read(text)[0]?.runtime.id).toBe("ruby3.3");
    const plain = `Globals: {Function: {Runtime: python3.12}}\n${template("{}", "{Build: [gcc]}", "AWS::Lambda::Function")}`;
    expect(problems(plain)).toStrictEqual([
      "t.yaml:5:5: error: F has packages but no Runtime\n  hint: add `Runtime:` to its Properties: the packages depend on the runtime's system",
    ]);
  });

  it("a problem in Globals stands where it is written", () => {
    const text = `Globals:\n  Function:\n    Runtime: pyhton3.12\n${template("{}", "{Build: [gcc]}")}`;
    expect(problems(text)).toStrictEqual([
      't.yaml:3:5: error: unknown runtime "pyhton3.12"\n  hint: did you mean python3.12, python3.10 or python3.11?',
    ]);
  });

  it("a problem in the template's Packages is told once", () => {
    const text = "Metadata:\n  Packages:\n    Build: [a;b]\n".concat(
      GLOBALS.slice(GLOBALS.indexOf("Resources:")),
    );
    expect(problems(text).filter((problem) => problem.includes("a;b"))).toStrictEqual([
      't.yaml:3:13: error: package name "a;b" holds ";", which no package name may hold\n  hint: write `name` or `name = version`: letters, digits and . _ + - : ~ only',
    ]);
  });
});

describe("Include and Exclude", () => {
  it("join the template's, sorted, each once; an empty key is kept", () => {
    const text = `Metadata:\n  Packages: {Include: [/usr/bin/b, /etc/x/**], Exclude: [/usr/lib64/x.so]}\n${template(
      "{Runtime: java21}",
      "{Runtime: [zlib], Include: [/usr/bin/b, /usr/bin/a], Exclude: }",
    )}`;
    expect(read(text)).toMatchObject([
      {
        include: ["/etc/x/**", "/usr/bin/a", "/usr/bin/b"],
        exclude: ["/usr/lib64/x.so"],
        emptyLists: [["Resources", "F", "Metadata", "Packages", "Exclude"]],
      },
    ]);
  });

  it("that are wrong stand where they are written", () => {
    expect(problems(template("{Runtime: java21}", "{Runtime: [zlib], Include: [usr/bin/x]}"))).toStrictEqual([
      't.yaml:6:45: error: "usr/bin/x" is not a pattern of absolute paths\n  hint: write paths as they are in the image, such as /usr/bin/pdftotext or /etc/fonts/**',
    ]);
  });
});

const variables = (properties: string, globals = "", type?: string): string[] | undefined => {
  const shared = globals === "" ? "" : `Globals: {Function: {Environment: ${globals}}}\n`;
  const [request] = read(shared + template(`{Runtime: java21${properties}}`, "{Runtime: [zlib]}", type));
  return request?.variables && Object.keys(request.variables);
};

describe("variables", () => {
  it.each<[string, string, string[] | undefined]>([
    ["", "", []],
    [", Environment: ", "", []],
    [", Environment: {Variables: }", "", []],
    [", Environment: {Variables: {A: !Ref X, B: 1}}", "", ["A", "B"]],
    [", Environment: {Variables: {A: 1}}", "{Variables: {G: 1}}", ["G", "A"]],
    ["", "{Variables: {G: 1}}", ["G"]],
    [", Environment: {Variables: !If [C, {A: 1}, {}]}", "", undefined],
    [", Environment: {Variables: !Ref P}", "", undefined],
    [", Environment: {Variables: {A: 1, 'Fn::ForEach::X': [v, [b], {}]}}", "", undefined],
    [", Environment: {Variables: {A: 1}}", "{Variables: !If [C, {G: 1}, {}]}", undefined],
    [", Environment: !If [C, {Variables: {A: 1}}, !Ref 'AWS::NoValue']", "", undefined],
    [", Environment: {'Fn::Transform': {Name: X}, Variables: {A: 1}}", "", undefined],
  ])("Properties%s, Globals %s: %j", (properties, globals, expected) => {
    expect(variables(properties, globals)).toStrictEqual(expected);
  });

  it("of Globals are none of a function that is not Serverless", () => {
    expect(variables("", "{Variables: {G: 1}}", "AWS::Lambda::Function")).toStrictEqual([]);
  });
});

const list = (count: number): string => `[${Array.from({ length: count }, () => "!Ref L").join(", ")}]`;

const told = (own: number, shared: number, packages = "{Runtime: [zlib]}", type?: string): string[] => {
  const globals = shared > 0 ? `Globals: {Function: {Layers: ${list(shared)}}}\n` : "";
  const layers = own > 0 ? `, Layers: ${list(own)}` : "";
  return problems(globals + template(`{Runtime: java21${layers}}`, packages, type));
};

describe("layers", () => {
  const HINT = "Lambda allows 5 layers a function, and sam-pkg adds one: merge two of them, or take one out";

  it.each([
    [5, 0, "4:35"],
    [6, 0, "4:35"],
    [4, 1, "5:35"],
    [1, 4, "5:35"],
    [0, 5, "5:5"],
  ])("%d of its own and %d of Globals leave no room", (own, shared, place) => {
    expect(told(own, shared)).toStrictEqual([
      `t.yaml:${place}: error: F has ${own + shared} layers already, Globals' included\n  hint: ${HINT}`,
    ]);
  });

  it("leave room up to four, and where no layer is added", () => {
    expect([told(4, 0), told(2, 2), told(0, 4), told(3, 2, "{Build: [gcc]}")]).toStrictEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  it("of Globals do not count for a function that is not Serverless", () => {
    expect(told(4, 3, "{Runtime: [zlib]}", "AWS::Lambda::Function")).toStrictEqual([]);
  });
});
