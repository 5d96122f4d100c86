import { resources } from "./children.ts";
import type { Path } from "./locate.ts";

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
export function builtResources(template: unknown): BuiltResource[] {
  const { Resources: all, Globals: globals } = record(template);
  const built: BuiltResource[] = [];
  for (const { logicalId, path, resource } of resources(record(all), ["Resources"])) {
    const { Type: type } = resource;
    if (type === "AWS::Serverless::LayerVersion" || type === "AWS::Lambda::LayerVersion") {
      const { BuildMethod: method } = record(resource["Metadata"]);
      if (method !== undefined) built.push({ logicalId, path, runtime: undefined, architecture: undefined });
    }
    if (type !== "AWS::Serverless::Function" && type !== "AWS::Lambda::Function") continue;
    const inherited = type === "AWS::Serverless::Function" ? record(record(globals)["Function"]) : {};
    const properties = { ...inherited, ...record(resource["Properties"]) };
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

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
