import type { StoredVersion } from "./api.ts";
import type { Cloud } from "./cloud.ts";
import type { Input, LambdaOperation } from "./lambda-operation.ts";
import { ARCHITECTURES, bareName, layerName, notFound, RUNTIMES, versionArn } from "./layer-model.ts";
import { integerOf, stringOf } from "./validate.ts";

/** What lists, gets and deletes layer versions. */
export const layerOperations: readonly LambdaOperation[] = [
  {
    name: "ListLayers",
    method: "GET",
    path: /^\/2018-10-31\/layers$/,
    resource: () => "*",
    prepare: (cloud, input) => {
      const { ask, filter, scope } = listing(input);
      return () => {
        const newest = new Map<string, StoredVersion>();
        for (const version of filter(cloud.layers.of())) {
          if (version.version > (newest.get(version.name)?.version ?? 0)) newest.set(version.name, version);
        }
        const page = cloud.pages.page(`layers ${scope}`, [...newest.values()], ({ name }) => name, ask);
        const Layers = page.items.map((version) => ({
          LayerName: version.name,
          LayerArn: version.layerArn,
          LatestMatchingVersion: listItem(version),
        }));
        return { status: 200, json: { Layers, NextMarker: page.next } };
      };
    },
  },
  {
    name: "ListLayerVersions",
    method: "GET",
    path: /^\/2018-10-31\/layers\/([^/]+)\/versions$/,
    resource: () => "*",
    prepare: (cloud, input) => {
      const name = layerName(cloud, input.parts[0]);
      const { ask, filter, scope } = listing(input);
      return () => {
        if (!cloud.layers.knows(name)) throw notFound();
        const versions = filter(cloud.layers.of(name));
        const page = cloud.pages.page(`versions ${name} ${scope}`, versions, ({ arn }) => arn, ask);
        return { status: 200, json: { LayerVersions: page.items.map(listItem), NextMarker: page.next } };
      };
    },
  },
  {
    name: "GetLayerVersion",
    method: "GET",
    path: /^\/2018-10-31\/layers\/([^/]+)\/versions\/([^/]+)$/,
    resource: versionResource,
    prepare: (cloud, { parts }) => {
      const arn = versionArn(cloud, parts[0], parts[1]);
      return () => {
        const version = cloud.layers.live.get(arn);
        if (!version) throw notFound();
        return { status: 200, json: described(cloud, version) };
      };
    },
  },
  {
    name: "DeleteLayerVersion",
    method: "DELETE",
    path: /^\/2018-10-31\/layers\/([^/]+)\/versions\/([^/]+)$/,
    resource: versionResource,
    prepare: (cloud, { parts }) => {
      const arn = versionArn(cloud, parts[0], parts[1]);
      return () => {
        cloud.layers.delete(arn);
        return { status: 204 };
      };
    },
  },
];

/** The IAM resource of a call about one version. */
export function versionResource(cloud: Cloud, [name = "", version = ""]: readonly string[]): string {
  return `${cloud.layers.arn(bareName(name))}:${version}`;
}

/** A version as Publish and Get describe it. */
export function described(cloud: Cloud, version: StoredVersion): Record<string, unknown> {
  const host = `awslambda-${cloud.region}-layers.s3.${cloud.region}.amazonaws.com`;
  return {
    ...listItem(version),
    LayerArn: version.layerArn,
    Content: {
      CodeSha256: version.codeSha256,
      CodeSize: version.size,
      Location: `https://${host}/snapshots/${cloud.account}/${version.name}-${version.version}`,
    },
  };
}

// No content hash: the service's lists have none, and a product that reads one must fail here.
function listItem(version: StoredVersion): Record<string, unknown> {
  return {
    LayerVersionArn: version.arn,
    Version: version.version,
    Description: version.description,
    CreatedDate: version.createdDate,
    ...(version.runtimes.length > 0 && { CompatibleRuntimes: version.runtimes }),
    ...(version.architectures.length > 0 && { CompatibleArchitectures: version.architectures }),
    ...(version.licenseInfo !== undefined && { LicenseInfo: version.licenseInfo }),
  };
}

function listing({ query }: Input) {
  const runtime = stringOf(query.get("CompatibleRuntime"), "compatibleRuntime", { values: RUNTIMES });
  const architecture = stringOf(query.get("CompatibleArchitecture"), "compatibleArchitecture", {
    values: ARCHITECTURES,
  });
  const max = integerOf(query.get("MaxItems") ?? undefined, "maxItems", { min: 1, max: 50 });
  return {
    ask: { marker: query.get("Marker") ?? undefined, max },
    scope: `${runtime} ${architecture}`,
    filter: (versions: readonly StoredVersion[]) =>
      versions.filter(
        (version) =>
          (runtime === undefined || version.runtimes.includes(runtime)) &&
          (architecture === undefined || version.architectures.includes(architecture)),
      ),
  };
}
