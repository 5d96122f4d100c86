import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { lab } from "../e2e/project.ts";

/** One question to SAM: see test/lab/translate.py. */
export interface Question {
  readonly template?: unknown;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly resolve?: boolean;
  /** Fn::ForEach is expanded. */
  readonly loops?: boolean;
  readonly overrides?: unknown;
}

/** What SAM answers. */
export interface Answer {
  readonly is?: Readonly<Record<string, Readonly<Record<string, unknown>> & string>>;
  readonly error?: string;
}

/** Asks SAM's own code, in one process for all questions. */
export async function askSam(questions: readonly Question[]): Promise<Answer[]> {
  const python = join(dirname(lab("SAM")), "python");
  const script = join(import.meta.dirname, "../lab/translate.py");
  const output = await new Promise<string>((resolve, reject) => {
    const child = execFile(python, [script], { maxBuffer: 1 << 28 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    child.stdin?.end(JSON.stringify(questions));
  });
  const answers = JSON.parse(output) as Answer[];
  expect(answers).toHaveLength(questions.length);
  return answers;
}
