import { styleText } from "node:util";
import { formatDiagnostic } from "../report/diagnostic.ts";
import { printable } from "./text.ts";
import { InputError, Interrupted, WorkError } from "../report/errors.ts";

/** Exit codes, the same for every command. */
export const EXIT = { done: 0, failed: 1, input: 2, interrupted: 130 } as const;

/** Problems that are shown; of more, their number. */
const MOST_PROBLEMS = 50;

/** Writes an error to standard error the way its kind wants it; returns the exit code. */
export function reportError(error: unknown): number {
  if (error instanceof InputError) {
    const count = error.diagnostics.length;
    for (const diagnostic of error.diagnostics.slice(0, MOST_PROBLEMS)) {
      say(colour(formatDiagnostic(diagnostic)));
    }
    if (count > MOST_PROBLEMS) say(`… and ${count - MOST_PROBLEMS} more`);
    say(`${count} ${count === 1 ? "problem" : "problems"}; nothing was written`);
    return EXIT.input;
  }
  if (error instanceof Interrupted) {
    say("interrupted; no file was written");
    return EXIT.interrupted;
  }
  if (error instanceof WorkError) {
    say(colour(`error: ${error.message}`));
    for (const line of error.quote?.split("\n") ?? []) say(`  | ${printable(line.replaceAll("\t", "  "))}`);
    if (error.hint !== undefined) say(colour(`  hint: ${error.hint}`));
    return EXIT.failed;
  }
  const message = error instanceof Error ? error.message : String(error);
  say(colour(`error: sam-pkg failed in a way it should not: ${message}`));
  say("  hint: please report it with the template; SAM_PKG_DEBUG=1 shows where it happened");
  if (process.env["SAM_PKG_DEBUG"] && error instanceof Error) say(error.stack ?? "");
  return EXIT.failed;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const COLOURS = { "error:": "red", "warning:": "yellow", "hint:": "cyan" } as const;

function colour(text: string): string {
  return text.replaceAll(
    /^(.*?)\b(error:|warning:|hint:)/gm,
    (_all, before: string, word: keyof typeof COLOURS) => {
      return before + styleText(COLOURS[word], word, { stream: process.stderr });
    },
  );
}
