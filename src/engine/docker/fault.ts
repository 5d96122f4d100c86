import { Interrupted, WorkError } from "../../report/errors.ts";

const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "EACCES",
  "EPERM",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ETIMEDOUT",
  "ECONNRESET",
  "EPIPE",
]);
const DISK_FULL =
  /no space left on device|ENOSPC|not enough free space|disk requirements:|more space needed on|needs \d+[KMG]?B more space/i;

/** The message of a daemon's answer without dockerode's prefix. */
export function daemonMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^\(HTTP code \d+\) [^-]* - /, "").trim();
}

/** The status of a daemon's answer; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === "number" ? status : undefined;
}

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
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (statusOf(error) === undefined && code !== undefined && UNREACHABLE.has(code)) {
    return unreachable(endpoint, code, error);
  }
  const said = daemonMessage(error);
  if (isDiskFull(said)) return diskFull(doing, said);
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

function unreachable(endpoint: string, code: string, cause: unknown): WorkError {
  const hints: Record<string, string> = {
    EACCES:
      "your user may not open it: join the `docker` group (`sudo usermod -aG docker $USER`, then log in again)",
    EPERM:
      "your user may not open it: join the `docker` group (`sudo usermod -aG docker $USER`, then log in again)",
    ENOENT:
      "start Docker (Docker Desktop, or `sudo systemctl start docker`), or point DOCKER_HOST at the engine you use",
  };
  return new WorkError(`cannot reach a container engine at ${endpoint} (${code})`, {
    hint:
      hints[code] ??
      "start Docker (Docker Desktop, or `sudo systemctl start docker`), or correct DOCKER_HOST: the engine does not answer there",
    cause,
  });
}
