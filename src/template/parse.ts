// What a template's text means, as SAM reads it: JSON first, then YAML 1.1 with CloudFormation's short forms.
import { createRequire } from "node:module";
import type * as JsYaml from "js-yaml";

/** What a template may hold: JSON's values, after the short forms (`!Ref x`) became their long ones. */
export type TemplateValue =
  | null
  | boolean
  | number
  | string
  | readonly TemplateValue[]
  | { readonly [key: string]: TemplateValue };

/** Whether a value is a list: `Array.isArray` forgets what is in it. */
export function isList(value: TemplateValue | undefined): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

/** Why a text is no template, in a word that code can ask for. */
export type SyntaxReason = "syntax" | "tab-indentation" | "multiple-documents" | "recursive-alias";

/** The text is not what SAM could read. `line` and `column` count from 1; `message` is one plain line. */
export class TemplateSyntaxError extends Error {
  override readonly name = "TemplateSyntaxError";
  readonly reason: SyntaxReason;
  readonly line: number;
  readonly column: number;

  constructor(reason: SyntaxReason, message: string, line: number, column: number) {
    super(message);
    this.reason = reason;
    this.line = line;
    this.column = column;
  }
}

// The very js-yaml that yaml-cfn uses: an import could find another one, whose Type class does not fit its schema.
const fromHere = createRequire(import.meta.url);
const yaml: typeof JsYaml = createRequire(fromHere.resolve("yaml-cfn"))("js-yaml");
const cfn: { schema: JsYaml.Schema & { explicit: { tag: string; kind: Kind }[] } } = fromHere("yaml-cfn");
type Kind = "scalar" | "sequence" | "mapping";

// PyYAML's resolvers (resolver.py), less timestamps, which SAM reads as strings.
const NULL = /^(?:~|null|Null|NULL)?$/;
const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const INT =
  /^[-+]?(?:0b[01_]*[01][01_]*|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]*[0-9a-fA-F][0-9a-fA-F_]*|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

function numberOf(source: string): number {
  const text = source.replaceAll("_", "").toLowerCase();
  const digits = text.replace(/^[-+]/, "");
  const sign = text.startsWith("-") ? -1 : 1;
  if (digits === ".inf") return sign * Infinity;
  if (digits === ".nan") return Number.NaN;
  if (digits.includes(":")) return sign * digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  if (/^0[0-7]+$/.test(digits)) return sign * Number.parseInt(digits, 8);
  return sign * Number(digits);
}

/** What a plain (unquoted) YAML scalar means to SAM: `yes` is true, `012` is 10, `22:22` is 1342, `1e3` a string. */
export function plainScalar(text: string): null | boolean | number | string {
  if (NULL.test(text)) return null;
  if (BOOL.test(text)) return /^(?:y|t|on)/i.test(text);
  // Python's integers have no negative zero
  if (INT.test(text)) return numberOf(text) + 0;
  return FLOAT.test(text) ? numberOf(text) : text;
}

/** The long form's key of a short form's tag: `!Sub` is `Fn::Sub`, but `!Ref` is `Ref`. */
export function intrinsicKey(tag: string): string {
  const name = tag.slice(1);
  return name === "Ref" || name === "Condition" ? name : `Fn::${name}`;
}

function intrinsic(data: unknown, tag = "!"): Record<string, unknown> {
  const value = data ?? "";
  if (tag !== "!GetAtt" || typeof value !== "string") return { [intrinsicKey(tag)]: value };
  const dot = value.indexOf(".");
  return { "Fn::GetAtt": dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
}

const implicit = (name: string, pattern: RegExp): JsYaml.Type =>
  new yaml.Type(`tag:yaml.org,2002:${name}`, {
    kind: "scalar",
    resolve: (data: unknown) => typeof data === "string" && pattern.test(data),
    construct: plainScalar,
  });

const tagged = (tag: string, kind: Kind, multi: boolean): JsYaml.Type =>
  new yaml.Type(tag, { kind, multi, construct: intrinsic });

const schema = cfn.schema.extend({
  implicit: [
    implicit("null", NULL),
    implicit("bool", BOOL),
    implicit("int", INT),
    implicit("float", FLOAT),
    new yaml.Type("tag:yaml.org,2002:merge", { kind: "scalar", resolve: (data) => data === "<<" }),
  ],
  explicit: [
    new yaml.Type("tag:yaml.org,2002:timestamp", { kind: "scalar" }),
    // yaml-cfn reads some of its own tags otherwise than SAM, and does not know all tags
    ...cfn.schema.explicit.filter((t) => t.tag.startsWith("!")).map((t) => tagged(t.tag, t.kind, false)),
    ...(["scalar", "sequence", "mapping"] as const).map((kind) => tagged("!", kind, true)),
  ],
});

/** Reads a template's text. Throws `TemplateSyntaxError`. An empty text means null. */
export function parseTemplate(text: string): TemplateValue {
  try {
    const value: TemplateValue = JSON.parse(text);
    return value;
  } catch {
    return parseYaml(text);
  }
}

function parseYaml(text: string): TemplateValue {
  const starts: number[] = [];
  function listener(event: JsYaml.EventType, state: JsYaml.State): void {
    if (event === "open" && "depth" in state && state.depth === 1) starts.push(state.line + 1);
  }
  // no bound on merges: five hundred functions may well share twenty settings
  const options = { schema, json: true, listener, maxTotalMergeKeys: -1 };
  let documents: unknown[];
  try {
    documents = yaml.loadAll(text, null, options);
  } catch (error) {
    if (error instanceof yaml.YAMLException) throw syntaxError(text, error);
    throw error;
  }
  if (documents.length > 1) {
    const message = "the file holds more than one YAML document; a template is exactly one";
    throw new TemplateSyntaxError("multiple-documents", message, starts[1] ?? 1, 1);
  }
  const value = documents[0] ?? null;
  assertAcyclic(value, new Map());
  return value;
}

/** js-yaml makes nothing but JSON's values, but its aliases could make a ring of them. */
function assertAcyclic(value: unknown, seen: Map<object, boolean>): asserts value is TemplateValue {
  if (typeof value !== "object" || value === null || seen.get(value) === false) return;
  if (seen.get(value)) {
    const message = "an alias stands inside the value that its own anchor names";
    throw new TemplateSyntaxError("recursive-alias", message, 1, 1);
  }
  seen.set(value, true);
  for (const child of Object.values(value)) assertAcyclic(child, seen);
  seen.set(value, false);
}

function syntaxError(text: string, error: JsYaml.YAMLException): TemplateSyntaxError {
  const mark = error.mark as JsYaml.Mark | undefined;
  const line = (mark?.line ?? 0) + 1;
  const tab = tabLine(text, line);
  if (tab !== undefined) {
    const message = "a tab is used as indentation, which YAML forbids: use spaces";
    return new TemplateSyntaxError("tab-indentation", message, tab.line, tab.column);
  }
  return new TemplateSyntaxError("syntax", error.reason, line, (mark?.column ?? 0) + 1);
}

/** The first line up to `last` that is indented with a tab, not counting the lines of block scalars and of JSON. */
function tabLine(text: string, last: number): { line: number; column: number } | undefined {
  if (/^\uFEFF?\s*[{[]/.test(text)) return undefined;
  let block = -1; // the indentation of the line that opened a block scalar
  for (const [index, line] of text.split(/\r\n?|\n/, last).entries()) {
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (line.trim() === "" || (block >= 0 && indent > block)) continue;
    if (line[indent] === "\t") return { line: index + 1, column: indent + 1 };
    block = /(?:^|[\s:-])[|>][-+0-9]*\s*(?:#.*)?$/.test(line) ? indent : -1;
  }
  return undefined;
}
