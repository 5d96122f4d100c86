import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { Interrupted, WorkError } from "../../report/errors.ts";
import type { Architecture } from "../../target/runtimes.ts";
import { platformOf } from "../../target/runtimes.ts";
import { contextFiles } from "../context-files.ts";
import type { DockerfileText } from "../dockerfile.ts";
import { baseImagesOf, buildKitOnly, parseDockerfile, stagesOf } from "../dockerfile.ts";
import type { Dockerfile } from "../engine.ts";
import { imageFingerprint } from "../fingerprint.ts";
import type { Connection } from "./connect.ts";
import { contextArchive } from "./context-archive.ts";
import { daemonMessage, diskFull, engineFault, isDiskFull } from "./fault.ts";
import { ensureImage, findImage } from "./image.ts";

/** A label of every image that sam-pkg makes: what it was made from. */
export const FINGERPRINT_LABEL = "sam-pkg.fingerprint";

/** The name of an image by its fingerprint; SAM never pulls such names. */
export function tagOf(fingerprint: string): string {
  return `samcli/lambda-sampkg-${fingerprint.slice(0, 16)}:latest`;
}

/** Whether the image of a fingerprint is there. */
export async function isMade(connection: Connection, tag: string, fingerprint: string): Promise<boolean> {
  const image = await findImage(connection, tag);
  return image?.Config.Labels?.[FINGERPRINT_LABEL] === fingerprint;
}

/** An image that a Dockerfile was built into. */
export interface BuiltDockerfile {
  /** Of the Dockerfile, what it copies, and the images that it starts from. */
  readonly fingerprint: string;
  readonly tag: string;
  /** It was there already. */
  readonly reused: boolean;
}

/** Builds a Dockerfile's image, or finds it. */
export async function buildDockerfile(
  connection: Connection,
  dockerfile: Dockerfile,
  architecture: Architecture,
): Promise<BuiltDockerfile> {
  const { file, args, target } = dockerfile;
  const bytes = await readFile(file);
  const text = parseDockerfile(bytes.toString());
  const ids: string[] = [];
  for (const { name, platform } of baseImagesOf(stagesOf(text, args), target)) {
    // Another platform's image is the builder's matter: here one name stands for one image.
    if (platform === undefined || platform === platformOf(architecture)) {
      ids.push(await baseId(connection, name, architecture, file));
    }
  }
  const fingerprint = imageFingerprint(dockerfile, ids, architecture);
  const tag = tagOf(fingerprint);
  const reused = await isMade(connection, tag, fingerprint);
  if (!reused) await build(connection, { ...dockerfile, bytes, text }, architecture, tag, fingerprint);
  return { fingerprint, tag, reused };
}

async function baseId(
  connection: Connection,
  name: string,
  architecture: Architecture,
  file: string,
): Promise<string> {
  try {
    return (await ensureImage(connection, name, architecture)).Id;
  } catch (error) {
    if (!(error instanceof WorkError) || error.quote === undefined) throw error;
    const { message, hint, quote } = error;
    throw new WorkError(`${message}, from which ${shown(file)} starts`, {
      quote,
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

interface ReadDockerfile extends Dockerfile {
  readonly bytes: Uint8Array;
  readonly text: DockerfileText;
}

async function build(
  { docker, endpoint, signal, listener }: Connection,
  dockerfile: ReadDockerfile,
  architecture: Architecture,
  tag: string,
  fingerprint: string,
): Promise<void> {
  const { file, context, args, target, bytes, digest } = dockerfile;
  const image = shown(file);
  listener({ kind: "building", image });
  const progress = new BuildProgress((line) => listener({ kind: "output", image, line }));
  const sending = new AbortController();
  let unsent: { readonly error: unknown } | undefined;
  try {
    const name = `.dockerfile.${digest.slice(0, 20)}`;
    const archive = contextArchive(await contextFiles(context, file), { name, bytes }, (error) => {
      unsent = { error };
      sending.abort();
    });
    const stream = await docker.buildImage(archive, {
      t: tag,
      dockerfile: name,
      platform: platformOf(architecture),
      buildargs: args,
      labels: { [FINGERPRINT_LABEL]: fingerprint },
      ...(target === undefined ? {} : { target }),
      rm: true,
      forcerm: true,
      abortSignal: AbortSignal.any([signal, sending.signal]),
    });
    await progress.follow(stream);
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    throw buildFault(unsent?.error ?? error, dockerfile, progress, endpoint, signal);
  }
}

/** What the engine says while it builds. */
class BuildProgress {
  private readonly onLine: (line: string) => void;
  private readonly said: string[] = [];
  /** The number of the step at work, from 1. */
  step: number | undefined;

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  /** Reads to the end; throws StepFailed with what the engine calls the error. */
  async follow(stream: NodeJS.ReadableStream): Promise<void> {
    let pending = "";
    let failed: string | undefined;
    for await (const chunk of stream) {
      const lines = (pending + chunk.toString()).split("\n");
      pending = lines.pop() ?? "";
      for (const line of lines) failed ??= this.message(line);
    }
    failed ??= this.message(pending);
    if (failed !== undefined) throw new StepFailed(failed);
  }

  /** The last lines that were printed. */
  get last(): readonly string[] {
    return this.said.slice(-8);
  }

  private message(line: string): string | undefined {
    if (line.trim() === "") return undefined;
    const { stream, error } = JSON.parse(line) as { stream?: string; error?: string };
    for (const part of (stream ?? "").split(/[\r\n]+/)) {
      const text = part.trim();
      const step = /^step (\d+)\/\d+ : /i.exec(text)?.[1];
      if (step !== undefined) {
        this.step = Number(step);
        this.said.length = 0;
      } else if (text !== "" && !/^--->|^Removing intermediate container /.test(text)) {
        this.said.push(text);
        if (this.said.length > 100) this.said.shift();
      }
      if (text !== "") this.onLine(text);
    }
    return error;
  }
}

/** A step of a Dockerfile failed; the message is the engine's. */
class StepFailed extends Error {}

const NOT_UNDERSTOOD = /requires? BuildKit|BuildKit is enabled|unknown (?:flag|instruction)|parse error/i;

function buildFault(
  error: unknown,
  { file, text, context, target }: ReadDockerfile,
  { step, last }: BuildProgress,
  endpoint: string,
  signal: AbortSignal,
): Error {
  const said = daemonMessage(error);
  const doing = `building ${shown(file)}`;
  if (isDiskFull(`${said}\n${last.join("\n")}`)) return diskFull(doing, said);
  const newer = buildKitOnly(text);
  if (newer && NOT_UNDERSTOOD.test(said)) {
    return new WorkError(
      `${shown(file)}:${newer.line}: ${newer.what} needs BuildKit, which sam-pkg does not use`,
      {
        quote: said,
        hint: `build it yourself (\`docker build -t my-build-image -f ${shown(file)} ${shown(context)}\`) and name it in BuildImage in place of Dockerfile, or write the step without it`,
        cause: error,
      },
    );
  }
  const at = step === undefined ? undefined : text.instructions[step - 1];
  if (error instanceof StepFailed && at) {
    const command = [at.keyword, at.rest].join(" ");
    const words = ["docker build", ...(target === undefined ? [] : ["--target", target]), "-f", shown(file)];
    return new WorkError(`${doing} failed at line ${at.line}: ${shortened(command)}`, {
      quote: [...last, said].join("\n"),
      hint: `correct the step; to try it by hand: \`${[...words, shown(context)].join(" ")}\``,
      cause: error,
    });
  }
  const line = /parse error (?:on |at )?line (\d+)/i.exec(said)?.[1];
  if (error instanceof StepFailed || NOT_UNDERSTOOD.test(said)) {
    return new WorkError(`${doing} failed${line === undefined ? "" : ` at line ${line}`}`, {
      quote: [...last, said].join("\n"),
      hint: `correct ${shown(file)}`,
      cause: error,
    });
  }
  const { code, path } = error as NodeJS.ErrnoException;
  if (path !== undefined && code !== undefined && path.startsWith(context)) {
    return new WorkError(`${doing} failed: ${shown(path)} cannot be read (${code})`, {
      hint: "its context must not change while it is built",
      cause: error,
    });
  }
  return engineFault(error, doing, endpoint, signal);
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

const shown = (path: string): string => relative(process.cwd(), path) || ".";
