import type { Edit } from "./apply.ts";
import type { Path } from "./locate.ts";
import type { Mapping } from "./mapping.ts";
import { mapping } from "./mapping.ts";
import { isList } from "./parse.ts";

/** The properties that a function takes from Globals; none when it is no serverless function or ignores them. */
export function inheritedBy(resource: Mapping, template: Mapping): Mapping {
  if (resource["Type"] !== "AWS::Serverless::Function") return {};
  const shared = mapping(mapping(template["Globals"])["Function"]);
  const ignored = resource["IgnoreGlobals"];
  if (ignored === "*") return {};
  if (!isList(ignored)) return shared;
  return Object.fromEntries(Object.entries(shared).filter(([name]) => !ignored.includes(name)));
}

/** Makes a function take one property less from Globals. */
export function ignoreGlobal(path: Path, resource: Mapping, property: string): Edit {
  const place = [...path, "IgnoreGlobals"];
  if (isList(resource["IgnoreGlobals"])) return { op: "append", path: place, value: property };
  return { op: "set", path: place, value: [property] };
}
