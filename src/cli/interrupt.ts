import { setMaxListeners } from "node:events";
import { EXIT } from "./errors.ts";

/** What Ctrl-C or SIGTERM end, and the way to leave both to another. */
export interface Interrupts {
  readonly signal: AbortSignal;
  readonly release: () => void;
}

/**
 * A signal that fires on Ctrl-C or SIGTERM, so that the work can clean up. A second one ends the process at once;
 * the engine then removes the containers by itself.
 */
export function interrupts(): Interrupts {
  const controller = new AbortController();
  // Everything that is under way listens to it.
  setMaxListeners(0, controller.signal);
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write("\nstopping: cleaning up (Ctrl-C again to leave at once)\n");
    controller.abort();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return {
    signal: controller.signal,
    release: () => void process.off("SIGINT", stop).off("SIGTERM", stop),
  };
}

/** The signal alone, for a command that needs it to its end. */
export const interruptSignal = (): AbortSignal => interrupts().signal;
