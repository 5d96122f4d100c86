import type { Mapping } from "./mapping.ts";

export const FUNCTION_TYPES: readonly string[] = ["AWS::Serverless::Function", "AWS::Lambda::Function"];
export const LAYER_TYPES: readonly string[] = ["AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"];

/** Whether a resource is a Lambda function. */
export function isFunction({ Type: type }: Mapping): boolean {
  return typeof type === "string" && FUNCTION_TYPES.includes(type);
}

/** Whether a resource is a layer. */
export function isLayer({ Type: type }: Mapping): boolean {
  return typeof type === "string" && LAYER_TYPES.includes(type);
}
