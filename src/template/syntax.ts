/** Why a text is no template, in a word that code can ask for. */
export type SyntaxReason =
  | "syntax"
  | "tab-indentation"
  | "multiple-documents"
  | "recursive-alias"
  | "alias-bomb"
  | "too-deep"
  | "ambiguous-key"
  | "no-json-value";

/** The text is not what SAM could read. `line` and `column` count from 1; `message` is one plain line. */
export class TemplateSyntaxError extends Error {
  override readonly name = "TemplateSyntaxError";
  readonly reason: SyntaxReason;
  readonly line: number;
  readonly column: number;

  constructor(reason: SyntaxReason, message: string, line: number, column: number) {
    super(message);
    this.reason = reason;
    this.line = line;
    this.column = column;
  }
}
