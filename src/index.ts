/** sam-pkg as a library: the main job, its events and its errors. */
export { transform } from "./pipeline/transform.ts";
export type { PublishMode, TransformOptions, TransformResult } from "./pipeline/transform.ts";
export { formatDiagnostic } from "./report/diagnostic.ts";
export type { Diagnostic, Position } from "./report/diagnostic.ts";
export { InputError, Interrupted, WorkError } from "./report/errors.ts";
export type { Event, Listener } from "./report/events.ts";
