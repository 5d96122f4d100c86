import { resources } from "./children.ts";
import { isFunction, isLayer } from "./kinds.ts";
import type { Path } from "./locate.ts";
import { mapping } from "./mapping.ts";
import type { TemplateValue } from "./parse.ts";

/** A resource that `sam build` builds in an image. */
export interface BuiltResource {
  readonly logicalId: string;
  readonly path: Path;
  /** Undefined when they are not written as plain texts. */
  readonly runtime: string | undefined;
  readonly architecture: string | undefined;
}

/** The property that holds the code. */
const CODE: Readonly<Record<string, string>> = {
  "AWS::Serverless::Function": "CodeUri",
  "AWS::Lambda::Function": "Code",
  "AWS::Serverless::LayerVersion": "ContentUri",
  "AWS::Lambda::LayerVersion": "Content",
};

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/**
 * What `sam build --use-container` builds: functions and layers with a BuildMethod, whose code is no text or archive and
 * that do not say SkipBuild (get_function_build_info and is_layer_buildable of SAM CLI).
 */
export function builtResources(template: TemplateValue): BuiltResource[] {
  const { Resources: all, Globals: globals } = mapping(template);
  const shared = mapping(mapping(globals)["Function"]);
  return [...resources(mapping(all), ["Resources"])].flatMap(({ logicalId, path, resource }) => {
    const { Type: type } = resource;
    const { BuildMethod: method, SkipBuild: skip } = mapping(resource["Metadata"]);
    const properties = {
      ...(type === "AWS::Serverless::Function" ? shared : {}),
      ...mapping(resource["Properties"]),
    };
    const code = properties[typeof type === "string" ? (CODE[type] ?? "") : ""];
    if (skip === true || (typeof code === "string" && code.endsWith(".zip"))) return [];
    if (isLayer(resource)) {
      return method ? [{ logicalId, path, runtime: undefined, architecture: undefined }] : [];
    }
    if (!isFunction(resource) || properties["PackageType"] === "Image" || properties["InlineCode"]) return [];
    const architectures = properties["Architectures"] ?? ["x86_64"];
    return [
      {
        logicalId,
        path,
        runtime: text(properties["Runtime"]),
        architecture: Array.isArray(architectures) ? text(architectures[0]) : undefined,
      },
    ];
  });
}
