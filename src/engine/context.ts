import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { relative } from "node:path";
import pLimit from "p-limit";
import type { ContextEntry } from "./context-files.ts";
import { contextFiles, shownPath } from "./context-files.ts";
import type { DockerfileText } from "./dockerfile.ts";
import { parseDockerfile, stageAt, stagesOf } from "./dockerfile.ts";
import type { Dockerfile } from "./engine.ts";

/** A Dockerfile or its context cannot be read. */
export class ContextError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** Files open at a time. */
const FILES_AT_ONCE = 8;

/** Reads what a Dockerfile is built from, for its digest. Throws ContextError. */
export async function readContext(inputs: Omit<Dockerfile, "digest">): Promise<Dockerfile> {
  const { file, context, args, target } = inputs;
  const text = parseDockerfile(await readDockerfile(file));
  checkStages(text, inputs);
  await checkContext(context, file);
  try {
    const limit = pLimit(FILES_AT_ONCE);
    const files = await Promise.all(
      (await contextFiles(context, file)).map((entry) => limit(() => identityOf(entry, file))),
    );
    const lines = text.instructions.map((one) => one.lines);
    const given = Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const all = [1, text.directives, lines, files, given, target ?? null];
    return { ...inputs, digest: createHash("sha256").update(JSON.stringify(all)).digest("hex") };
  } catch (error) {
    const { path, message } = error as NodeJS.ErrnoException;
    throw new ContextError(
      `what ${shownPath(file)} copies cannot be read: ${path === undefined ? message : `${shownPath(path)} (${reasonOf(error)})`}`,
      `make it readable, or leave it out by ${shownPath(context)}/.dockerignore`,
    );
  }
}

/** What of an entry decides what is built: neither dates nor owners, and not the Dockerfile's comments. */
async function identityOf(entry: ContextEntry, dockerfile: string): Promise<readonly unknown[]> {
  const { type, name } = entry;
  if (type === "folder") return [name, type];
  if (type === "link") return [name, type, entry.target];
  const own = relative(entry.path, dockerfile) === "";
  return [name, entry.executable ? "program" : type, own ? null : await sha256Of(entry.path)];
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    // An error of reading does not tell of what.
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
  return hash.digest("hex");
}

async function readDockerfile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const start = "its path starts in DockerContext, without one in the folder of the file that names it";
    if (code === "EISDIR") {
      throw new ContextError(`${shownPath(file)} is a folder`, `name the Dockerfile in it: ${start}`);
    }
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new ContextError(`there is no ${shownPath(file)}`, start);
    throw new ContextError(`${shownPath(file)} cannot be read (${reasonOf(error)})`, "make it readable");
  }
}

function checkStages(text: DockerfileText, { file, args, target }: Omit<Dockerfile, "digest">): void {
  const stages = stagesOf(text, args);
  if (stages.length === 0) {
    throw new ContextError(
      `${shownPath(file)} has no FROM`,
      "start it from SAM's build image of the runtime: `FROM public.ecr.aws/sam/build-python3.12`",
    );
  }
  if (stageAt(stages, target) >= 0) return;
  const names = stages.map(({ name }) => name).filter((name) => !/^\d+$/.test(name));
  throw new ContextError(
    `${shownPath(file)} has no stage ${target ?? ""}`,
    names.length > 0 ? `its stages: ${names.join(", ")}` : "name one: `FROM … AS name`",
  );
}

async function checkContext(context: string, file: string): Promise<void> {
  const hint = "DockerContext is the path of the folder that the Dockerfile copies from";
  const found = await stat(context).catch((error: unknown) => {
    const problem =
      reasonOf(error) === "ENOENT"
        ? `is not there: ${shownPath(context)}`
        : `cannot be read: ${shownPath(context)} (${reasonOf(error)})`;
    throw new ContextError(`the context of ${shownPath(file)} ${problem}`, hint);
  });
  if (!found.isDirectory()) {
    throw new ContextError(`the context of ${shownPath(file)} is not a folder: ${shownPath(context)}`, hint);
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
