import { didYouMean } from "../target/nearest.ts";
import type { Architecture, Runtime } from "../target/runtimes.ts";
import { ARCHITECTURES, findRuntime, similarRuntimes } from "../target/runtimes.ts";
import type { Asked } from "./asked.ts";
import { joinAsked, NOTHING } from "./asked.ts";
import { isLayer } from "./kinds.ts";
import type { Path } from "./locate.ts";
import type { Body } from "./loops.ts";
import type { Mapping } from "./mapping.ts";
import { intrinsicOf, isMapping, mapping } from "./mapping.ts";
import type { PackagesReader } from "./packages-reader.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";
import type { Problems } from "./problems.ts";

/** What a layer of the template says of itself. */
interface Declared {
  readonly body: Body;
  readonly asked: Asked;
}

/** The template's layers with `Packages`, by logical ID: what they ask for, and who gets it. */
export class LayerVersions {
  private readonly byId = new Map<string, Declared>();
  private readonly listed = new Set<string>();
  private readonly problems: Problems;

  constructor(bodies: readonly Body[], packages: PackagesReader, problems: Problems) {
    this.problems = problems;
    for (const body of bodies) {
      for (const { logicalId, resource } of body.instances) {
        if (!isLayer(resource)) continue;
        const place = [...body.path, "Metadata", "Packages"];
        const asked = packages.read(place, mapping(resource["Metadata"])["Packages"]);
        if (asked) this.byId.set(logicalId, { body, asked });
      }
    }
  }

  get(logicalId: string): Asked | undefined {
    return this.byId.get(logicalId)?.asked;
  }

  /** What a function gets with the layers that it lists: their Runtime packages, and what their Dockerfiles leave. */
  listedIn(...values: readonly (TemplateValue | undefined)[]): Asked[] {
    if (this.byId.size === 0) return [];
    const ids = [...referencesIn(values.filter((one) => one !== undefined))].filter((id) =>
      this.byId.has(id),
    );
    return ids.map((id) => {
      this.listed.add(id);
      const { build: _build, buildImage: _image, runtimeImage: _other, ...rest } = this.get(id) ?? NOTHING;
      return joinAsked({ ...rest, build: [] });
    });
  }

  /** Tells of layers whose Runtime packages may not reach all who use them. Called when all functions were asked. */
  remark({ Outputs: outputs, Resources: resources }: Mapping): void {
    const stacks = Object.values(mapping(resources)).filter((one) => {
      const { Type: type } = mapping(one);
      return type === "AWS::Serverless::Application" || type === "AWS::CloudFormation::Stack";
    });
    const exported = this.byId.size === 0 ? new Set<string>() : referencesIn([outputs ?? null, ...stacks]);
    for (const [logicalId, { body, asked }] of this.byId) {
      if (asked.runtime.length === 0 && !asked.dockerfile) continue;
      const place = [...body.path, "Metadata", "Packages"];
      if (exported.has(logicalId)) {
        const message = `${logicalId} is used outside of this template: functions there get it without the libraries of its packages`;
        this.problems.note(place, message, "name the packages in their template, too");
      } else if (!this.listed.has(logicalId)) {
        const message = `no function of this template lists ${logicalId}: nobody gets the libraries of its packages`;
        this.problems.note(place, message, `list it: \`Layers: [!Ref ${logicalId}]\``);
      }
    }
  }
}

/** The runtime in whose image SAM builds a layer, and its architecture; undefined and a problem when it is none. */
export function buildTargetOf(
  who: string,
  path: Path,
  resource: Mapping,
  problems: Problems,
): { readonly runtime: Runtime; readonly architecture: Architecture } | undefined {
  const { BuildMethod: method, BuildArchitecture: named = "x86_64" } = mapping(resource["Metadata"]);
  const { CompatibleRuntimes: compatible } = mapping(resource["Properties"]);
  const first = isList(compatible) ? compatible[0] : undefined;
  const own = typeof method === "string" ? findRuntime(method) : undefined;
  const runtime = own ?? (typeof first === "string" ? findRuntime(first) : undefined);
  const architecture = ARCHITECTURES.find((one) => one === named);
  if (!architecture) {
    const hint = "write `BuildArchitecture: x86_64` or `BuildArchitecture: arm64`";
    problems.error([...path, "Metadata", "BuildArchitecture"], `unknown architecture of ${who}`, hint);
  }
  if (!runtime) {
    const place = [...path, "Metadata", "BuildMethod"];
    const message = `the BuildMethod of ${who} is no runtime, and it has no CompatibleRuntimes that say in which image it is built`;
    const near = typeof method === "string" ? didYouMean(similarRuntimes(method)) : undefined;
    problems.error(place, message, near ?? "write `BuildMethod: python3.12`, or add CompatibleRuntimes");
  }
  return runtime && architecture ? { runtime, architecture } : undefined;
}

/** The logical IDs that references in values name. */
function referencesIn(values: readonly TemplateValue[]): Set<string> {
  const found = new Set<string>();
  const open = [...values];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const intrinsic = intrinsicOf(value);
    if (intrinsic?.name === "Ref" && typeof intrinsic.argument === "string") found.add(intrinsic.argument);
    if (intrinsic?.name === "Fn::GetAtt") {
      const [id] = isList(intrinsic.argument) ? intrinsic.argument : [];
      if (typeof id === "string") found.add(id);
    }
    if (intrinsic?.name === "Fn::Sub") {
      const text = isList(intrinsic.argument) ? intrinsic.argument[0] : intrinsic.argument;
      if (typeof text !== "string") continue;
      for (const [, id = ""] of text.matchAll(/\$\{(\w+)(?:\.\w+)?\}/g)) found.add(id);
    }
    if (isList(value)) open.push(...value);
    else if (isMapping(value)) open.push(...Object.values(value));
  }
  return found;
}
