import { setMaxListeners } from "node:events";
import { EXIT } from "./errors.ts";

/**
 * A signal that fires on Ctrl-C or SIGTERM, so that the work can clean up. A second one ends the process at once;
 * the engine then removes the containers by itself.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  // Everything that is under way listens to it.
  setMaxListeners(0, controller.signal);
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write("\nstopping: cleaning up (Ctrl-C again to leave at once)\n");
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
