import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readOverrides } from "../../src/samconfig/overrides.ts";
import { SamconfigError } from "../../src/samconfig/syntax.ts";
import { mapping } from "../../src/template/mapping.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import { Resolver } from "../../src/template/resolve.ts";
import { askSam } from "./translate.ts";

const TEXTS = [
  "A=b",
  "A=b C=d",
  "ParameterKey=A,ParameterValue=b",
  "ParameterKey=A,ParameterValue=b ParameterKey=C,ParameterValue='d e'",
  "A=\"b c\" D='e f'",
  String.raw`A=b\ c`,
  String.raw`A="b\"c"`,
  String.raw`A='it\'s'`,
  '"A"="b"',
  "A=b=c",
  "A=x,y,z",
  "A=",
  "A",
  "",
  " A=b ",
  "A=b,C=d",
  "A=b;C",
  "A=1 A=2",
  "A-b=c",
  "ParameterKey=A,ParameterValue=",
  "ParameterKey=A,ParameterValue=b C=d",
  "file:/x",
];

const read = async (value: unknown): Promise<unknown> => {
  try {
    return await readOverrides(value, () => Promise.reject(new Error("no file here")));
  } catch (error) {
    if (error instanceof SamconfigError) return "refused";
    throw error;
  }
};

test("parameter overrides mean what they mean to SAM", async () => {
  const words = fc.array(
    fc.constantFrom(
      "A",
      "Bc",
      "1",
      " ",
      "=",
      ",",
      '"',
      "'",
      "\\",
      "ParameterKey=",
      ",ParameterValue=",
      "x y",
      "{",
    ),
    { maxLength: 5 },
  );
  const drawn = fc.sample(words, { numRuns: 500, seed: 1 }).map((parts) => parts.join(""));
  const values: unknown[] = [
    ...TEXTS,
    ...drawn,
    ["A=1", "B=2 C=3"],
    [["A=1"], { B: 2.5 }],
    [],
    { A: "x", B: null, C: ["p", " q ", null, ""], D: true, E: 1.5, "AWS::Region": "eu-west-1" },
    [null, "A=1"],
    null,
    [5],
  ];
  const answers = await askSam(values.map((overrides) => ({ overrides })));
  for (const [at, { is, error }] of answers.entries()) {
    expect(await read(values[at]), JSON.stringify(values[at])).toEqual(error === undefined ? is : "refused");
  }
});

const TEMPLATE = `Transform: AWS::Serverless-2016-10-31
Parameters:
  R: {Type: String, Default: python3.12}
  Stage: {Type: String, Default: dev}
  L: {Type: CommaDelimitedList, Default: "arm64, x86_64"}
  One: {Type: CommaDelimitedList, Default: arm64}
Mappings:
  Runtimes: {dev: {r: python3.11, a: [arm64]}, prod: {r: java21, a: [x86_64]}, us-east-1: {r: ruby3.3, a: [arm64]}}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Dev: !Not [!Condition Prod]
  Both: !And [!Condition Prod, !Condition Dev]
  Either: !Or [!Condition Prod, !Condition Dev]
  Deep: !And [!Not [!Equals [!Ref R, java21]], !Or [!Equals [!Ref Stage, x], !Condition Either]]
Resources:
`;
const RUNTIMES = [
  "!Ref R",
  "!FindInMap [Runtimes, !Ref Stage, r]",
  "!FindInMap [Runtimes, !Ref 'AWS::Region', r]",
  "!If [Prod, java21, !Ref R]",
  "!If [Dev, java21, ruby3.3]",
  "!If [Both, java21, ruby3.3]",
  "!If [Either, !If [Deep, java17, java11], ruby3.3]",
  "!Sub 'python${V}'",
  "!Sub ['${A}.x', {A: !Sub 'nodejs22'}]",
  "!Join ['', [python, '3.12']]",
  "!Select [1, [a, java21]]",
  "!Select [0, !Split ['/', 'java21/b']]",
].filter((text) => !text.includes("${V}"));
const ARCHITECTURES = [
  "[!Ref Stage]",
  "!Ref One",
  "!FindInMap [Runtimes, !Ref Stage, a]",
  "[!Select [0, !Ref L]]",
  "!If [Prod, [x86_64], [arm64]]",
  "[!If [Prod, x86_64, arm64]]",
  "!Split [';', 'arm64']",
];

test("values are resolved as sam build resolves them", async () => {
  const functions = [
    ...RUNTIMES.map((value) => `Runtime: ${value}`),
    ...ARCHITECTURES.map((value) => `Architectures: ${value}`),
  ].map(
    (text, at) =>
      `  F${at}: {Type: AWS::Serverless::Function, Properties: {InlineCode: x, Handler: a.b, ${text}}}\n`,
  );
  const template = mapping(parseTemplate(TEMPLATE + functions.join("")));
  const overrides = [{}, { Stage: "prod" }, { Stage: "prod", R: "java21", L: "x86_64, b" }];
  const answers = await askSam(overrides.map((parameters) => ({ template, parameters, resolve: true })));
  for (const [at, { is, error }] of answers.entries()) {
    expect(error).toBeUndefined();
    const resolver = new Resolver(template, { overrides: overrides[at] ?? {} });
    for (const [name, resource] of Object.entries(mapping(template["Resources"]))) {
      const properties = mapping(mapping(resource)["Properties"]);
      const key = "Runtime" in properties ? "Runtime" : "Architectures";
      const expected = { known: true, value: is?.[name]?.[key] };
      expect(resolver.resolve(properties[key], ""), JSON.stringify(properties[key])).toEqual(expected);
    }
  }
});
