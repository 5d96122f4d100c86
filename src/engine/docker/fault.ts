import { Interrupted, WorkError } from "../../report/errors.ts";
import { daemonMessage } from "./answer.ts";
import { reasonOf, unreachable } from "./unreached.ts";

const DISK_FULL =
  /no space left on device|ENOSPC|not enough free space|disk requirements:|more space needed on|needs \d+[KMG]?B more space/i;
const NO_SHELL = /exec: "\/bin\/sh"/;

export function isDiskFull(text: string): boolean {
  return DISK_FULL.test(text);
}

/** The disk on which the engine keeps images and containers is full. */
export function diskFull(doing: string, quote: string): WorkError {
  return new WorkError(`the container engine's disk is full: ${doing} did not fit`, {
    quote,
    hint: "free space with `docker system prune` (it removes stopped containers and unused images), then run sam-pkg again",
  });
}

/**
 * Turns whatever the engine's API threw into one clear error.
 * @param doing what was being done, to follow "while": `pulling alpine`
 */
export function engineFault(error: unknown, doing: string, endpoint: string, signal: AbortSignal): Error {
  if (signal.aborted) return new Interrupted();
  if (error instanceof WorkError || error instanceof Interrupted) return error;
  const reason = reasonOf(error);
  if (reason) return unreachable(endpoint, reason, error);
  const said = daemonMessage(error);
  if (isDiskFull(said)) return diskFull(doing, said);
  if (NO_SHELL.test(said)) {
    return new WorkError(`the image has no /bin/sh (${doing})`, {
      quote: said,
      hint: "start from an image with a shell, such as SAM's build image of the runtime",
      cause: error,
    });
  }
  return new WorkError(`the container engine refused ${doing}`, { quote: said, cause: error });
}

/** The engine's machine runs no programs of a platform (`linux/arm64`); undefined when the error is another. */
export function cannotRun(
  error: unknown,
  platform: string,
  doing: string,
  signal: AbortSignal,
): WorkError | undefined {
  const said = daemonMessage(error);
  if (signal.aborted || error instanceof WorkError || !/exec format error/i.test(said)) return undefined;
  const architecture = platform.slice(platform.indexOf("/") + 1);
  return new WorkError(
    `the container engine's machine cannot run ${platform} images: it has no emulation of ${architecture} (${doing})`,
    {
      quote: said,
      hint: `Docker Desktop has it; on Linux install it with \`docker run --privileged --rm tonistiigi/binfmt --install ${architecture}\` or, on Debian and Ubuntu, the package qemu-user-static; or use a machine of that architecture`,
      cause: error,
    },
  );
}
