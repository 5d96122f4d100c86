// What is written of a tree of templates, and where.
import { resolve } from "node:path";
import type { Diagnostic } from "../report/diagnostic.ts";
import { byFileAndPosition } from "../report/diagnostic.ts";
import { InputError } from "../report/errors.ts";
import type { Listener } from "../report/events.ts";
import type { Edit } from "../template/apply.ts";
import type { FunctionResult } from "./edits.ts";
import { locationOf } from "./location.ts";
import { proveRewrite } from "./rewrite.ts";
import { checkOutput, outputPath, STDOUT } from "./source.ts";
import type { Stack, Tree } from "./stacks.ts";

/** A template that is rewritten. */
export interface Rewrite {
  readonly stack: Stack;
  /** Path of the result, `-` for standard output. */
  readonly output: string;
  /** Edits that make the template name its children's outputs. */
  readonly links: readonly Edit[];
}

/**
 * The root's rewrite, and those of nested templates with packages in them or below; children before their parents.
 * @param named the root's output, as `outputPath` takes it
 */
export function planRewrites({ root, stacks }: Tree, named?: string): Rewrite[] {
  const outputs = new Map<Stack, string>();
  const rewrites = stacks.flatMap((stack): Rewrite[] => {
    const links = stack.children.flatMap(({ path, location, stack: { file }, stack: child }): Edit[] => {
      const output = outputs.get(child);
      if (output === undefined) return [];
      const value = locationOf(output, location, file, stack.folder);
      return value === location ? [] : [{ op: "set", path, value }];
    });
    if (stack !== root && stack.requests.length + links.length === 0) return [];
    const output = outputPath(stack, stack === root ? named : undefined);
    outputs.set(stack, output);
    return [{ stack, output, links }];
  });
  const problems = overwritten(rewrites, stacks);
  if (problems.length > 0) throw new InputError(problems.toSorted(byFileAndPosition));
  return rewrites;
}

/** Outputs that would replace another template of the tree or the output of one. */
function overwritten(rewrites: readonly Rewrite[], stacks: readonly Stack[]): Diagnostic[] {
  const templates = new Map(stacks.map((stack) => [resolve(stack.file), stack]));
  const outputs = new Map<string, Stack>();
  return rewrites.flatMap(({ stack, output }): Diagnostic[] => {
    if (output === STDOUT) return [];
    const path = resolve(output);
    const template = templates.get(path);
    const other = outputs.get(path);
    outputs.set(path, stack);
    // Of two templates with one output, that which is its own output is told of by the other.
    if (template === stack || (!template && !other)) return [];
    const what = template ? `${template.file}, a template of these stacks` : `that of ${other?.file ?? ""}`;
    const hint = template
      ? "name the original in its place, or another --output-template-file"
      : "name another --output-template-file";
    const message = `the output of ${stack.file} would replace ${what}`;
    return [{ severity: "error", file: output, message, hint }];
  });
}

/** Finds out before anything is made whether all outputs can be written; throws InputError with every problem. */
export async function checkOutputs(rewrites: readonly Rewrite[], listener: Listener): Promise<void> {
  const problems: Diagnostic[] = [];
  for (const { output } of rewrites) {
    await checkOutput(output).catch((error: unknown) => collect(error, problems));
  }
  if (problems.length > 0) throw new InputError(problems.toSorted(byFileAndPosition));
  for (const { stack, output } of rewrites) {
    if (stack.base === stack.folder || output === STDOUT) continue;
    const message = `${stack.file} is a symbolic link into another folder: paths in ${output} start in ${stack.folder}, not in ${stack.base}`;
    listener({ kind: "warning", message, hint: "name the template itself in place of the link" });
  }
}

/** The texts of the rewritten templates, in their order; throws InputError with all that cannot be written. */
export function proveRewrites(rewrites: readonly Rewrite[], results: readonly FunctionResult[]): string[] {
  const byRequest = new Map(results.map((result) => [result.request, result]));
  const problems: Diagnostic[] = [];
  const texts = rewrites.map(({ stack, links }) => {
    const own = stack.requests.flatMap((request) => byRequest.get(request) ?? []);
    try {
      return proveRewrite(stack, own, links);
    } catch (error) {
      return collect(error, problems);
    }
  });
  if (problems.length > 0) throw new InputError(problems.toSorted(byFileAndPosition));
  return texts;
}

function collect(error: unknown, problems: Diagnostic[]): string {
  if (!(error instanceof InputError)) throw error;
  problems.push(...error.diagnostics);
  return "";
}
