import { WorkError } from "../../report/errors.ts";
import { shownPath } from "../context-files.ts";
import type { DockerfileText } from "../dockerfile.ts";
import { buildKitOnly } from "../dockerfile.ts";
import type { Dockerfile } from "../engine.ts";
import { StepFailed } from "./build-progress.ts";
import type { BuildProgress } from "./build-progress.ts";
import { daemonMessage } from "./answer.ts";
import { diskFull, engineFault, isDiskFull } from "./fault.ts";

const NOT_UNDERSTOOD = /requires? BuildKit|BuildKit is enabled|unknown (?:flag|instruction)|parse error/i;

/** Turns what a build threw into one clear error, with the step and its line where they are known. */
export function buildFault(
  error: unknown,
  { file, text, context, target }: Dockerfile & { readonly text: DockerfileText },
  { step, last }: BuildProgress,
  endpoint: string,
  signal: AbortSignal,
): Error {
  const said = daemonMessage(error);
  const doing = `building ${shownPath(file)}`;
  if (isDiskFull(`${said}\n${last.join("\n")}`)) return diskFull(doing, said);
  const newer = buildKitOnly(text);
  if (newer && NOT_UNDERSTOOD.test(said)) {
    return new WorkError(
      `${shownPath(file)}:${newer.line}: ${newer.what} needs BuildKit, which sam-pkg does not use`,
      {
        quote: said,
        hint: `build it yourself (\`docker build -t my-build-image -f ${shownPath(file)} ${shownPath(context)}\`) and name it in BuildImage in place of Dockerfile, or write the step without it`,
        cause: error,
      },
    );
  }
  const at = step && text.instructions[step.number - 1];
  if (error instanceof StepFailed && at?.keyword === step?.keyword && at) {
    const command = `${at.keyword} ${at.rest.replaceAll(/\s+/g, " ")}`;
    const words = [
      "docker build",
      ...(target === undefined ? [] : ["--target", target]),
      "-f",
      shownPath(file),
    ];
    return new WorkError(`${doing} failed at line ${at.line}: ${shortened(command)}`, {
      quote: [...last, said].join("\n"),
      hint: `correct the step; to try it by hand: \`${[...words, shownPath(context)].join(" ")}\``,
      cause: error,
    });
  }
  const line = /parse error (?:on |at )?line (\d+)/i.exec(said)?.[1];
  if (error instanceof StepFailed || NOT_UNDERSTOOD.test(said)) {
    return new WorkError(`${doing} failed${line === undefined ? "" : ` at line ${line}`}`, {
      quote: [...last, said].join("\n"),
      hint: `correct ${shownPath(file)}`,
      cause: error,
    });
  }
  return engineFault(error, doing, endpoint, signal);
}

/** What was to be sent could not be read, or changed meanwhile. */
export function contextFault(error: unknown, { file }: Dockerfile): WorkError {
  return new WorkError(`building ${shownPath(file)} failed: what it copies could not be sent`, {
    quote: error instanceof Error ? error.message : String(error),
    hint: "its context must not change while it is built",
    cause: error,
  });
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
