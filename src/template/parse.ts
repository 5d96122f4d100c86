// What a template's text means, as SAM reads it: JSON first, then YAML 1.1 with CloudFormation's short forms.
import { compose, DEEPEST } from "./yaml/compose.ts";
import { construct } from "./yaml/construct.ts";
import { syntaxError } from "./yaml/cursor.ts";

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

/** Reads a template's text. Throws `TemplateSyntaxError`. An empty text means null. */
export function parseTemplate(text: string): TemplateValue {
  const json = readJson(text);
  if (json !== undefined) return json;
  const root = compose(text);
  return root ? construct(text, root) : null;
}

/** What a JSON text means; undefined for any other, which SAM reads as YAML. */
export function readJson(text: string): TemplateValue | undefined {
  if (!/^[ \t\r\n]*["[{\dtfnNI-]/.test(text)) return undefined;
  let value: TemplateValue;
  try {
    value = JSON.parse(text) as TemplateValue;
  } catch {
    refusePythonNumbers(text);
    return undefined;
  }
  if (isTooDeep(value)) {
    throw syntaxError(text, `values are nested more than ${DEEPEST} deep`, 0, "too-deep");
  }
  return value;
}

/** Python reads NaN and Infinity in a JSON text, where YAML would read them as texts. */
function refusePythonNumbers(text: string): void {
  if (!/NaN|Infinity/.test(text)) return;
  let first = -1;
  const without = text.replace(/"(?:[^"\\]|\\[^])*"|-?Infinity|NaN/g, (part: string, offset: number) => {
    if (part.startsWith('"')) return part;
    if (first < 0) first = offset;
    return "0";
  });
  if (first < 0) return;
  try {
    JSON.parse(without);
  } catch {
    return;
  }
  throw syntaxError(text, "NaN and Infinity are no values of JSON", first, "no-json-value");
}

function isTooDeep(value: TemplateValue): boolean {
  let level: TemplateValue[] = [value];
  for (let depth = 0; depth <= DEEPEST; depth++) {
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
    if (level.length === 0) return false;
  }
  return true;
}
