import type { Diagnostic } from "./diagnostic.ts";

/** The work failed though the input was right: engine, network, package repository, AWS. Exit code 1. */
export class WorkError extends Error {
  override readonly name = "WorkError";
  readonly hint: string | undefined;
  /** What the tool that failed said itself, a few lines at most. */
  readonly quote: string | undefined;

  constructor(message: string, options: { hint?: string; quote?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.quote = options.quote;
  }
}

/** The input is wrong: usage, template, packages. Carries every problem found. Exit code 2. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join("; "));
    this.diagnostics = diagnostics;
  }
}

/** The user asked to stop (Ctrl-C, SIGTERM). Exit code 130. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor() {
    super("interrupted");
  }
}
