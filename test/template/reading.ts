import { formatDiagnostic } from "../../src/report/diagnostic.ts";
import { InputError } from "../../src/report/errors.ts";
import type { FunctionRequest, Reading } from "../../src/template/request.ts";
import { readFunctions } from "../../src/template/functions.ts";
import { locate } from "../../src/template/locate.ts";
import { parseTemplate } from "../../src/template/parse.ts";

export const reading = (text: string, overrides: Record<string, string> = {}): Reading =>
  readFunctions("t.yaml", parseTemplate(text), () => locate(text), { overrides });

export const read = (text: string, overrides?: Record<string, string>): readonly FunctionRequest[] =>
  reading(text, overrides).requests;

/** What the user would read; nothing when the template is right. */
export function problems(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics.map(formatDiagnostic);
    throw error;
  }
}

/** A template with one function: its Properties and its Packages, in flow style. */
export const template = (properties: string, packages: string, type = "AWS::Serverless::Function"): string =>
  `Resources:\n  F:\n    Type: ${type}\n    Properties: ${properties}\n    Metadata:\n      Packages: ${packages}\n`;
