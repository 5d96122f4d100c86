import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const CLI = join(ROOT, "dist/src/cli/main.js");

/** How a process ended and what it printed. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with standard error as it grows; may kill the process. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs a program to its end; nothing goes through a shell. */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Run> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
      if (name === "stderr") options.onStderr?.(text.stderr, (signal) => child.kill(signal));
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, ...text };
}

/** Runs the built sam-pkg, under a umask if one is given (octal digits), or by a command that runs its arguments. */
export function samPkg(
  args: readonly string[],
  options: RunOptions & { readonly umask?: string; readonly by?: readonly string[] },
): Promise<Run> {
  const command = [...(options.by ?? []), process.execPath, CLI, ...args];
  if (options.umask === undefined) return run(command[0] ?? "", command.slice(1), options);
  return run("sh", ["-c", 'umask "$0" && exec "$@"', options.umask, ...command], options);
}

/** Runs the lab's SAM CLI. */
export function sam(args: readonly string[], options: RunOptions): Promise<Run> {
  return run(lab("SAM"), args, options);
}

/** A value of the lab: set by its set-up, or the test fails. */
export function lab(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the lab did not set ${name}`);
  return value;
}

/** What the quick start leaves in a fixture is no part of it. */
const isKept = (path: string): boolean => !/\.aws-sam$|\.sam-pkg(?:\.\w+)?$/.test(path);

/** A copy of a fixture in a new folder, with some files replaced; removed after the test. */
export async function project(
  fixture: string | undefined,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "sam-pkg-e2e-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const folder = join(parent, fixture ?? "project");
  if (fixture === undefined) await mkdir(folder);
  else await cp(join(ROOT, "fixtures", fixture), folder, { recursive: true, filter: isKept });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** Names of all files of a folder's top level, sorted. */
export async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).toSorted();
}

export const textOf = (folder: string, name: string): Promise<string> => readFile(join(folder, name), "utf8");

/** Containers that sam-pkg made and that are still there. */
export async function leftContainers(): Promise<string[]> {
  const { stdout } = await promisify(execFile)("docker", ["ps", "-a", "--filter", "name=^/sam-pkg-", "-q"]);
  return stdout.split("\n").filter((line) => line !== "");
}

/** The last line of standard output as JSON: what `sam local invoke` answers. */
export function answer({ stdout, stderr }: Run): unknown {
  const line = stdout.trim().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`no JSON answer:\n${stdout}\n${stderr}`);
  }
}

/** Fails with everything that was printed when the run did not end with this code. */
export function expectCode(result: Run, code: number): void {
  expect(result.code, `${result.stdout}\n${result.stderr}`).toBe(code);
}

/** The command that transform said to run next, as its words. */
export function nextWords({ stderr }: Run): string[] {
  const line = /^next: (.*)$/m.exec(stderr)?.[1] ?? "";
  return line.split(" ");
}
