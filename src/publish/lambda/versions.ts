import type { LayerVersionsListItem } from "@aws-sdk/client-lambda";
import type { Layer } from "../publish.ts";
import type { LambdaApi } from "./api.ts";

/** A version that can be referred to. */
export interface LiveVersion {
  readonly arn: string;
  readonly version: number;
}

/**
 * The version that holds a layer's content: of several the lowest, so that every machine that looks finds the same
 * one. A version for other architectures, or not for every runtime that asks, does not count.
 */
export async function findVersion(api: LambdaApi, layer: Layer): Promise<LiveVersion | undefined> {
  const versions = await api.listVersions(layer.name);
  return versions
    .filter((one) => isUsable(one, layer))
    .map(({ LayerVersionArn = "", Version = 0 }) => ({ arn: LayerVersionArn, version: Version }))
    .toSorted((a, b) => a.version - b.version)
    .at(0);
}

function isUsable(version: LayerVersionsListItem, { mark, architecture, asked }: Layer): boolean {
  const { Description = "", CompatibleArchitectures = [], CompatibleRuntimes = [] } = version;
  return (
    (Description === mark || Description.startsWith(`${mark} `)) &&
    // A version that names none is for all.
    (CompatibleArchitectures.length === 0 || CompatibleArchitectures.includes(architecture)) &&
    (CompatibleRuntimes.length === 0 || asked.every((id) => (CompatibleRuntimes as string[]).includes(id)))
  );
}
