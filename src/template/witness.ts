// A second opinion on a rewrite, of a reader that has nothing in common with ours: yaml-cfn, which reads by js-yaml.
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import type * as yamlCfn from "yaml-cfn";
import type { Edit } from "./apply.ts";
import { applyEdits, EditRefused } from "./apply.ts";
import type { TemplateValue } from "./parse.ts";
import type { Template } from "./template.ts";

const readings = new WeakMap<Template, TemplateValue | undefined>();

/**
 * Whether yaml-cfn reads the new text as something else than what it reads in the old text with the edits applied.
 * Where it cannot read the old text, or sees no place for the edits in it, it has no opinion: it knows fewer templates than
 * SAM (decision 7).
 */
export function contradicts(before: Template, after: string, edits: readonly Edit[]): boolean {
  const expected = expectation(before, edits);
  if (expected === undefined) return false;
  return !isDeepStrictEqual(read(after), expected);
}

function expectation(before: Template, edits: readonly Edit[]): TemplateValue | undefined {
  // A template is proven several times over.
  if (!readings.has(before)) readings.set(before, read(before.text));
  const value = readings.get(before);
  if (value === undefined) return undefined;
  try {
    return applyEdits(value, edits);
  } catch (error) {
    if (error instanceof EditRefused) return undefined;
    throw error;
  }
}

/** YAML 1.1's further line breaks (NEL, LS, PS), which js-yaml reads as any other character. */
const OTHER_BREAKS = /[\u0085\u2028\u2029]/;

/** An entry of a list with nothing behind its dash: js-yaml 4 may take the next entry of the list above for its own. */
const EMPTY_ENTRY = /^ *(?:- +)*-[ \t]*(?:#.*)?$/m;

function read(text: string): TemplateValue | undefined {
  if (OTHER_BREAKS.test(text) || EMPTY_ENTRY.test(text)) return undefined;
  try {
    // Loaded here: a template without edits needs no second opinion.
    const { yamlParse } = createRequire(import.meta.url)("yaml-cfn") as typeof yamlCfn;
    const value: TemplateValue | undefined = yamlParse(text);
    return value;
  } catch {
    return undefined;
  }
}
