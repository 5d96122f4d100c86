import type { Mapping } from "./mapping.ts";
import { isMapping } from "./mapping.ts";
import type { TemplateValue } from "./parse.ts";

/** A function's variables by name, with their values as the template has them. */
export type Variables = Readonly<Record<string, TemplateValue>>;

/**
 * The variables that a function has, Globals' and its own; undefined when they cannot be known or none can be added
 * without changing the others.
 */
export function variablesOf(inherited: Mapping, properties: Mapping): Variables | undefined {
  // a transform beside them could bring an Environment
  if (Object.keys(properties).some((key) => key.startsWith("Fn::"))) return undefined;
  const [shared, own] = [read(inherited["Environment"]), read(properties["Environment"])];
  if (!shared || !own) return undefined;
  // SAM drops Globals' variables for an empty key, and would bring them back with the first one that is added
  if (own.emptied && Object.keys(shared.variables).length > 0) return undefined;
  return { ...shared.variables, ...own.variables };
}

function read(
  environment: TemplateValue | undefined,
): { variables: Variables; emptied: boolean } | undefined {
  if (environment === undefined) return { variables: {}, emptied: false };
  if (environment === null) return { variables: {}, emptied: true };
  if (!isMapping(environment) || hasFunction(environment)) return undefined;
  const variables = environment["Variables"];
  if (variables === undefined || variables === null) return { variables: {}, emptied: variables === null };
  return isMapping(variables) && !hasFunction(variables) ? { variables, emptied: false } : undefined;
}

function hasFunction(value: Mapping): boolean {
  return Object.keys(value).some((name) => name.startsWith("Fn::") || name === "Ref");
}
