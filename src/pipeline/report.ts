import { createHash } from "node:crypto";
import { MOST_BYTES } from "../layer/budget.ts";
import type { Reason } from "../layer/file.ts";
import type { Inspection } from "./inspect.ts";
import type { CheckedLayer } from "./layer.ts";
import type { PackageSet } from "./plan.ts";
import type { PruneResult } from "./prune.ts";
import type { TransformResult } from "./transform.ts";

/** Version of schemas/report.schema.json: it grows when a reader of the old form would go wrong. */
export const REPORT_VERSION = 1;

/** A layer as `--json` gives it; the schema describes each key. */
export type LayerReport = ReturnType<typeof layerReport>;

/** All that is known of a layer. */
function layerReport({ set, ...layer }: CheckedLayer) {
  const { bytes, verdict, shares } = layer.budget;
  return {
    name: layer.name,
    digest: layer.digest,
    os: layer.os,
    ...setReport(set),
    include: set.include,
    exclude: set.exclude,
    installed: layer.packages
      .map(({ name, version, architecture, requests }) => ({ name, version, architecture, requests }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    files: layer.files.map((file) => ({
      path: file.path,
      mode: `0${file.mode.toString(8)}`,
      size: file.bytes.length,
      sha256: createHash("sha256").update(file.bytes).digest("hex"),
      link: file.link ? Buffer.from(file.bytes).toString() : null,
      source: file.source,
      package: file.package ?? null,
      reasons: eachOnce(file.reasons),
    })),
    provided: layer.provided,
    assumed: layer.assumed,
    environment: layer.environment,
    notes: layer.notes,
    budget: {
      bytes,
      limit: MOST_BYTES,
      percent: Math.round((1000 * bytes) / MOST_BYTES) / 10,
      verdict,
      shares: shares.map((share) => ({ package: share.package ?? null, bytes: share.bytes })),
    },
  };
}

/** What `sam-pkg plan --json` prints. */
export type PlanReport = ReturnType<typeof planReport>;

/** What would be made for a template. */
export function planReport({ template, functions, plan, layers }: Inspection) {
  return {
    version: REPORT_VERSION,
    command: "plan" as const,
    template,
    functions: functions.flatMap(({ request, layer, environment }) =>
      request.logicalIds.map((logicalId) => ({
        logicalId,
        ...(request.resource === "layer" ? { resource: request.resource } : {}),
        ...(request.stack ? { stack: request.stack.path, template: request.stack.template } : {}),
        runtime: request.runtime.id,
        architecture: request.architecture,
        layer: layer?.name ?? null,
        environment,
      })),
    ),
    buildImages: plan.builds.map(setReport),
    layers: layers.map(layerReport),
    nothingToShip: plan.layers.filter((one) => !layers.some(({ set }) => set === one)).map(setReport),
  };
}

/** What `sam-pkg transform --json` prints: what was made for a template. */
export function transformReport({ template, output, children, functions, layers }: TransformResult) {
  return {
    version: REPORT_VERSION,
    command: "transform" as const,
    template,
    output,
    ...(children.length > 0 ? { children: children.map(({ requests: _requests, ...child }) => child) } : {}),
    functions: functions.flatMap(({ request, buildImage, layer, environment = {} }) =>
      request.logicalIds.map((logicalId, at) => ({
        logicalId,
        ...(request.resource === "layer" ? { resource: request.resource } : {}),
        ...(request.stack ? { stack: request.stack.path, template: request.stack.template } : {}),
        runtime: request.runtime.id,
        architecture: request.architecture,
        buildImage: buildImage ? { tag: buildImage.tag, stableTag: buildImage.stableTags[at] } : null,
        layer: layers.find(({ set }) => set.keys.includes(request.key))?.name ?? null,
        reference: layer
          ? {
              kind: layer.kind,
              value: layer.kind === "version" ? layer.arn : layer.logicalId,
              reused: layer.reused,
            }
          : null,
        environment,
      })),
    ),
    layers: layers.map(layerReport),
  };
}

/** What `sam-pkg prune --json` prints: what became of sam-pkg's layer versions, or would become. */
export function pruneReport({ keep, minimumAge, functionsListed, deleted, versions }: PruneResult) {
  return {
    version: REPORT_VERSION,
    command: "prune" as const,
    keep,
    minimumAge,
    functionsListed,
    deleted,
    layers: [...new Set(versions.map(({ layer }) => layer))].map((name) => ({
      name,
      versions: versions
        .filter(({ layer }) => layer === name)
        .map(({ version, arn, description, created, verdict, reasons }) => ({
          version,
          arn,
          description,
          created: Number.isNaN(created.getTime()) ? null : created.toISOString(),
          verdict,
          reasons,
        })),
    })),
  };
}

/** A package set. */
function setReport({ functions, image, architecture, packages }: PackageSet) {
  return { functions, image, architecture, packages };
}

function eachOnce(reasons: readonly Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
