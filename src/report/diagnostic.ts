/** A place in a text; both numbers count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One problem of the user's input: what is wrong, where, and the next step. */
export interface Diagnostic {
  readonly severity: "error" | "warning" | "note";
  readonly file: string;
  readonly position?: Position;
  readonly message: string;
  readonly hint?: string;
}

/** Order of diagnostics as a reader goes through the file: by place, those without a place first. */
export function byPosition(a: Diagnostic, b: Diagnostic): number {
  return (
    (a.position?.line ?? 0) - (b.position?.line ?? 0) || (a.position?.column ?? 0) - (b.position?.column ?? 0)
  );
}

/** Order of diagnostics of several files: by file, then as a reader goes through it. */
export function byFileAndPosition(a: Diagnostic, b: Diagnostic): number {
  return a.file === b.file ? byPosition(a, b) : a.file < b.file ? -1 : 1;
}

/** The diagnostic in the form that editors and CI systems recognise: `file:line:col: error: message`. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, position, severity, message, hint } = diagnostic;
  const place = position ? `${file}:${position.line}:${position.column}` : file;
  return `${place}: ${severity}: ${message}${hint === undefined ? "" : `\n  hint: ${hint}`}`;
}
