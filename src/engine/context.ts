import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Dockerfile } from "./engine.ts";

/** A Dockerfile or its context cannot be read. */
export class ContextError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** Reads what a Dockerfile is built from, for its digest. Throws ContextError. */
export async function readContext(inputs: Omit<Dockerfile, "digest">): Promise<Dockerfile> {
  const bytes = await readFile(inputs.file);
  return { ...inputs, digest: createHash("sha256").update(bytes).digest("hex") };
}
