// The tree of a template and its nested stacks, each template file once.
import { realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Diagnostic } from "../report/diagnostic.ts";
import { byFileAndPosition } from "../report/diagnostic.ts";
import { InputError } from "../report/errors.ts";
import type { Listener } from "../report/events.ts";
import type { Child, ParameterValues } from "../template/children.ts";
import { childrenOf } from "../template/children.ts";
import type { FunctionRequest } from "../template/functions.ts";
import { readFunctions } from "../template/functions.ts";
import type { Locator, Path } from "../template/locate.ts";
import { locate } from "../template/locate.ts";
import { baseOf, pathOf } from "./location.ts";
import type { Source } from "./source.ts";
import { readSource } from "./source.ts";

/** A template of the tree. */
export interface Stack extends Source {
  /** The logical IDs from the root's resource down: `Api/Auth`; empty for the root. Of several uses the first. */
  readonly path: string;
  /** Absolute path of the folder at which its paths start: another one where the template is a symbolic link. */
  readonly base: string;
  readonly requests: readonly FunctionRequest[];
  readonly children: readonly NestedTemplate[];
}

/** A nested stack whose template was read. */
interface NestedTemplate extends Pick<Child, "path" | "location"> {
  readonly stack: Stack;
}

/** A template with all below it. */
export interface Tree {
  readonly root: Stack;
  /** Children before their parents, so the root is the last. */
  readonly stacks: readonly Stack[];
  /** Of all stacks, the root's first. */
  readonly requests: readonly FunctionRequest[];
}

/** What the functions of a template ask for, given its parameters; throws InputError with all its problems. */
export type ReadRequests = (
  file: string,
  value: unknown,
  locate: () => Locator,
  parameters: ParameterValues,
) => FunctionRequest[];

/** How a tree is read. */
export interface TreeOptions {
  readonly listener: Listener;
  /** Values of the root's parameters. */
  readonly parameters?: ParameterValues;
  readonly readRequests?: ReadRequests;
  /** The value of something that a template passes to a nested stack; undefined when it cannot be known. */
  readonly resolve?: (value: unknown, template: unknown, parameters: ParameterValues) => unknown;
}

/** Templates read in a run, each counted once for every set of parameters. */
const MOST_TEMPLATES = 1000;

/**
 * Reads a template and the local templates of its nested stacks, at any depth.
 * Throws InputError with the problems of all of them, sorted by file and place.
 */
export async function readStacks(file: string, options: TreeOptions): Promise<Tree> {
  const reader = new TreeReader(options);
  const root = await reader.read(file, "", options.parameters ?? {}, []);
  if (reader.problems.length > 0 || !root) throw new InputError(reader.problems.toSorted(byFileAndPosition));
  const stacks = [...reader.stacks.values()];
  const rest = stacks.filter((stack) => stack !== root);
  return { root, stacks, requests: [root, ...rest].flatMap(({ requests }) => requests) };
}

/** Where a problem of a template stands. */
export function problemAt(
  { file, text }: Pick<Source, "file" | "text">,
  path: Path,
  message: string,
  hint: string,
): Diagnostic {
  return { severity: "error", file, position: locate(text).positionOf(path), message, hint };
}

class TreeReader {
  readonly problems: Diagnostic[] = [];
  /** By absolute path, in the order in which they were finished. */
  readonly stacks = new Map<string, Stack>();
  /** Every reading, by path and parameters; a template may be read with different ones. */
  private readonly readings = new Map<string, Stack | undefined>();
  private readonly sources = new Map<string, Source | undefined>();
  private full = false;
  private readonly options: TreeOptions;

  constructor(options: TreeOptions) {
    this.options = options;
  }

  /** @param above the real paths of the templates above it */
  async read(
    file: string,
    path: string,
    parameters: ParameterValues,
    above: readonly string[],
  ): Promise<Stack | undefined> {
    const absolute = resolve(file);
    const reading = JSON.stringify([absolute, parameters], (_key, value: unknown) =>
      typeof value === "symbol" ? { [String(value)]: true } : value,
    );
    if (this.readings.has(reading)) return this.readings.get(reading);
    const known = this.sources.has(absolute);
    const source = known ? this.sources.get(absolute) : await this.source(file);
    this.sources.set(absolute, source);
    this.readings.set(reading, undefined);
    if (!source) return undefined;

    const requests = this.requests(source, path, parameters, known);
    const { resolve: resolver } = this.options;
    const own = childrenOf(source.value, resolver && ((value) => resolver(value, source.value, parameters)));
    const line = [...above, await realpath(absolute)];
    const base = await baseOf(file);
    const children: NestedTemplate[] = [];
    for (const child of own) {
      if (this.full) break;
      const stack = await this.child(source, child, { base, path, above: line });
      if (stack) children.push({ path: child.path, location: child.location, stack });
    }
    const stack = { ...source, path, base: resolve(base), requests: requests ?? [], children };
    const first = this.stacks.get(absolute) ?? stack;
    const result = first === stack || !requests || sameResult(first, stack) ? first : stack;
    this.stacks.set(absolute, first);
    this.readings.set(reading, result);
    return result;
  }

  private async child(
    parent: Source,
    { logicalId, path, location, parameters }: Child,
    at: { readonly base: string; readonly path: string; readonly above: readonly string[] },
  ): Promise<Stack | undefined> {
    const report = (message: string, hint: string): undefined => {
      this.problems.push(problemAt(parent, path, message, hint));
    };
    const file = pathOf(location, at.base);
    const status = await stat(file).catch(() => undefined);
    if (!status) {
      const hint = `sam build cannot go on without it: correct the path, which starts at the folder of ${parent.file}`;
      return report(`no template at ${file}, which ${logicalId} names`, hint);
    }
    if (!status.isFile()) {
      const hint = `name the template in it: ${join(file, "template.yaml")}`;
      const what = status.isDirectory() ? "a folder" : "no file";
      return report(`${file}, which ${logicalId} names, is ${what}`, hint);
    }
    if (at.above.includes(await realpath(file))) {
      const { position } = problemAt(parent, path, "", "");
      const place = `${parent.file}:${position?.line ?? 1}:${position?.column ?? 1}`;
      const message = `${place}: ${file} is nested in itself by ${logicalId}: left alone`;
      this.options.listener({ kind: "warning", message, hint: "sam build cannot build such a template" });
      return undefined;
    }
    if (this.readings.size >= MOST_TEMPLATES) {
      this.full = true;
      const hint = "transform parts of the project by themselves";
      return report(`there are more than ${MOST_TEMPLATES} nested templates`, hint);
    }
    const below = at.path === "" ? logicalId : `${at.path}/${logicalId}`;
    const stack = await this.read(file, below, parameters, at.above);
    const first = this.stacks.get(resolve(file));
    if (!stack || stack === first) return stack;
    const message = `${file} is nested twice and asks for other packages with the parameters of ${below} than with those of ${first?.path ?? ""}`;
    const hint = "one output cannot serve both: pass the same values to both, or name a copy of the template";
    report(message, hint);
    return first;
  }

  private async source(file: string): Promise<Source | undefined> {
    try {
      return await readSource(file);
    } catch (error) {
      this.collect(error);
    }
  }

  /** @param known the template was read before: what is wrong with it was told, too */
  private requests(
    { file, text, value }: Source,
    path: string,
    parameters: ParameterValues,
    known: boolean,
  ): FunctionRequest[] | undefined {
    const { readRequests = readFunctions } = this.options;
    try {
      const requests = readRequests(file, value, () => locate(text), parameters);
      if (path === "") return requests;
      const stack = { path, template: file };
      return requests.map((request) => ({ ...request, key: `${file}/${request.key}`, stack }));
    } catch (error) {
      this.collect(error, known);
    }
  }

  private collect(error: unknown, known = false): void {
    if (!(error instanceof InputError)) throw error;
    const told = new Set(known ? this.problems.map((one) => JSON.stringify(one)) : []);
    this.problems.push(...error.diagnostics.filter((one) => !told.has(JSON.stringify(one))));
  }
}

/** Whether one output serves both readings of a template. */
function sameResult(a: Stack, b: Stack): boolean {
  const asked = ({ requests }: Stack): unknown => requests.map(({ stack: _stack, ...request }) => request);
  return (
    isDeepStrictEqual(asked(a), asked(b)) &&
    isDeepStrictEqual(
      a.children.map(({ stack }) => stack.file),
      b.children.map(({ stack }) => stack.file),
    )
  );
}
