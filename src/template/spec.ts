// Spec: the file that holds Packages for several templates.
import { resources } from "./children.ts";
import { bodiesOf } from "./loops.ts";
import type { Locator } from "./locate.ts";
import type { Mapping } from "./mapping.ts";
import { mapping } from "./mapping.ts";
import type { TemplateValue } from "./parse.ts";
import type { Resolver } from "./resolve.ts";

/** A file that a Spec names, as it was read; or what was wrong with its path, for where it is named. */
export type SpecFile =
  | { readonly file: string; readonly value: TemplateValue; readonly locate: () => Locator }
  | { readonly problem: { readonly message: string; readonly hint: string } | undefined };

/** By the path as `Spec` has it. */
export type SpecFiles = ReadonlyMap<string, SpecFile>;

/** The paths that a template's `Spec` keys name, each once. */
export function specsOf(template: Mapping, resolver: Resolver): string[] {
  const written = [...resources(mapping(template["Resources"]), ["Resources"])].map(
    ({ resource }) => resource,
  );
  if ([template, ...written].every((holder) => specOf(holder) === undefined)) return [];
  const bodies = bodiesOf(mapping(template["Resources"]), resolver);
  const holders = [template, ...bodies.flatMap(({ instances }) => instances.map(({ resource }) => resource))];
  const named = holders.map((holder) => {
    const resolved = resolver.resolve(specOf(holder), "");
    return resolved.known ? resolved.value : undefined;
  });
  return [...new Set(named.filter((one): one is string => typeof one === "string" && one !== ""))];
}

function specOf(holder: Mapping): TemplateValue | undefined {
  return mapping(mapping(holder["Metadata"])["Packages"])["Spec"];
}
