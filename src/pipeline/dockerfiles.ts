// The files that Packages name besides the template: Dockerfiles with what they copy, and keys.
import { access, constants } from "node:fs/promises";
import { relative } from "node:path";
import type { Dockerfile } from "../engine/engine.ts";
import type { Diagnostic } from "../report/diagnostic.ts";
import { byFileAndPosition } from "../report/diagnostic.ts";
import { InputError } from "../report/errors.ts";
import { isUrl } from "../target/repositories.ts";
import type { DockerfileRequest } from "../template/asked.ts";
import type { Path } from "../template/locate.ts";
import type { Stack, Tree } from "./stacks.ts";
import { problemAt } from "./stacks.ts";

/** What is known of the Dockerfiles that requests name. */
export type Dockerfiles = ReadonlyMap<DockerfileRequest, Dockerfile>;

/** Reads what the requests' Dockerfiles are and copy, each context once; throws InputError with all that is missing. */
export async function dockerfilesOf({ stacks }: Tree): Promise<Dockerfiles> {
  const read = new Map<string, Promise<Dockerfile>>();
  const found = new Map<DockerfileRequest, Dockerfile>();
  const problems = new Map<string, Diagnostic>();
  const report = (stack: Stack, place: Path, message: string, hint: string): void => {
    const problem = problemAt(stack, place, message, hint);
    problems.set(JSON.stringify(problem), problem);
  };
  for (const stack of stacks) {
    for (const { path, dockerfile, shipped, repositories } of stack.requests) {
      for (const { name, gpgKey } of repositories) {
        if (gpgKey === undefined || isUrl(gpgKey) || (await isReadable(gpgKey))) continue;
        const message = `the key of repository ${name} cannot be read: ${relative(process.cwd(), gpgKey)}`;
        const hint = "GpgKey is a path that starts in the folder of the file that names it, or a URL";
        report(stack, [...path, "Metadata", "Packages", "Repositories"], message, hint);
      }
      for (const request of [...shipped, ...(dockerfile ? [dockerfile] : [])]) {
        const { place, ...inputs } = request;
        const key = JSON.stringify(inputs);
        const { ContextError, readContext } = await import("../engine/context.ts");
        const reading = read.get(key) ?? readContext(inputs);
        read.set(key, reading);
        try {
          found.set(request, await reading);
        } catch (error) {
          if (!(error instanceof ContextError)) throw error;
          report(stack, place, error.message, error.hint);
        }
      }
    }
  }
  if (problems.size > 0) throw new InputError([...problems.values()].toSorted(byFileAndPosition));
  return found;
}

function isReadable(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}
