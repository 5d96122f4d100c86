/** sam-pkg as a library: the main job, a look at what it would make, tidying up, reports, events and errors. */
export { inspect } from "./pipeline/inspect.ts";
export type { InspectedFunction, InspectOptions, Inspection } from "./pipeline/inspect.ts";
export { prune } from "./pipeline/prune.ts";
export type { PruneOptions, PruneResult } from "./pipeline/prune.ts";
export { planReport, pruneReport, transformReport } from "./pipeline/report.ts";
export type { LayerReport, PlanReport } from "./pipeline/report.ts";
export { transform } from "./pipeline/transform.ts";
export type { PublishMode } from "./pipeline/publish.ts";
export type { TransformOptions, TransformResult, WrittenChild } from "./pipeline/transform.ts";
export { whyReport } from "./pipeline/why.ts";
export type { Match, WhyReport } from "./pipeline/why.ts";
export type { JudgedVersion, RetentionReason } from "./publish/lambda/retention.ts";
export { formatDiagnostic } from "./report/diagnostic.ts";
export type { Diagnostic, Position } from "./report/diagnostic.ts";
export { InputError, Interrupted, WorkError } from "./report/errors.ts";
export type { Event, Listener } from "./report/events.ts";
