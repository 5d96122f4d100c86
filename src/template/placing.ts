// What is edited of a resource: this looks at the body as it is written.
import { ignoreGlobal } from "./globals.ts";
import type { LayersAsWritten } from "./layers.ts";
import { placeLayer } from "./layers.ts";
import type { Path } from "./locate.ts";
import type { Body } from "./loops.ts";
import type { Mapping } from "./mapping.ts";
import { mapping } from "./mapping.ts";
import type { TemplateValue } from "./parse.ts";
import type { FunctionRequest } from "./request.ts";
import type { Scope } from "./target.ts";
import { placeOf } from "./target.ts";
import { variablesOf } from "./variables.ts";

/** The places of a request's edits. */
export type Places = Pick<
  FunctionRequest,
  "key" | "path" | "logicalIds" | "variables" | "layerPlaces" | "layerPreparations" | "emptyLists"
>;

/** Where a resource is edited; what stands in the way is reported. */
export function placesOf(scope: Scope, { path, resource, instances }: Body, getsLayer: boolean): Places {
  const { who, properties, inherited, resolver, problems } = scope;
  const made = {
    key: path.join("/"),
    path,
    logicalIds: instances.map(({ logicalId }) => logicalId),
    variables: variablesOf(inherited, properties),
    emptyLists: emptyListsOf(path, resource),
  };
  if (!getsLayer) return { ...made, layerPlaces: [], layerPreparations: [] };
  const earlier = mapping(mapping(resource["Metadata"])["SamPkg"])["Layer"];
  const layers: LayersAsWritten = {
    who,
    path: [...path, "Properties", "Layers"],
    own: properties["Layers"],
    inherited: inherited["Layers"],
    earlier: typeof earlier === "string" ? earlier : undefined,
  };
  const placed = placeLayer(layers, resolver);
  for (const problem of placed.problems) problems.error(problem.path, problem.message, problem.hint);
  warnOfAlias(scope);
  return {
    ...made,
    layerPlaces: placed.places,
    layerPreparations: placed.ignoreGlobals ? [ignoreGlobal(path, resource, "Layers")] : [],
  };
}

/** SAM makes no new version of a function of which only a layer changes. */
function warnOfAlias(scope: Scope): void {
  const valueOf = (key: string): TemplateValue | undefined => {
    const value = scope.properties[key] ?? scope.inherited[key];
    const resolved = scope.resolver.resolve(value, "live");
    return resolved.known ? resolved.value : value;
  };
  const alias = valueOf("AutoPublishAlias") ?? null;
  const all = valueOf("AutoPublishAliasAllProperties");
  if (alias === null || all === true || all === "true") return;
  const message = `AutoPublishAlias of ${scope.who} publishes no new version when only the layer changes`;
  const hint = "add `AutoPublishAliasAllProperties: true` beside it";
  scope.problems.warning(placeOf(scope, "AutoPublishAlias"), message, hint);
}

/** The places of a resource's own lists that are empty keys, which CloudFormation would refuse. */
export function emptyListsOf(path: Path, resource: Mapping): Path[] {
  const own = mapping(mapping(resource["Metadata"])["Packages"]);
  return ["Build", "Runtime", "Include", "Exclude", "Repositories", "Extras"]
    .filter((key) => own[key] === null)
    .map((key) => [...path, "Metadata", "Packages", key]);
}
