// Random templates, and the edits that sam-pkg makes on such.
import type { Edit, Json } from "../../src/template/apply.ts";
import type { Choices } from "./choices.ts";
import type { Shape } from "./written.ts";
import { write, Written } from "./written.ts";

const ARN = "arn:aws:lambda:us-east-1:123456789012:layer:sam-pkg:1";
const TEXTS = [
  "x",
  "python3.12",
  "app.handler",
  "a b c",
  "it's",
  "yes",
  "012",
  "",
  "# no",
  "a: b",
  "é 😀",
  "22:22",
] as const;
const ODD = [
  "!Sub 'a${B}'",
  "!Ref Other",
  "!GetAtt A.Arn",
  "2010-09-09",
  "0x1F",
  "1_000",
  "1e3",
  '"\\u0041\\n"',
  "!!str 12",
] as const;
const CODE = [
  "def f():\n  return 1\n",
  "a\n\n  b\nc",
  " spaced\ntext\n",
  "one line\n",
  "\n\nlate\n",
] as const;

/** The text of a random template. */
export function templateText(choices: Choices): string {
  const shape = templateShape(choices);
  if (choices.rarely(12)) return jsonText(shape, choices);
  return write(shape, choices);
}

function jsonText(shape: Shape, choices: Choices): string {
  const plain = JSON.stringify(
    shape,
    (_, value: unknown) => (value instanceof Written ? (value.value ?? value.text) : value),
    choices.one([2, 4, 0, "\t"]),
  );
  const text = choices.rarely(4) ? plain.replaceAll("\n", "\r\n") : plain;
  return choices.rarely(2) ? `${text}\n` : text;
}

function templateShape(choices: Choices): Shape {
  const count = 1 + choices.below(3);
  const names = ["Api", "Worker", "Cron"].slice(0, count);
  // a template's shared settings stand at its head, so that aliases find them
  const shares = choices.rarely(8);
  const shared = shares
    ? {
        "x-shared": new Written("&shared", {
          Timeout: 3,
          Tags: { A: "b" },
          ...(choices.rarely(3) ? { Layers: ["shared"] } : {}),
        }),
        "x-layers": new Written("&layers", ["arn:aws:lambda:us-east-1:123456789012:layer:a:1"]),
      }
    : {};
  const resources = names.map((name) => [name, resource(choices, shares)] as const);
  return {
    ...(choices.rarely(2)
      ? { AWSTemplateFormatVersion: choices.rarely(2) ? new Written("2010-09-09") : "2010-09-09" }
      : {}),
    ...(choices.rarely(2) ? { Transform: "AWS::Serverless-2016-10-31" } : {}),
    ...(choices.rarely(3) ? { Description: choices.one(["A template", "two\nlines\n", ""]) } : {}),
    ...shared,
    ...(choices.rarely(4) ? { Globals: { Function: anything(choices, 2) } } : {}),
    ...(choices.rarely(4) ? { Metadata: { Packages: packages(choices) } } : {}),
    Resources: {
      ...Object.fromEntries(resources),
      ...(choices.rarely(3) ? { Other: anything(choices, 2) } : {}),
    },
    ...(choices.rarely(4) ? { Outputs: anything(choices, 2) } : {}),
  };
}

function resource(choices: Choices, shares: boolean): Shape {
  const metadata = choices.rarely(5)
    ? {}
    : { Metadata: { ...(choices.rarely(4) ? { Note: text(choices) } : {}), Packages: packages(choices) } };
  const anchored = choices.rarely(40);
  const properties: Shape = {
    Runtime: "python3.12",
    ...(choices.rarely(2) ? { Handler: "app.handler" } : {}),
    ...(choices.rarely(2) ? { Layers: layers(choices, shares) } : {}),
    ...(choices.rarely(2) ? { Environment: environment(choices) } : {}),
    ...(choices.rarely(4) ? { InlineCode: choices.one(CODE) } : {}),
    ...(choices.rarely(4) ? { Policies: anything(choices, 3) } : {}),
    ...(shares && choices.rarely(2) ? { "<<": new Written("*shared") } : {}),
  };
  const parts: Record<string, Shape> = {
    Type: "AWS::Serverless::Function",
    Properties: anchored ? new Written(`&p${choices.below(1e9)}`, properties) : properties,
    ...metadata,
  };
  if (!choices.rarely(3)) return parts;
  return Object.fromEntries(Object.entries(parts).toReversed());
}

function layers(choices: Choices, shares: boolean): Shape {
  const items = [
    new Written("!Ref Other"),
    "arn:aws:lambda:us-east-1:123456789012:layer:a:1",
    new Written("!Sub 'x'"),
  ];
  if (shares && choices.rarely(10)) return new Written("*layers");
  return choices.one<Shape>([items.slice(0, 1), items.slice(0, 2), items, [], null, [{ Ref: "Other" }]]);
}

const environment = (choices: Choices): Shape =>
  choices.one<Shape>([
    null,
    {},
    { Variables: null },
    { Variables: {} },
    { Variables: { A: text(choices), B: 1 } },
  ]);

const packages = (choices: Choices): Shape => ({
  Build: choices.one<Shape>([["gcc"], ["gcc", "make"], null, []]),
  ...(choices.rarely(2) ? { Runtime: choices.one<Shape>([["libpq"], null, []]) } : {}),
});

const text = (choices: Choices): Shape =>
  choices.rarely(3) ? new Written(choices.one(ODD)) : choices.one(TEXTS);

function anything(choices: Choices, depth: number): Shape {
  const kind = choices.below(depth > 0 ? 8 : 4);
  if (kind < 3) return text(choices);
  if (kind === 3) return choices.one<Json>([null, 1, true, -2.5, 0, false]);
  const items = Array.from({ length: 1 + choices.below(3) }, () => anything(choices, depth - 1));
  if (kind < 6)
    return Object.fromEntries(
      items.map((item, i) => [choices.one(["Key", "a b", "x-1", "Fn::If"]) + i, item]),
    );
  if (kind === 6) return items;
  return new Written(choices.one(["!If", "!Join", "!Any"]), items);
}

/** The edits of a rewrite: on each function a layer, a variable, a note of the image and no empty list. */
export function editsOf(value: Json, choices: Choices): Edit[] {
  const edits: Edit[] = [];
  const resources = under(value, "Resources");
  for (const id of Object.keys(resources ?? {})) {
    const path = ["Resources", id];
    const properties = under(under(resources, id), "Properties");
    if (properties === undefined || properties === null) continue;
    const declared = under(under(under(resources, id), "Metadata"), "Packages");
    for (const [list, items] of Object.entries(declared ?? {}))
      if (items === null) edits.push({ op: "set", path: [...path, "Metadata", "Packages", list], value: [] });
    const present = (properties as { Layers?: Json }).Layers;
    const layer = choices.one<Json>([ARN, { Ref: "SamPkgLayer" }]);
    const place = [...path, "Properties", "Layers"];
    if (Array.isArray(present)) edits.push({ op: "append", path: place, value: layer });
    else if (present === undefined || present === null)
      edits.push({ op: "set", path: place, value: [layer] });
    if (choices.rarely(2))
      edits.push({
        op: "set",
        path: [...path, "Properties", "Environment", "Variables", "FONTS"],
        value: "/opt/etc: fonts",
      });
    if (!choices.rarely(4))
      edits.push({
        op: "set",
        path: [...path, "Metadata", "SamPkg"],
        value: { BuildImage: "samcli/x:latest", Layer: ARN },
      });
  }
  if (edits.length > 0 && choices.rarely(2)) {
    const made = { Type: "AWS::Serverless::LayerVersion", Properties: { ContentUri: "layer.zip" } };
    edits.push({ op: "set", path: ["Resources", "SamPkgLayer"], value: made });
  }
  return edits;
}

function under(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as Record<string, Json>)[key] : undefined;
}
