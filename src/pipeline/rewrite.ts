import type { LayerReference } from "../publish/publish.ts";
import { InputError } from "../report/errors.ts";
import type { Edit } from "../template/apply.ts";
import { proveEdits } from "../template/edit.ts";
import { EditRefused } from "../template/apply.ts";
import type { FunctionRequest } from "../template/request.ts";
import { mayGetLayer } from "../template/request.ts";
import type { FunctionResult } from "./edits.ts";
import { editsFor } from "./edits.ts";
import type { Source } from "./source.ts";

/** Stand for layers that are not published yet, one for each way of referring to a layer. */
export const LAYER_STAND_INS: Readonly<Record<LayerReference["kind"], LayerReference>> = {
  version: {
    kind: "version",
    arn: "arn:aws:lambda:us-east-1:123456789012:layer:sam-pkg:1",
    reused: true,
  },
  resource: {
    kind: "resource",
    logicalId: "SamPkgLayer00000000",
    resource: { Type: "AWS::Serverless::LayerVersion", Properties: { ContentUri: "layer.zip" } },
    reused: true,
  },
};

/** A result of the right shape for a request of which nothing has been made yet. */
export function standIn(request: FunctionRequest, layer: LayerReference): FunctionResult {
  return {
    request,
    ...(request.builds ? { buildImage: { tag: "samcli/lambda-sampkg-0:latest", stableTags: [] } } : {}),
    ...(mayGetLayer(request) ? { layer } : {}),
  };
}

/**
 * The template with these results, and with edits beyond those of its functions; throws InputError when it cannot be
 * written so.
 */
export function proveRewrite(
  { file, template }: Pick<Source, "file" | "template">,
  results: readonly FunctionResult[],
  more: readonly Edit[] = [],
): string {
  try {
    return proveEdits(template, [...editsFor(results), ...more]);
  } catch (error) {
    if (!(error instanceof EditRefused)) throw error;
    const message = `cannot write ${error.path.join(".")}: ${error.message}`;
    const hint =
      "write this part of the template in its plain form (no anchor, no merge), then run sam-pkg again";
    const position = template.locator.positionOf(error.path);
    throw new InputError([{ severity: "error", file, position, message, hint }]);
  }
}

/** Whether two results edit the same places: what is proven of one then holds for the other, but for the values. */
export function isSameRewrite(a: readonly FunctionResult[], b: readonly FunctionResult[]): boolean {
  return placesOf(a) === placesOf(b);
}

function placesOf(results: readonly FunctionResult[]): string {
  return JSON.stringify(editsFor(results).map(({ op, path }) => [op, path]));
}
