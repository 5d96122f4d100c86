import type { Diagnostic } from "../report/diagnostic.ts";
import { byFileAndPosition } from "../report/diagnostic.ts";
import { InputError } from "../report/errors.ts";
import type { Locator, Path } from "./locate.ts";

/** What is wrong, at a path of the template or below a value of it. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

/** Collects what is wrong with one template, each thing once. */
export class Problems {
  private readonly file: string;
  private readonly locate: () => Locator;
  private locator: Locator | undefined;
  private readonly found: Map<string, Diagnostic>;

  /** @param locate finds places in the text; called only when there is something to place */
  constructor(file: string, locate: () => Locator, found = new Map<string, Diagnostic>()) {
    this.file = file;
    this.locate = locate;
    this.found = found;
  }

  /** The same collection, for places in a file that the template names. */
  of(file: string, locate: () => Locator): Problems {
    return new Problems(file, locate, this.found);
  }

  /** How many errors there are. */
  get errors(): number {
    return [...this.found.values()].filter(({ severity }) => severity === "error").length;
  }

  error(path: Path, message: string, hint: string): undefined {
    this.add("error", path, message, hint);
  }

  warning(path: Path, message: string, hint: string): void {
    this.add("warning", path, message, hint);
  }

  /** What may be right, and is worth knowing. */
  note(path: Path, message: string, hint: string): void {
    this.add("note", path, message, hint);
  }

  /** The warnings and notes, by place. Throws InputError with all errors if there are any. */
  settle(): Diagnostic[] {
    const all = [...this.found.values()].toSorted(byFileAndPosition);
    const errors = all.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new InputError(errors);
    return all;
  }

  private add(severity: Diagnostic["severity"], path: Path, message: string, hint: string): void {
    this.locator ??= this.locate();
    const position = this.locator.positionOf(path);
    const key = JSON.stringify([this.file, position, message]);
    if (!this.found.has(key)) this.found.set(key, { severity, file: this.file, position, message, hint });
  }
}
