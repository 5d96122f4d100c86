import { posix } from "node:path";
import { isNameOf } from "../target/packages.ts";
import type { LayerFile, PackageFiles, Reason } from "./file.ts";
import { imagePath } from "./file.ts";
import { covers, recipesFor } from "./recipes.ts";

/** A step on the way from a function to a file of its layer. */
export type Step =
  /** Entries of `Runtime`, as the user wrote them. */
  | { readonly kind: "request"; readonly packages: readonly string[] }
  /** The package that answers to a requested name that is not its own. */
  | { readonly kind: "provider"; readonly package: string; readonly version: string }
  /** A package that nobody asked for: it was installed for those that were. */
  | { readonly kind: "installed"; readonly package: string; readonly version: string }
  | { readonly kind: "recipe"; readonly recipe: string }
  | { readonly kind: "include"; readonly pattern: string }
  /** A Dockerfile, and the folder below `/var/task` in which it left the file. */
  | { readonly kind: "dockerfile"; readonly dockerfile: string; readonly folder: string }
  /** The file before it needs a library of this name. */
  | { readonly kind: "needed"; readonly name: string }
  | { readonly kind: "file"; readonly path: string }
  /** A file of an image that is not in the layer: Exclude keeps it out. */
  | { readonly kind: "left-out"; readonly source: string };

/** From the request to the file. */
export type Chain = readonly Step[];

/** The chains to a file, shortest first. */
export interface Chains {
  readonly chains: readonly Chain[];
  /** How many more were found. */
  readonly more: number;
  /** Whether all were found: there can be more paths than a computer can count. */
  readonly complete: boolean;
}

/** A package with the entries of `Runtime` that it answers. */
export interface AskedPackage extends PackageFiles {
  readonly requests: readonly string[];
}

const MOST_SHOWN = 50;
const MOST_FOUND = 1000;
/** How often a search goes through one file: the shortest ways are kept, and paths stay countable. */
const MOST_PASSES = 100;

/** A file on the way back from the target. */
interface Stop {
  readonly file: LayerFile;
  /** The way on: the name under which this file needs the next. */
  readonly next?: { readonly name: string; readonly stop: Stop };
}

/**
 * Every way by which a file came into its layer: from a requested package, a recipe, an Include pattern or a Dockerfile through the
 * files that need each other, no file twice.
 */
export function chainsTo(
  target: LayerFile,
  files: readonly LayerFile[],
  packages: readonly AskedPackage[],
): Chains {
  const bySource = new Map(
    files.filter(({ link }) => !link).map((file) => [imagePath(file.source, file.dockerfile), file]),
  );
  const found: Chain[] = [];
  const open: Stop[] = [{ file: target }];
  const passed = new Map<LayerFile, number>();
  let complete = true;
  // Grows as it is gone through: breadth first, so that short ways are found before long ones.
  for (const stop of open) {
    if (found.length >= MOST_FOUND) {
      complete = false;
      break;
    }
    for (const reason of reasonsOf(stop.file)) {
      const needing =
        reason.kind === "needed" ? bySource.get(imagePath(reason.by, reason.dockerfile)) : undefined;
      if (reason.kind !== "needed") {
        for (const origin of originsOf(reason, packages)) found.push([...origin, ...wayFrom(stop)]);
      } else if (needing === undefined) {
        const { by: source, name } = reason;
        found.push([{ kind: "left-out", source }, { kind: "needed", name }, ...wayFrom(stop)]);
      } else if (!passes(stop, needing)) {
        const times = passed.get(needing) ?? 0;
        passed.set(needing, times + 1);
        if (times < MOST_PASSES) open.push({ file: needing, next: { name: reason.name, stop } });
        else complete = false;
      }
    }
  }
  // What only a file that was left out needs is there by mistake: worth telling when there is no better reason.
  const real = found.filter(([first]) => first?.kind !== "left-out");
  const chains = (real.length > 0 ? real : found).toSorted((a, b) => a.length - b.length);
  return { chains: chains.slice(0, MOST_SHOWN), more: Math.max(0, chains.length - MOST_SHOWN), complete };
}

/** A file's reasons, each once. Of a link those that ask for it by its own name, if there are any. */
function reasonsOf({ path, link, reasons }: LayerFile): Reason[] {
  const each = [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
  if (!link) return each;
  const own = each.filter((reason) => reason.kind === "needed" && reason.name === posix.basename(path));
  return own.length > 0 ? own : each;
}

function passes(stop: Stop, file: LayerFile): boolean {
  for (let one: Stop | undefined = stop; one; one = one.next?.stop) if (one.file === file) return true;
  return false;
}

function wayFrom(stop: Stop): Step[] {
  const steps: Step[] = [];
  for (let one: Stop | undefined = stop; one; one = one.next?.stop) {
    steps.push({ kind: "file", path: one.file.path });
    if (one.next) steps.push({ kind: "needed", name: one.next.name });
  }
  return steps;
}

function originsOf(
  reason: Exclude<Reason, { kind: "needed" }>,
  packages: readonly AskedPackage[],
): (readonly Step[])[] {
  switch (reason.kind) {
    case "include":
      return [[{ kind: "include", pattern: reason.pattern }]];
    case "dockerfile":
      return [[reason]];
    case "package":
      return [wayTo(reason.package, packages)];
    case "recipe": {
      const recipe = recipesFor(packages).find(({ name }) => name === reason.recipe);
      const callers = packages.filter(({ name }) => recipe !== undefined && covers(recipe, name));
      const asked = callers.filter(({ requests }) => requests.length > 0);
      return (asked.length > 0 ? asked : callers).map(({ name }) => [
        ...wayTo(name, packages),
        { kind: "recipe", recipe: reason.recipe } as const,
      ]);
    }
  }
}

/** How a package came to be installed. */
function wayTo(name: string, packages: readonly AskedPackage[]): Step[] {
  const { version = "", requests = [] } = packages.find((one) => one.name === name) ?? {};
  if (requests.length === 0) {
    const asked = packages.flatMap((one) => one.requests);
    return [
      { kind: "request", packages: asked },
      { kind: "installed", package: name, version },
    ];
  }
  const request: Step = { kind: "request", packages: requests };
  if (requests.some((text) => isNameOf(text, name))) return [request];
  return [request, { kind: "provider", package: name, version }];
}
