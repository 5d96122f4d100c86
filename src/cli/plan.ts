import { posix } from "node:path";
import { ownerOf } from "../layer/file.ts";
import type { LayerReport, PlanReport } from "../pipeline/report.ts";
import { planReport } from "../pipeline/report.ts";
import { isNameOf, parsePackage } from "../target/packages.ts";
import type { InspectFlags } from "./inspect.ts";
import { inspectTemplate } from "./inspect.ts";
import { printJson } from "./json.ts";
import { lacking, progress, size } from "./progress.ts";
import type { Field } from "./text.ts";
import { columns, fields, printable, several } from "./text.ts";

/** Options of `sam-pkg plan`, as commander gives them. */
export interface PlanFlags extends InspectFlags {
  readonly loadTest: boolean;
}

/** Shows what a transform would make. */
export async function planCommand(flags: PlanFlags): Promise<void> {
  const { inspection, remarks } = await inspectTemplate(flags, flags.loadTest);
  const report = planReport(inspection);
  const told = new Set(report.layers.flatMap(({ notes }) => notes));
  const { listener } = progress(process.stderr);
  for (const event of remarks) if (event.kind !== "note" || !told.has(event.message)) listener(event);
  if (flags.json) printJson(report);
  else process.stdout.write(planText(report));
}

/** The plan for people. */
function planText({ template, functions, buildImages, layers, nothingToShip }: PlanReport): string {
  const blocks = [
    ...layers.map((layer) => [`layer ${layer.name}`, ...layerRows(layer, functions)]),
    ...nothingToShip.map((set) => [
      `no layer: ${lacking(set.packages, set.dockerfiles)}`,
      ...fields([...setFields(set), ["packages", set.packages], ["Dockerfile", set.dockerfiles ?? []]]),
    ]),
    ...buildImages.map((set) => ["build image", ...fields([...setFields(set), ["packages", set.packages]])]),
  ];
  if (blocks.length === 0) return `${template}: no function asks for packages\n`;
  return blocks.map((lines) => `${lines.map(printable).join("\n")}\n`).join("\n");
}

function setFields({ functions, image, architecture }: PlanReport["buildImages"][number]): Field[] {
  return [
    ["for", [functions.join(", ")]],
    ["image", [`${image} (${architecture})`]],
  ];
}

function layerRows(layer: LayerReport, functions: PlanReport["functions"]): string[] {
  const { os, installed, packages, files, provided, assumed, notes, budget, digest, include, exclude } =
    layer;
  const unasked = `came with ${packages.length === 1 ? "it" : "them"}`;
  const askedFirst = installed.toSorted(
    (a, b) => Number(b.requests.length > 0) - Number(a.requests.length > 0),
  );
  return fields([
    ["for", [layer.functions.join(", ")]],
    ["target", [`${os}, ${layer.architecture}, ${layer.image}`]],
    [
      "packages",
      columns(
        askedFirst.map((one) => [
          `${askedNames(one)}${one.name} ${one.version}`,
          one.requests.length > 0 ? "asked for" : unasked,
        ]),
      ),
    ],
    ["Dockerfile", layer.dockerfiles ?? []],
    ["Include", include],
    ["Exclude", exclude],
    [
      "files",
      columns(
        files.map((file) => fileRow(file, files)),
        [1],
      ),
    ],
    [
      "provided",
      ifAny(provided, (names) => `${names}: every runtime has ${provided.length === 1 ? "it" : "them"}`),
    ],
    ["assumed", ifAny(assumed, (names) => `${names}: in the runtime image, perhaps not in Lambda`)],
    ["variables", variableRows(layer, functions)],
    ["notes", notes],
    [
      "size",
      [`${number(budget.bytes)} bytes unzipped, ${budget.percent}% of the ${number(budget.limit)} allowed`],
    ],
    [
      "",
      columns(
        budget.shares.map((one) => [ownerOf(one), number(one.bytes)]),
        [1],
      ),
    ],
    ["content", [`sha256:${digest}`]],
  ]);
}

/** `mysql-libs → ` for a package that answers to a name that is not its own. */
function askedNames({ name, requests }: LayerReport["installed"][number]): string {
  const others = requests.filter((request) => !isNameOf(request, name));
  return others.length > 0 ? `${others.map((one) => parsePackage(one).name).join(", ")} → ` : "";
}

type File = LayerReport["files"][number];

function fileRow(file: File, files: readonly File[]): string[] {
  if (file.link !== null) return [`${file.path} → ${file.link}`, "link", why(file, files)];
  return [file.path, size(file.size), why(file, files)];
}

/** In short why a file is there; `sam-pkg why` tells it whole. */
function why(file: File, files: readonly File[]): string {
  const owner = `of ${ownerOf(file)}`;
  const needs = file.reasons.filter((reason) => reason.kind === "needed");
  const other = file.reasons.find((reason) => reason.kind !== "needed");
  if (other?.kind === "recipe") return `${owner}, by recipe ${other.recipe}`;
  if (other?.kind === "dockerfile") return `${owner}, from ${other.folder}`;
  if (other?.kind === "include") return `${owner}, by Include ${other.pattern}`;
  if (other) return owner;
  const names = needs.map(({ by, dockerfile }) =>
    posix.basename(
      files.find((one) => one.link === null && one.source === by && one.dockerfile === dockerfile)?.path ??
        by,
    ),
  );
  return `${owner}, needed by ${several([...new Set(names)], 2)}`;
}

/** Each variable of the layer, and the functions that set it themselves. */
function variableRows(layer: LayerReport, functions: PlanReport["functions"]): string[] {
  const users = functions.filter((one) => layer.functions.includes(nameOf(one)));
  return Object.entries(layer.environment).map(([name, value]) => {
    const alone = users.filter(({ environment }) => !(name in environment)).map(nameOf);
    return `${name}=${value}${alone.length > 0 ? ` (not added to ${several(alone)})` : ""}`;
  });
}

/** As a set names it. */
function nameOf({ stack, logicalId }: PlanReport["functions"][number]): string {
  return stack === undefined ? logicalId : `${stack}/${logicalId}`;
}

function ifAny(names: readonly string[], text: (names: string) => string): string[] {
  return names.length > 0 ? [text(names.join(", "))] : [];
}

function number(value: number): string {
  return value.toLocaleString("en");
}
