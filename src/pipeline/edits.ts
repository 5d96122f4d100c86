import type { FunctionRequest } from "../template/functions.ts";
import type { Edit } from "../template/edit.ts";
import type { LayerReference } from "../publish/publish.ts";

/** What was made for one function. */
export interface FunctionResult {
  readonly request: FunctionRequest;
  /** Its build image: the tag of this very content, and the name that stays the same from run to run. */
  readonly buildImage?: { readonly tag: string; readonly stableTag: string };
  readonly layer?: LayerReference;
}

/** The edits that put results into the template. */
export function editsFor(results: readonly FunctionResult[]): Edit[] {
  const resources = new Map<string, Edit>();
  const edits: Edit[] = [];
  for (const { request, buildImage, layer } of results) {
    const path = ["Resources", request.logicalId];
    for (const empty of request.emptyLists) edits.push({ op: "set", path: empty, value: [] });
    if (layer) {
      edits.push(layerEdit(request, layer));
      if (layer.kind === "resource") {
        const place = ["Resources", layer.logicalId];
        resources.set(layer.logicalId, { op: "set", path: place, value: layer.resource as never });
      }
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

function layerEdit({ logicalId, layers }: FunctionRequest, layer: LayerReference): Edit {
  const path = ["Resources", logicalId, "Properties", "Layers"];
  const value = layer.kind === "version" ? layer.arn : { Ref: layer.logicalId };
  return Array.isArray(layers) ? { op: "append", path, value } : { op: "set", path, value: [value] };
}
