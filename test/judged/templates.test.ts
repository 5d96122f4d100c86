// Templates of every shape, rewritten with stand-ins for images and layers. SAM's own reader and linter are the judges.
import { extname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { editsFor, variablesFor } from "../../src/pipeline/edits.ts";
import { LAYER_STAND_INS, proveRewrite, standIn } from "../../src/pipeline/rewrite.ts";
import type { Stack } from "../../src/pipeline/stacks.ts";
import { readStacks } from "../../src/pipeline/stacks.ts";
import { InputError } from "../../src/report/errors.ts";
import type { Edit } from "../../src/template/apply.ts";
import { applySplices, spliceEdits } from "../../src/template/edit.ts";
import { locate } from "../../src/template/locate.ts";
import { readFunctions } from "../../src/template/functions.ts";
import { parseTemplate } from "../../src/template/parse.ts";
import { Template } from "../../src/template/template.ts";
import { templateFixtures } from "../template/fixtures.ts";
import type { JudgedCase } from "../template/judge-edits.ts";
import { judgeEdits } from "../template/judge-edits.ts";
import { lab, project, sam } from "../e2e/project.ts";

/** Refused: what sam-pkg says. */
const REFUSED: Readonly<Record<string, string>> = {
  "api/websocket-chat.yaml": "shared by an anchor (&shared)",
  "env/anchored-environment-shared.yaml": "shared by an anchor (&env)",
  "lambda/image-function-asks-for-runtime.yaml": "Container is a container image",
  "layers/alias-of-shared-list.yaml": "only *common stands here",
  "layers/anchored-list-shared.yaml": "shared by an anchor (&common)",
  "layers/five-already.yaml": "F has 5 layers already",
  "yaml/alias-as-whole-metadata.yaml": "only *m stands here",
  "yaml/merged-layers.yaml": "it comes from a merge (<<)",
  "conditions/runtime-by-ssm-parameter.yaml": "parameter Runtime is looked up in SSM by the deployment",
  "foreach/runtime-by-map-of-the-name.yaml": "the Runtime of Fn::ForEach::F depends on the loop variable",
  "json/nan-and-infinity.json": "NaN and Infinity are no values of JSON",
};

const VARIABLES = { FONTCONFIG_PATH: "/opt/etc/fonts", MAGIC: "/opt/usr/share/misc/magic.mgc" };

const fixtures = templateFixtures();
const refusals = new Map(Object.entries(REFUSED));
const accepted = fixtures.filter(({ name }) => !refusals.has(name));

type Output = JudgedCase["outputs"][number];
type Fixture = (typeof fixtures)[number];

/** The template with layers by ARN, and with layers as resources and variables besides. */
async function outputsOf(fixture: Fixture): Promise<Output[]> {
  const { root } = await readStacks(fixture.file, { listener: () => undefined });
  return (["version", "resource"] as const).map((mode) => rewritten(root, mode));
}

/** A template with stand-ins for what would be made. */
function rewritten(
  source: Pick<Stack, "file" | "template" | "requests">,
  mode: "version" | "resource",
): Output {
  const layer = LAYER_STAND_INS[mode];
  const results = source.requests.map((request) => {
    const result = standIn(request, layer);
    const wanted = mode === "resource" && result.layer ? VARIABLES : {};
    return { ...result, environment: variablesFor(request, wanted, () => {}) };
  });
  const name = layer.kind === "version" ? layer.arn : layer.logicalId;
  return { mode, after: proveRewrite(source, results), edits: editsFor(results), layer: name };
}

/** The output as the input of another run. */
function again({ mode, after }: Output): string {
  const template = new Template(after);
  const file = "template.sam-pkg.yaml";
  const { requests } = readFunctions(file, template.value, () => template.locator);
  return rewritten({ file, template, requests }, mode as "version").after;
}

async function refusalOf(fixture: Fixture): Promise<string> {
  try {
    const outputs = await outputsOf(fixture);
    if (outputs.every(({ edits }) => edits.length === 0)) return "nothing is edited";
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics.map(({ message }) => message).join("\n");
    throw error;
  }
  return "accepted: take it off the table";
}

/** Whether the edits may remove this: a value that is set anew, or a null that becomes something. */
function editable(before: string, edits: readonly Edit[]): (start: number, end: number) => boolean {
  const locator = locate(before);
  const ranges = edits.flatMap(({ op, path }) => {
    const depths = path.map((_, index) => locator.find(path.slice(0, index + 1)));
    const whole = op === "set" ? depths.at(-1) : undefined;
    return whole ?? depths.find((found) => found?.kind === "null") ?? [];
  });
  return (start, end) => ranges.some((found) => found.after <= start && end <= found.end);
}

describe("whole templates", () => {
  const judged = new Map<string, { outputs: readonly Output[]; problems: readonly string[] }>();

  beforeAll(async () => {
    const cases: { name: string; case: JudgedCase }[] = [];
    for (const fixture of accepted) {
      const outputs = await outputsOf(fixture).catch((error: unknown) => {
        judged.set(fixture.name, { outputs: [], problems: [String(error)] });
      });
      const { name, text } = fixture;
      if (outputs) cases.push({ name, case: { before: text, meaning: parseTemplate(text), outputs } });
    }
    const answers = await judgeEdits(
      lab("SAM"),
      cases.map((one) => one.case),
    );
    expect(answers).toHaveLength(cases.length);
    for (const [index, one] of cases.entries()) {
      judged.set(one.name, { outputs: one.case.outputs, problems: answers[index] ?? ["no answer"] });
    }
  });

  test.each(accepted)("$name", ({ name, text }) => {
    const { outputs, problems } = judged.get(name) ?? { outputs: [], problems: ["not judged"] };
    expect(problems).toStrictEqual([]);
    expect(outputs).toHaveLength(2);
    for (const output of outputs) {
      const { after, edits } = output;
      expect(again(output), "transforming the output again").toBe(after);
      if (name.startsWith("none/")) expect([after, edits]).toStrictEqual([text, []]);
      else expect(edits.length).toBeGreaterThan(0);
      const splices = spliceEdits(text, edits);
      expect(applySplices(text, splices)).toBe(after);
      const mayRemove = editable(text, edits);
      const lost = splices.filter(({ start, end }) => start < end && !mayRemove(start, end));
      expect(lost).toStrictEqual([]);
      // added lines end as those around them
      if (!/(?<!\r)\n/.test(text)) expect(after).not.toMatch(/(?<!\r)\n/);
      if (!text.includes("\r")) expect(after).not.toContain("\r");
    }
  });

  test.each([...refusals])("%s is refused", async (name, message) => {
    const fixture = fixtures.find((one) => one.name === name);
    expect(fixture && (await refusalOf(fixture))).toContain(message);
  });

  test("they are many, and so are the edits", () => {
    const edits = [...judged.values()].flatMap(({ outputs }) => outputs.flatMap((output) => output.edits));
    expect(fixtures.length).toBeGreaterThanOrEqual(260);
    expect(accepted.length).toBeGreaterThanOrEqual(225);
    expect(edits.length).toBeGreaterThanOrEqual(3200);
  });
});

/** Broadly chosen: linting takes seconds a template. */
const LINTED = [
  "api/rest-minimal.yaml",
  "api/http-api-jwt-authorizer.yaml",
  "api/rest-cognito-custom-domain.yaml",
  "api/canary-deployment.yaml",
  "api/aspnet-minimal-4-spaces.json",
  "apps/django-with-migrations.yaml",
  "apps/weasyprint-fonts.yaml",
  "conditions/per-stage.yaml",
  "events/sqs-worker-dlq.yaml",
  "events/dynamodb-stream-consumer.yaml",
  "foreach/only-tables.yaml",
  "json/cdk-synthesized.json",
  "json/four-spaces-crlf-no-newline.json",
  "lambda/function-inline-zip-file.yaml",
  "layers/element-by-if.yaml",
  "state/step-functions-inline.yaml",
  "vpc/rds-proxy-and-endpoints.yaml",
  "yaml/bom-and-crlf-and-document-start.yaml",
  "yaml/merge-keys-shared-properties.yaml",
  "yaml/under-indented-single-quoted.yaml",
  "apps/monorepo-two-languages.yaml",
];

/** Its exit code and findings, without what names the file or its lines. */
async function verdict(folder: string, file: string): Promise<{ code: number | null; findings: string[] }> {
  const { code, stdout, stderr } = await sam(["validate", "--lint", "-t", file, "--region", "us-east-1"], {
    cwd: folder,
  });
  const plain = (text: string): string =>
    text
      .replaceAll(join(folder, file), "FILE")
      .replaceAll(file, "FILE")
      .replaceAll(/(?<=\) matched )\d+/g, "N");
  // cfn-lint's order is not the same each time
  const findings = plain(stdout)
    .replaceAll(/^\[(?=\[)|(?<= N)\]\s*/gm, "")
    .split(/(?<= N), /)
    .toSorted();
  return { code, findings: [...findings, plain(stderr)] };
}

describe("sam validate --lint says the same of both", () => {
  test.each(LINTED)("%s", async (name) => {
    const fixture = fixtures.find((one) => one.name === name);
    if (!fixture) throw new Error(`no fixture ${name}`);
    const [output] = await outputsOf(fixture);
    const [before, after] = ["before", "after"].map((one) => one + extname(name)) as [string, string];
    const folder = await project(undefined, { [before]: fixture.text, [after]: output?.after ?? "" });
    const [wanted, found] = await Promise.all([before, after].map((file) => verdict(folder, file)));
    expect(wanted?.findings.join("")).toMatch(/valid SAM Template|Linting failed/);
    expect(found).toStrictEqual(wanted);
  });
});
