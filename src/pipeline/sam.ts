import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import table from "../../schemas/sam-build.json" with { type: "json" };
import { WorkError } from "../report/errors.ts";

/** How SAM CLI is started: a program, and words before the arguments. */
export interface Sam {
  readonly program: string;
  readonly words: readonly string[];
}

const INSTALL =
  "install it with `pip install --upgrade aws-sam-cli`, or from https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html";
const WINDOWS_RUNTIME = ["..", "runtime", "python.exe"];

/** Finds SAM CLI on the PATH. Throws WorkError when it is absent, fails or has no --build-image yet. */
export async function findSam(): Promise<Sam> {
  const sam = process.platform === "win32" ? onWindows() : { program: "sam", words: [] };
  const { stdout } = await promisify(execFile)(sam.program, [...sam.words, "--version"]).catch(
    (error: NodeJS.ErrnoException & { stderr?: string }) => {
      if (error.code === "ENOENT") throw absent();
      const quote = (error.stderr ?? "").trim().split("\n").slice(-5).join("\n") || error.message;
      throw new WorkError("`sam --version` failed", { quote, hint: "repair SAM CLI's installation first" });
    },
  );
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  if (version !== undefined && isOlder(version, table.oldest)) {
    const message = `SAM CLI ${version} is too old: --build-image came with ${table.oldest}`;
    throw new WorkError(message, { hint: INSTALL });
  }
  return sam;
}

const absent = (): WorkError =>
  new WorkError("SAM CLI is not installed: no `sam` on the PATH", { hint: INSTALL });

/** Node starts no .cmd file without a shell, so that of AWS's installer is passed by: it starts this Python. */
function onWindows(): Sam {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const program = join(folder, "sam.exe");
    if (existsSync(program)) return { program, words: [] };
    const python = join(folder, ...WINDOWS_RUNTIME);
    if (existsSync(join(folder, "sam.cmd")) && existsSync(python))
      return { program: python, words: ["-m", "samcli"] };
  }
  throw absent();
}

function isOlder(version: string, than: string): boolean {
  const [a = [], b = []] = [version, than].map((text) => text.split(".").map(Number));
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}

/**
 * Asks SAM CLI whether it takes these arguments of `sam build`: with --help it reads them all and builds nothing. Where it
 * does not, it says why on standard error; returns its exit code.
 */
export async function checkUsage({ program, words }: Sam, args: readonly string[]): Promise<number> {
  const child = spawn(program, [...words, "build", "--help", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

const INTERRUPTED = 130;

/**
 * Runs SAM CLI to its end on this process's terminal; returns its exit code, 130 when it was interrupted.
 * SAM cleans its containers up after SIGINT alone, so that is what SIGTERM becomes, too. Where there is a terminal, that
 * has sent Ctrl-C to both already, and a second one would tear SAM out of its cleaning up.
 */
export async function runSam({ program, words }: Sam, args: readonly string[]): Promise<number> {
  const child = spawn(program, [...words, ...args], { stdio: "inherit" });
  const terminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  let interrupted = false;
  const pass = (signal: NodeJS.Signals): void => {
    interrupted = true;
    if (signal !== "SIGINT" || !terminal) child.kill("SIGINT");
  };
  process.on("SIGINT", pass).on("SIGTERM", pass);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (error) => {
        reject(new WorkError("cannot start sam", { quote: error.message, hint: INSTALL }));
      });
      child.once("close", (code, signal) => {
        const own = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
        resolve(interrupted && own !== 0 ? INTERRUPTED : own);
      });
    });
  } finally {
    process.off("SIGINT", pass).off("SIGTERM", pass);
  }
}
