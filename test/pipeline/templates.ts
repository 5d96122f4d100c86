import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { formatDiagnostic } from "../../src/report/diagnostic.ts";
import { InputError } from "../../src/report/errors.ts";

/** A function with these packages, as JSON, which is YAML as well. */
export function asking(...packages: readonly string[]): string {
  return fn({ Metadata: { Packages: { Runtime: packages } } });
}

/** A function on python3.12, changed. */
export function fn(change: object = {}, properties: object = {}): string {
  return JSON.stringify({
    Type: "AWS::Serverless::Function",
    Properties: { Runtime: "python3.12", Handler: "a.b", CodeUri: ".", ...properties },
    ...change,
  });
}

/** A nested stack. */
export function nested(Location: unknown, Parameters?: object): string {
  return JSON.stringify({ Type: "AWS::Serverless::Application", Properties: { Location, Parameters } });
}

/** A template of these resources. */
export function template(resources: Readonly<Record<string, string>>): string {
  return `Resources:\n${Object.entries(resources)
    .map(([id, text]) => `  ${id}: ${text}\n`)
    .join("")}`;
}

/** A folder with these files, which is the current one until the test ends. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "sam-pkg-stacks-")));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  onTestFinished(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** What the user would read. */
export async function problemsOf(work: () => unknown): Promise<string[]> {
  try {
    await work();
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics.map(formatDiagnostic);
    throw error;
  }
  return [];
}
