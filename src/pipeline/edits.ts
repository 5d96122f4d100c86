import type { Listener } from "../report/events.ts";
import type { FunctionRequest } from "../template/request.ts";
import { namesOf } from "../template/request.ts";
import type { Edit } from "../template/apply.ts";
import { layerEdits } from "../template/layers.ts";
import type { LayerReference } from "../publish/publish.ts";

/** A function's build image: the tag of this very content, and the names that stay the same from run to run. */
export interface BuildImageNames {
  readonly tag: string;
  /** One for each of the function's logical IDs, in their order. */
  readonly stableTags: readonly string[];
}

/** What was made for one function. */
export interface FunctionResult {
  readonly request: FunctionRequest;
  readonly buildImage?: BuildImageNames;
  readonly layer?: LayerReference;
  /** Variables to add. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The edits that put results into the template. */
export function editsFor(results: readonly FunctionResult[]): Edit[] {
  const resources = new Map<string, Edit>();
  const edits: Edit[] = [];
  for (const { request, buildImage, layer, environment = {} } of results) {
    const { path } = request;
    for (const empty of request.emptyLists) edits.push({ op: "set", path: empty, value: [] });
    if (layer) {
      const value = layer.kind === "version" ? layer.arn : { Ref: layer.logicalId };
      edits.push(...layerEdits(request.layerPlaces, value), ...request.layerPreparations);
      if (layer.kind === "resource") {
        const place = ["Resources", layer.logicalId];
        resources.set(layer.logicalId, { op: "set", path: place, value: layer.resource as never });
      }
    }
    for (const [name, value] of Object.entries(environment)) {
      edits.push({ op: "set", path: [...path, "Properties", "Environment", "Variables", name], value });
    }
    const made = {
      ...(buildImage === undefined ? {} : { BuildImage: buildImage.tag }),
      ...(layer ? { Layer: layer.kind === "version" ? layer.arn : layer.logicalId } : {}),
    };
    // `sam build --cached` looks at Metadata, not at images: the tag there makes it notice a new one.
    if (buildImage !== undefined || layer) {
      edits.push({ op: "set", path: [...path, "Metadata", "SamPkg"], value: made });
    }
  }
  return [...edits, ...resources.values()];
}

/** The variables that a layer needs, less those that the function sets otherwise; what is left alone is reported. */
export function variablesFor(
  request: FunctionRequest,
  wanted: Readonly<Record<string, string>>,
  listener: Listener,
): Record<string, string> {
  const { variables } = request;
  const who = namesOf(request).join(", ");
  const names = Object.entries(wanted);
  if (names.length > 0 && variables === undefined) {
    const text = names.map(([name, value]) => `${name}: ${value}`).join(", ");
    const message = `the variables of ${who} are no plain mapping: nothing was added`;
    listener({ kind: "warning", message, hint: `add what the layer needs: ${text}` });
    return {};
  }
  const taken = new Map(Object.entries(variables ?? {}));
  const added = names.filter(([name, value]) => !taken.has(name) || taken.get(name) === value);
  for (const [name, value] of names) {
    if (added.some(([one]) => one === name)) continue;
    listener({
      kind: "note",
      message: `${who} sets ${name} itself: left alone (the layer's place is ${value})`,
    });
  }
  return Object.fromEntries(added);
}
