import type { Mapping } from "./mapping.ts";
import { isMapping } from "./mapping.ts";
import type { Path } from "./locate.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";
import type { Resolver } from "./resolve.ts";

/** A resource that SAM sees: itself, or what an iteration of Fn::ForEach makes of a body. */
export interface Instance {
  readonly logicalId: string;
  readonly resource: Mapping;
}

/** A resource as the template writes it. */
export interface Body {
  readonly path: Path;
  readonly resource: Mapping;
  /** None when a loop above goes over nothing. */
  readonly instances: readonly Instance[];
  /** Why the instances cannot be known, at the collection's place. */
  readonly unknown?: { readonly path: Path; readonly reason: string; readonly hint: string };
  /** The key of the innermost loop above: `Fn::ForEach::Names`. */
  readonly loop?: string;
}

type Bindings = ReadonlyMap<string, string>;

export const LOOP = "Fn::ForEach::";

/** CloudFormation takes 500 resources a template (CloudFormation quotas); loops within loops could make any number. */
const MOST_ITERATIONS = 1000;

const TOO_MANY = {
  reason: `they would be more than ${MOST_ITERATIONS}`,
  hint: "CloudFormation takes 500 resources a template: make the loops' lists shorter",
};

/** The resources of a template, those in loops included, in its order. */
export function bodiesOf(resources: Mapping, resolver: Resolver): Body[] {
  return walk(resources, { path: ["Resources"], iterations: [new Map()] }, resolver);
}

interface Section extends Pick<Body, "path" | "unknown" | "loop"> {
  readonly iterations: readonly Bindings[];
}

function walk(entries: Mapping, section: Section, resolver: Resolver): Body[] {
  return Object.entries(entries).flatMap(([key, value]): Body[] => {
    const { iterations, ...outer } = section;
    const path = [...section.path, key];
    if (key.startsWith(LOOP)) return loop({ ...section, path, loop: key }, value, resolver);
    if (!isMapping(value)) return [];
    const instances = iterations.map((bindings) => ({
      logicalId: substituteText(key, bindings),
      resource: substitute(value, bindings) as Mapping,
    }));
    return [{ ...outer, path, resource: value, instances }];
  });
}

function loop(section: Section, value: TemplateValue, resolver: Resolver): Body[] {
  const [identifier, collection, body] = isList(value) ? value : [];
  if (typeof identifier !== "string" || collection === undefined || !isMapping(body)) return [];
  const path = [...section.path, 2];
  const iterations: Bindings[] = [];
  for (const bindings of section.iterations) {
    const all = itemsOf(substitute(collection, bindings), resolver);
    const items = "reason" in all || iterations.length + all.length <= MOST_ITERATIONS ? all : TOO_MANY;
    if ("reason" in items) {
      const unknown = section.unknown ?? { path: [...section.path, 1], ...items };
      return walk(body, { ...section, path, iterations: [], unknown }, resolver);
    }
    for (const item of items) iterations.push(new Map([...bindings, [identifier, item]]));
  }
  return walk(body, { ...section, path, iterations }, resolver);
}

function itemsOf(
  collection: TemplateValue,
  resolver: Resolver,
): readonly string[] | { reason: string; hint: string } {
  const resolved = resolver.resolve(collection, "A,B");
  if (!resolved.known) return resolved;
  const { value } = resolved;
  // SAM takes a text with commas for a list
  const items =
    typeof value === "string" && value.includes(",") ? value.split(",").map((one) => one.trim()) : value;
  if (isList(items) && items.every((one) => typeof one !== "object")) return items.map(String);
  return {
    reason: "it is no list of names",
    hint: "write a list, or !Ref of a CommaDelimitedList parameter",
  };
}

/** What an iteration makes of a value, as SAM does it: `${X}`, `&{X}` (letters and digits only) and `!Ref X`. */
function substitute(value: TemplateValue, bindings: Bindings): TemplateValue {
  if (bindings.size === 0) return value;
  if (typeof value === "string") return substituteText(value, bindings);
  if (isList(value)) return value.map((one) => substitute(one, bindings));
  if (!isMapping(value)) return value;
  const keys = Object.keys(value);
  const bound =
    keys.length === 1 && typeof value["Ref"] === "string" ? bindings.get(value["Ref"]) : undefined;
  if (bound !== undefined) return bound;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [substituteText(key, bindings), substitute(one, bindings)]),
  );
}

function substituteText(text: string, bindings: Bindings): string {
  let result = text;
  for (const [name, value] of bindings) {
    result = result
      .replaceAll(`\${${name}}`, () => value)
      .replaceAll(`&{${name}}`, () => value.replaceAll(/[^a-zA-Z0-9]/g, ""));
  }
  return result;
}
