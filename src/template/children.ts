import type { Path } from "./locate.ts";

/** The values of a template's parameters, by name. */
export type ParameterValues = Readonly<Record<string, unknown>>;

/** A value that is passed but cannot be known here: not text, so that nothing takes it for a resolved one. */
export const UNKNOWN: unique symbol = Symbol("a value that is not known");

/** A nested stack of a template, whose own template is named by a plain text. */
export interface Child {
  readonly logicalId: string;
  /** Where the name of its template stands: `Location` or `TemplateURL`. */
  readonly path: Path;
  /** As it is written. */
  readonly location: string;
  /** What the template passes to it; `UNKNOWN` for what cannot be known. */
  readonly parameters: ParameterValues;
}

/** Gives a value of the parent's template where functions such as Ref can be resolved; undefined where not. */
export type Resolve = (value: unknown) => unknown;

/** Resources that are nested stacks, and the property that names the template. */
const LOCATIONS: Readonly<Record<string, string>> = {
  "AWS::Serverless::Application": "Location",
  "AWS::CloudFormation::Stack": "TemplateURL",
};

/** SAM takes what begins so for remote, in these very letters (is_remote_url); all else is a path. */
const REMOTE = /^(?:s3|https?):\/\//;

type Mapping = Readonly<Record<string, unknown>>;

const mapping = (value: unknown): Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Mapping) : {};

/** The nested stacks whose templates are files, in the template's order. */
export function childrenOf(template: unknown, resolve: Resolve = literal): Child[] {
  return [...resources(mapping(mapping(template)["Resources"]), ["Resources"])].flatMap(
    ({ logicalId, path, resource, looped }) => {
      const property = LOCATIONS[String(resource["Type"])];
      const properties = mapping(resource["Properties"]);
      const location = property === undefined ? undefined : properties[property];
      if (property === undefined || typeof location !== "string" || REMOTE.test(location)) return [];
      const replaced = (value: unknown): boolean =>
        looped && typeof value === "string" && /[$&]\{/.test(value);
      if (replaced(location)) return [];
      const passed = Object.entries(mapping(properties["Parameters"])).map(([name, value]) => {
        const known = resolve(value) ?? UNKNOWN;
        return [name, replaced(known) ? UNKNOWN : known];
      });
      const parameters = Object.fromEntries(passed);
      return [{ logicalId, path: [...path, "Properties", property], location, parameters }];
    },
  );
}

/** Texts, numbers and switches are what they are. */
function literal(value: unknown): unknown {
  return typeof value === "object" ? undefined : value;
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
