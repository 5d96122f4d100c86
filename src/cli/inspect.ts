import type { Inspection } from "../pipeline/inspect.ts";
import { inspect } from "../pipeline/inspect.ts";
import type { Event } from "../report/events.ts";
import { interruptSignal } from "./interrupt.ts";
import { progress } from "./progress.ts";

/** Options that `plan` and `why` share, as commander gives them. */
export interface InspectFlags {
  readonly templateFile?: string;
  readonly configFile?: string;
  readonly configEnv?: string;
  readonly parameterOverrides?: readonly string[];
  readonly jobs: number;
  readonly json?: boolean;
}

/** What a listener hears of, but the command tells in its own words. */
const TOLD: readonly Event["kind"][] = ["layer", "nothing-to-ship", "resolved", "note", "warning"];

/**
 * Inspects a template; its progress goes to standard error.
 * @returns the inspection, and the notes and warnings that came up
 */
export async function inspectTemplate(
  { templateFile, jobs, configFile, configEnv, parameterOverrides }: InspectFlags,
  loadTest: boolean,
): Promise<{ inspection: Inspection; remarks: Event[] }> {
  const view = progress(process.stderr);
  const remarks: Event[] = [];
  const inspection = await inspect({
    ...(templateFile === undefined ? {} : { template: templateFile }),
    ...(configFile === undefined ? {} : { configFile }),
    ...(configEnv === undefined ? {} : { configEnv }),
    ...(parameterOverrides === undefined ? {} : { parameterOverrides }),
    jobs,
    loadTest,
    signal: interruptSignal(),
    listener: (event) => {
      if (event.kind === "note" || event.kind === "warning") remarks.push(event);
      if (!TOLD.includes(event.kind)) view.listener(event);
    },
  }).finally(() => view.clear());
  return { inspection, remarks };
}
