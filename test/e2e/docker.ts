import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs the lab's docker client; what it printed, without the white space around it. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("docker", args);
  return stdout.trim();
}
