import { expect, test } from "vitest";
import { editsFor } from "../../src/pipeline/edits.ts";
import { proveEdits } from "../../src/template/edit.ts";
import { readFunctions } from "../../src/template/functions.ts";
import { locate } from "../../src/template/locate.ts";
import type { TemplateValue } from "../../src/template/parse.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import type { Question } from "./translate.ts";
import { askSam } from "./translate.ts";

const ARN = "arn:aws:lambda:us-east-1:123456789012:layer:sam-pkg-x:1";
const NEWER = "arn:aws:lambda:us-east-1:123456789012:layer:sam-pkg-x:2";
const reference = (arn: string) => ({ kind: "version", arn, reused: false }) as const;
const resource = {
  kind: "resource",
  logicalId: "SamPkgLayer1",
  resource: { Type: "AWS::Serverless::LayerVersion", Properties: { ContentUri: "s3://b/k" } },
  reused: false,
} as const;

const HEAD = `Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  L: {Type: CommaDelimitedList, Default: "l1,l2"}
  Names: {Type: CommaDelimitedList, Default: "A,B"}
Conditions:
  C: !Equals [!Select [0, !Ref L], "l1"]
  D: !Equals [!Select [0, !Ref L], "other"]
Mappings: {M: {k: {list: [m1, m2]}}}
`;

/** Ways to write Layers: Globals' and the function's own, in flow style; undefined is not written. */
const GLOBALS = [undefined, "[g1]", "!If [C, [g2], !Ref 'AWS::NoValue']", "!Ref L", "!Split [';', 's1;s2']"];
const OWN = [
  undefined,
  "",
  "[]",
  "[f1, !Ref Mine]",
  "[!If [C, f1, !Ref 'AWS::NoValue']]",
  "!If [C, [f1], [f2, f3]]",
  "!If [C, [f1], !Ref 'AWS::NoValue']",
  "!If [C, !If [D, [f1], !Ref L], !FindInMap [M, k, list]]",
  "!Ref L",
  "!Ref AWS::NoValue",
  "!Split [',', 's1,s2']",
  "!FindInMap [M, k, list]",
  "{'Fn::If': [D, {Ref: L}, ['{a b}']]}",
];
const REST = [undefined, "IgnoreGlobals: '*'", "IgnoreGlobals: [Layers]"];

function templateOf(
  globals: string | undefined,
  own: string | undefined,
  rest: string | undefined,
  type: string,
): string {
  const body = (indent: string): string => `${indent}Type: ${type}
${rest === undefined ? "" : `${indent}${rest}\n`}${indent}Metadata:
${indent}  Packages: {Runtime: [zlib]}
${indent}Properties:
${indent}  Runtime: python3.12
${indent}  Handler: app.handler
${indent}  ${type.includes("Serverless") ? "InlineCode: pass" : "Code: {ZipFile: pass}"}
${own === undefined ? "" : `${indent}  Layers: ${own} # of its own\n`}`;
  const shared = globals === undefined ? "" : `Globals:\n  Function:\n    Layers: ${globals}\n`;
  return `${HEAD}${shared}Resources:
  Mine: {Type: AWS::Lambda::LayerVersion, Properties: {Content: {S3Bucket: b, S3Key: k}}}
  F:
${body("    ")}  Fn::ForEach::Loop:
  - Name
  - !Ref Names
  - \${Name}Function:
${body("      ")}`;
}

function rewrite(text: string, layer: ReturnType<typeof reference> | typeof resource): string {
  const { requests } = readFunctions("t.yaml", parseTemplate(text), () => locate(text));
  expect(requests.map(({ logicalIds }) => logicalIds)).toEqual([["F"], ["AFunction", "BFunction"]]);
  const environment = { MAGIC: "/opt/magic" };
  return proveEdits(text, editsFor(requests.map((request) => ({ request, layer, environment }))));
}

/** What CloudFormation makes of a value, whether the conditions hold or not; null where there is none. */
function evaluate(value: unknown, holds: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => evaluate(one, holds)).filter((one) => one !== null);
  if (typeof value !== "object" || value === null) return value ?? null;
  const [[name, argument] = ["", null]] = Object.entries(value);
  const at = (index: number): unknown => evaluate((argument as unknown[])[index], holds);
  switch (name) {
    case "Ref":
      return argument === "AWS::NoValue" ? null : argument === "L" ? ["l1", "l2"] : `ref:${argument}`;
    case "Fn::If":
      return at(holds ? 1 : 2);
    case "Fn::FindInMap":
      return ["m1", "m2"];
    case "Fn::Split":
      return (at(1) as string).split(at(0) as string);
    case "Fn::Join":
      return (at(1) as string[]).join(at(0) as string);
    default:
      throw new Error(`not known here: ${name}`);
  }
}

// With its switch on SAM resolves conditions, and makes texts of references in Fn::Join, but not in what it deploys:
// without it functions outside of loops are seen as CloudFormation gets them.
const ask = (text: string, loops: boolean): Question => {
  const { Resources, ...template } = parseTemplate(text) as { Resources: Record<string, TemplateValue> };
  if (!loops) delete Resources["Fn::ForEach::Loop"];
  return { loops, template: { ...template, Resources }, parameters: { L: "l1,l2", Names: "A,B" } };
};

test("a function has the layers that it had, and sam-pkg's, however they are written", async () => {
  const cases = ["AWS::Serverless::Function", "AWS::Lambda::Function"].flatMap((type) =>
    GLOBALS.flatMap((globals) =>
      OWN.flatMap((own) =>
        (type === "AWS::Serverless::Function" && globals !== undefined ? REST : [undefined]).map((rest) => {
          const before = templateOf(globals, own, rest, type);
          const after = rewrite(before, reference(ARN));
          // again, with the same layer and with a newer one
          expect(rewrite(after, reference(ARN)), after).toBe(after);
          expect(rewrite(after, reference(NEWER)), after).toBe(after.replaceAll(ARN, NEWER));
          const inTemplate = rewrite(before, resource);
          expect(rewrite(inTemplate, resource), inTemplate).toBe(inTemplate);
          expect(parseTemplate(rewrite(after, resource))).toEqual(parseTemplate(inTemplate));
          // for these SAM drops Globals' layers, but with its switch on it does not
          const emptied = globals !== undefined && (own === "" || own === "!Ref AWS::NoValue");
          return { before, after, inTemplate, emptied };
        }),
      ),
    ),
  );
  const answers = await askSam(
    cases.flatMap(({ before, after, inTemplate }) => [
      ask(before, true),
      ask(after, true),
      ...[before, after, inTemplate].map((text) => ask(text, false)),
    ]),
  );
  const layersOf = (at: number, id: string, holds: boolean): unknown[] => {
    const { is, error } = answers[at] ?? {};
    expect(error, cases[Math.floor(at / 5)]?.after).toBeUndefined();
    return (evaluate(is?.[id]?.["Layers"], holds) ?? []) as unknown[];
  };
  for (const [index, { after, emptied }] of cases.entries()) {
    const at = 5 * index;
    for (const id of ["F", "AFunction", "BFunction"]) {
      const had = emptied ? [] : layersOf(at, id, true);
      expect(layersOf(at + 1, id, true), after).toEqual([...had, ARN]);
      const variables = answers[at + 1]?.is?.[id]?.["Environment"];
      expect(variables).toEqual({ Variables: { MAGIC: "/opt/magic" } });
    }
    for (const holds of [true, false]) {
      const had = layersOf(at + 2, "F", holds);
      expect(layersOf(at + 3, "F", holds), after).toEqual([...had, ARN]);
      expect(layersOf(at + 4, "F", holds), after).toEqual([
        ...had,
        expect.stringMatching(/^ref:SamPkgLayer1/),
      ]);
    }
  }
  expect(cases.length).toBeGreaterThan(200);
});
