import type { Path } from "./locate.ts";
import type { Mapping } from "./mapping.ts";
import { mapping } from "./mapping.ts";
import type { ParameterValues } from "./parameters.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";
import type { Resolver } from "./resolve.ts";

/** A nested stack of a template, whose own template is named by a plain text. */
export interface Child {
  readonly logicalId: string;
  /** Where the name of its template stands: `Location` or `TemplateURL`. */
  readonly path: Path;
  /** As it is written. */
  readonly location: string;
  /** What the template passes to it. */
  readonly parameters: ParameterValues;
}

/** Resources that are nested stacks, and the property that names the template. */
const LOCATIONS: Readonly<Record<string, string>> = {
  "AWS::Serverless::Application": "Location",
  "AWS::CloudFormation::Stack": "TemplateURL",
};

/** SAM takes what begins so for remote, in these very letters (is_remote_url); all else is a path. */
const REMOTE = /^(?:s3|https?):\/\//;

/** The nested stacks whose templates are files, in the template's order. */
export function childrenOf(template: TemplateValue, resolver: Resolver): Child[] {
  return [...resources(mapping(mapping(template)["Resources"]), ["Resources"])].flatMap(
    ({ logicalId, path, resource, looped }) => {
      const { Type: type } = resource;
      const property = typeof type === "string" ? LOCATIONS[type] : undefined;
      const properties = mapping(resource["Properties"]);
      const location = property === undefined ? undefined : properties[property];
      if (property === undefined || typeof location !== "string" || REMOTE.test(location)) return [];
      if (looped && REPLACED.test(location)) return [];
      const parameters = passed(mapping(properties["Parameters"]), resolver, looped);
      return [{ logicalId, path: [...path, "Properties", property], location, parameters }];
    },
  );
}

/** A loop's variable in a text. */
const REPLACED = /[$&]\{/;

function passed(parameters: Mapping, resolver: Resolver, looped: boolean): ParameterValues {
  const overrides: Record<string, string> = {};
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const resolved = resolver.resolve(value, "value");
    const text = resolved.known ? parameterText(resolved.value) : undefined;
    if (text === undefined || (looped && REPLACED.test(text))) unknown.push(name);
    else Object.defineProperty(overrides, name, { value: text, enumerable: true });
  }
  return { overrides, unknown };
}

/** A value as CloudFormation hands it to a nested stack: lists with commas. */
function parameterText(value: TemplateValue | undefined): string | undefined {
  if (isList(value)) return value.map(parameterText).join(",");
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}

interface Resource {
  readonly logicalId: string;
  readonly path: Path;
  readonly resource: Mapping;
  /** In the body of a Fn::ForEach, which replaces `${…}` in every text. */
  readonly looped: boolean;
}

/** The resources of a mapping and of the bodies of its loops. */
export function* resources(all: Mapping, path: Path, looped = false): Generator<Resource> {
  for (const [logicalId, resource] of Object.entries(all)) {
    const at = [...path, logicalId];
    if (logicalId.startsWith("Fn::ForEach::") && Array.isArray(resource)) {
      yield* resources(mapping(resource[2]), [...at, 2], true);
    } else {
      yield { logicalId, path: at, resource: mapping(resource), looped };
    }
  }
}
