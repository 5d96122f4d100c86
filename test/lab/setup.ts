import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const lab = import.meta.dirname;
const env = join(lab, "../../.lab/env");

/** Runs one of the lab's scripts; all its output is shown as it comes, and is in the error if the script fails. */
async function run(script: string): Promise<void> {
  const output: Buffer[] = [];
  const child = spawn("bash", [join(lab, script)], { stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output.push(chunk);
      process.stderr.write(chunk);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) {
    throw new Error(`test/lab/${script} failed (${String(code)}):\n${Buffer.concat(output).toString()}`);
  }
}

/**
 * Vitest's global set-up: the lab is up while the tests run. A lab that was up before stays up; with SAM_PKG_LAB=up it
 * is whoever runs the tests who has seen to it.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const wasUp = existsSync(env);
  if (process.env["SAM_PKG_LAB"] !== "up") await run("up");
  for (const line of readFileSync(env, "utf8").split("\n")) {
    const at = line.indexOf("=");
    if (at > 0) process.env[line.slice(0, at)] = line.slice(at + 1);
  }
  process.env["SAM_CLI_TELEMETRY"] = "0";
  return async () => {
    if (!wasUp) await run("down");
  };
}
