import { readFile } from "node:fs/promises";
import type { Diagnostic } from "../report/diagnostic.ts";
import { InputError } from "../report/errors.ts";

/** What to do when a file is not there, or is a folder. */
export interface ReadHints {
  readonly missing: string;
  readonly folder: string;
}

/** Reads a text that the user names, with its BOM if it has one. Throws InputError. */
export async function readText(file: string, hints: ReadHints): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const { code } = error;
    if (code === "ENOENT" || code === "ENOTDIR") throw wrongInput(file, "no such file", hints.missing);
    if (code === "EISDIR") throw wrongInput(file, "is a folder", hints.folder);
    throw wrongInput(file, `cannot be read (${code ?? String(error)})`, "check the file's permissions");
  });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw wrongInput(file, "is not UTF-8 text", "save the file as UTF-8");
  }
}

/** A problem of a file, or of a place in it. */
export function wrongInput(
  file: string,
  message: string,
  hint: string,
  position?: Diagnostic["position"],
): InputError {
  return new InputError([{ severity: "error", file, ...(position && { position }), message, hint }]);
}
