// The tree of a template and its nested stacks, each template file once.
import { realpath, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Diagnostic } from "../report/diagnostic.ts";
import { byFileAndPosition } from "../report/diagnostic.ts";
import { InputError } from "../report/errors.ts";
import type { Listener } from "../report/events.ts";
import type { Repository } from "../target/repositories.ts";
import { isUrl } from "../target/repositories.ts";
import type { DockerfileRequest } from "../template/asked.ts";
import type { Child } from "../template/children.ts";
import { childrenOf } from "../template/children.ts";
import type { FunctionRequest, Reading } from "../template/request.ts";
import { readFunctions } from "../template/functions.ts";
import type { Path } from "../template/locate.ts";
import { mapping } from "../template/mapping.ts";
import type { ParameterValues } from "../template/parameters.ts";
import { Resolver } from "../template/resolve.ts";
import type { SpecFile, SpecFiles } from "../template/spec.ts";
import { specsOf } from "../template/spec.ts";
import { baseOf, pathOf } from "./location.ts";
import type { BuildSettings, SettingsOptions } from "./settings.ts";
import { needsSettings, readSettings } from "./settings.ts";
import type { Source } from "./source.ts";
import { readSource } from "./source.ts";

/** A template of the tree. */
export interface Stack extends Source, Reading {
  /** The logical IDs from the root's resource down: `Api/Auth`; empty for the root. Of several uses the first. */
  readonly path: string;
  /** Absolute path of the folder at which its paths start: another one where the template is a symbolic link. */
  readonly base: string;
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
  /** What is right, but may not do what its author wants. */
  readonly warnings: readonly Diagnostic[];
  /** Whether `sam build` needs to be told to expand the templates' loops. */
  readonly askForLoops: boolean;
}

/** How a tree is read. */
export interface TreeOptions extends SettingsOptions {
  readonly listener: Listener;
}

/** Templates read in a run, each counted once for every set of parameters. */
const MOST_TEMPLATES = 1000;

/**
 * Reads a template and the local templates of its nested stacks, at any depth.
 * Throws InputError with the problems of all of them, sorted by file and place.
 */
export async function readStacks(file: string, options: TreeOptions): Promise<Tree> {
  const reader = new TreeReader(file, options);
  const root = await reader.read(file, "", undefined, []);
  if (reader.problems.length > 0 || !root) throw new InputError(reader.problems.toSorted(byFileAndPosition));
  const stacks = [...reader.stacks.values()];
  const rootFirst = [root, ...stacks.filter((stack) => stack !== root)];
  return {
    root,
    stacks,
    requests: rootFirst.flatMap(({ requests }) => requests),
    warnings: rootFirst.flatMap(({ warnings }) => warnings),
    askForLoops: stacks.some(({ loops }) => loops) && !reader.expandsLoops,
  };
}

/** Where a problem of a template stands. */
export function problemAt(
  { file, template }: Pick<Source, "file" | "template">,
  path: Path,
  message: string,
  hint: string,
): Diagnostic {
  return { severity: "error", file, position: template.locator.positionOf(path), message, hint };
}

class TreeReader {
  readonly problems: Diagnostic[] = [];
  /** By absolute path, in the order in which they were finished. */
  readonly stacks = new Map<string, Stack>();
  /** Every reading, by path and parameters; a template may be read with different ones. */
  private readonly readings = new Map<string, Stack | undefined>();
  private readonly sources = new Map<string, Source | undefined>();
  private full = false;
  private readonly file: string;
  private readonly options: TreeOptions;
  private settings: BuildSettings | undefined;

  /** @param file the root's template */
  constructor(file: string, options: TreeOptions) {
    this.file = file;
    this.options = options;
  }

  /** SAM's own switch for Fn::ForEach. */
  get expandsLoops(): boolean {
    return this.settings?.languageExtensions === true;
  }

  /**
   * @param passed what the parent gives; the root takes its parameters from the settings
   * @param above the real paths of the templates above it
   */
  async read(
    file: string,
    path: string,
    passed: ParameterValues | undefined,
    above: readonly string[],
  ): Promise<Stack | undefined> {
    const absolute = resolve(file);
    const reading = JSON.stringify([absolute, passed]);
    if (this.readings.has(reading)) return this.readings.get(reading);
    const known = this.sources.has(absolute);
    const source = known ? this.sources.get(absolute) : await this.source(file);
    this.sources.set(absolute, source);
    this.readings.set(reading, undefined);
    if (!source) return undefined;

    const values = await this.values(source, passed);
    const base = await baseOf(file);
    const value = source.template.value;
    const resolver = new Resolver(mapping(value), values);
    const specs = await this.specs(specsOf(mapping(value), resolver), base);
    const asked = this.functions(source, { path, base, known }, values, specs);
    const own = childrenOf(value, resolver);
    const line = [...above, await realpath(absolute)];
    const children: NestedTemplate[] = [];
    for (const child of own) {
      if (this.full) break;
      const stack = await this.child(source, child, { base, path, above: line });
      if (stack) children.push({ path: child.path, location: child.location, stack });
    }
    const nothing: Reading = { requests: [], warnings: [], loops: false };
    const stack = { ...source, ...(asked ?? nothing), path, base: resolve(base), children };
    const first = this.stacks.get(absolute) ?? stack;
    const result = first === stack || !asked || sameResult(first, stack) ? first : stack;
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

  /** The values of a template's parameters; the settings are read when the first template needs them. */
  private async values({ template }: Source, passed: ParameterValues | undefined): Promise<ParameterValues> {
    if (!this.settings && needsSettings(template.value, this.options))
      this.settings = await readSettings(this.file, this.options);
    const { overrides = {}, region } = this.settings ?? {};
    return { ...(passed ?? { overrides }), ...(region === undefined ? {} : { region }) };
  }

  /** The files that a template's `Spec` keys name. */
  private async specs(names: readonly string[], base: string): Promise<SpecFiles> {
    const files = new Map<string, SpecFile>();
    for (const name of names) {
      const file = isAbsolute(name) ? name : join(base, name);
      try {
        const { template } = await readSource(
          file,
          "write it as Packages stands in a template, in YAML or JSON",
        );
        files.set(name, { file, value: template.value, locate: () => template.locator });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        // without a place in the file, it is its path that is wrong
        const first = error.diagnostics.find(({ position }) => position === undefined);
        const hint = "Spec is a path that starts in the template's folder";
        files.set(name, {
          problem: first && { message: `${file}, which Spec names: ${first.message}`, hint },
        });
        if (!first) this.collect(error, true);
      }
    }
    return files;
  }

  /** @param at its stack's path, the folder at which its paths start, and whether it was read (and told of) before */
  private functions(
    { file, template }: Source,
    { path, base, known }: { readonly path: string; readonly base: string; readonly known: boolean },
    values: ParameterValues,
    specs: SpecFiles,
  ): Reading | undefined {
    try {
      const reading = readFunctions(file, template.value, () => template.locator, values, specs);
      const requests = reading.requests.map((request) => withAbsolutePaths(request, resolve(base)));
      if (path === "") return { ...reading, requests };
      const stack = { path, template: file };
      return {
        ...reading,
        requests: requests.map((request) => ({ ...request, key: `${file}/${request.key}`, stack })),
      };
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

/** The request with the files that it names by absolute path. */
function withAbsolutePaths(request: FunctionRequest, base: string): FunctionRequest {
  const { dockerfile, shipped, repositories } = request;
  const moved = (one: DockerfileRequest): DockerfileRequest => {
    return { ...one, file: resolve(base, one.file), context: resolve(base, one.context) };
  };
  const keyed = repositories.map((one): Repository => {
    const { gpgKey: key } = one;
    return key === undefined || isUrl(key) ? one : { ...one, gpgKey: resolve(base, key) };
  });
  return {
    ...request,
    repositories: keyed,
    shipped: shipped.map(moved),
    ...(dockerfile ? { dockerfile: moved(dockerfile) } : {}),
  };
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
