// The judge of a rewritten template: SAM's own reader.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import type { Edit, Json } from "../../src/template/apply.ts";

/** A template, and what was made of it. */
export interface JudgedCase {
  readonly before: string;
  /** What sam-pkg reads in it. */
  readonly meaning: Json;
  readonly outputs: readonly {
    readonly mode: string;
    readonly after: string;
    readonly edits: readonly Edit[];
    /** What every function with runtime packages must have in its Layers. */
    readonly layer: string;
  }[];
}

/** What SAM's reader finds wrong, case by case. One process of SAM's Python for all. */
export async function judgeEdits(sam: string, cases: readonly JudgedCase[]): Promise<string[][]> {
  const python = join(dirname(sam), "python");
  const child = spawn(python, [join(import.meta.dirname, "judge-edits.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  child.stdin.end(JSON.stringify(cases, withAllNumbers));
  await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  return JSON.parse(output) as string[][];
}

/** JSON has no infinities. */
function withAllNumbers(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { "\0number": String(value) } : value;
}
