import { resources } from "./children.ts";
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

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** What `sam build --use-container` builds: functions of a zip package, and layers with a BuildMethod. */
export function builtResources(template: TemplateValue): BuiltResource[] {
  const { Resources: all, Globals: globals } = mapping(template);
  const built: BuiltResource[] = [];
  for (const { logicalId, path, resource } of resources(mapping(all), ["Resources"])) {
    const { Type: type } = resource;
    if (type === "AWS::Serverless::LayerVersion" || type === "AWS::Lambda::LayerVersion") {
      const { BuildMethod: method } = mapping(resource["Metadata"]);
      if (method !== undefined) built.push({ logicalId, path, runtime: undefined, architecture: undefined });
    }
    if (type !== "AWS::Serverless::Function" && type !== "AWS::Lambda::Function") continue;
    const inherited = type === "AWS::Serverless::Function" ? mapping(mapping(globals)["Function"]) : {};
    const properties = { ...inherited, ...mapping(resource["Properties"]) };
    if (properties["PackageType"] === "Image" || properties["InlineCode"] !== undefined) continue;
    const architectures = properties["Architectures"] ?? ["x86_64"];
    built.push({
      logicalId,
      path,
      runtime: text(properties["Runtime"]),
      architecture: Array.isArray(architectures) ? text(architectures[0]) : undefined,
    });
  }
  return built;
}
