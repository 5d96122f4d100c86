import { stripVTControlCharacters } from "node:util";

/** A step of a Dockerfile failed; the message is the engine's. */
export class StepFailed extends Error {}

/** What the engine says while it builds. */
export class BuildProgress {
  private readonly onLine: (line: string) => void;
  private readonly said: string[] = [];
  /** The step at work: its number, from 1, and its instruction. */
  step: { readonly number: number; readonly keyword: string } | undefined;

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
      // The classic builder colours what a step says on standard error.
      const text = stripVTControlCharacters(part).trim();
      const [, number, keyword = ""] = /^step (\d+)\/\d+ ?: (\w+)/i.exec(text) ?? [];
      if (number !== undefined) {
        this.step = { number: Number(number), keyword: keyword.toUpperCase() };
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
