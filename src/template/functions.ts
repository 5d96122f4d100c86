import type { Diagnostic } from "../report/diagnostic.ts";
import { byPosition } from "../report/diagnostic.ts";
import { InputError } from "../report/errors.ts";
import { didYouMean } from "../target/nearest.ts";
import { canonicalPackages } from "../target/packages.ts";
import type { Architecture, Runtime } from "../target/runtimes.ts";
import { ARCHITECTURES, findRuntime, similarRuntimes } from "../target/runtimes.ts";
import type { Locator, Path } from "./locate.ts";
import type { Packages } from "./packages.ts";
import { checkPackages } from "./packages.ts";

/** A nested stack, as people tell it. */
interface NestedStack {
  /** The logical IDs from the root's resource down, as SAM writes them: `Api/Auth`. */
  readonly path: string;
  /** Path of its template. */
  readonly template: string;
}

/** A function of the template that asks for packages, with Globals and the template's own Packages joined in. */
export interface FunctionRequest {
  /** Unique in a run. */
  readonly key: string;
  /** Where the function stands in its template. */
  readonly path: Path;
  /** What SAM calls it. */
  readonly logicalIds: readonly string[];
  /** The nested stack whose template it is in; absent for the root's. */
  readonly stack?: NestedStack;
  readonly runtime: Runtime;
  readonly architecture: Architecture;
  /** Canonical spellings, sorted, each once. */
  readonly build: readonly string[];
  readonly runtimePackages: readonly string[];
  /** Patterns, sorted, each once. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly buildImage?: string;
  readonly runtimeImage?: string;
  /** Names of the variables that the function has already, its own and Globals'; undefined when they cannot be known. */
  readonly variables: readonly string[] | undefined;
  /** The function's Layers as the template has it; undefined when absent. */
  readonly layers: unknown;
  /** The function's own `Packages` lists that are empty keys (null). */
  readonly emptyLists: readonly Path[];
}

/** Lambda's limit of layers a function (Lambda quotas). */
const MOST_LAYERS = 5;

const FUNCTION_TYPES = ["AWS::Serverless::Function", "AWS::Lambda::Function"];

const NONE: Packages = {};
/** Stands for Packages with problems: the rest of the function is still checked. */
const BROKEN: Packages = {};

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const mapping = (value: unknown): Mapping => (isMapping(value) ? value : {});

/**
 * Every function that asks for packages, in the template's order.
 * Throws InputError with all problems of the template, sorted by place.
 * @param locate finds places in the text; called only when there is a problem to place
 */
export function readFunctions(file: string, value: unknown, locate: () => Locator): FunctionRequest[] {
  const reader = new Reader(file, mapping(value), locate);
  const requests = reader.read(value);
  if (reader.diagnostics.length > 0) throw new InputError(reader.diagnostics.toSorted(byPosition));
  return requests;
}

/** What people call a function: its logical IDs, behind those of the nested stacks that it is in. */
export function namesOf({ logicalIds, stack }: Pick<FunctionRequest, "logicalIds" | "stack">): string[] {
  return logicalIds.map((logicalId) => (stack ? `${stack.path}/${logicalId}` : logicalId));
}

function isIntrinsic(value: Mapping): boolean {
  return Object.keys(value).some((name) => name.startsWith("Fn::") || name === "Ref");
}

/** The names under Environment.Variables; undefined when a function gives them instead of a mapping. */
function variablesOf(...properties: readonly Mapping[]): string[] | undefined {
  const names: string[] = [];
  for (const { Environment: environment } of properties) {
    if (environment === undefined || environment === null) continue;
    const variables = isMapping(environment) ? (environment["Variables"] ?? {}) : undefined;
    if (!isMapping(environment) || !isMapping(variables)) return undefined;
    if ([environment, variables].some(isIntrinsic)) return undefined;
    names.push(...Object.keys(variables));
  }
  return names;
}

class Reader {
  readonly diagnostics: Diagnostic[] = [];
  private readonly file: string;
  private readonly template: Mapping;
  private readonly locate: () => Locator;
  private locator: Locator | undefined;

  constructor(file: string, template: Mapping, locate: () => Locator) {
    this.file = file;
    this.template = template;
    this.locate = locate;
  }

  read(value: unknown): FunctionRequest[] {
    if (!isMapping(value) || !isMapping(value["Resources"])) {
      const hint = "a SAM template has a `Resources:` mapping: is this the right file?";
      this.report(["Resources"], "the template has no Resources", hint);
      return [];
    }
    const shared = this.packages(["Metadata", "Packages"], mapping(value["Metadata"])["Packages"]);
    return Object.entries(value["Resources"]).flatMap(([logicalId, resource]) =>
      isMapping(resource) ? this.resource(logicalId, resource, shared) : [],
    );
  }

  private resource(logicalId: string, resource: Mapping, shared: Packages | undefined): FunctionRequest[] {
    const path = ["Resources", logicalId];
    const type = resource["Type"];
    const declared = mapping(resource["Metadata"])["Packages"];
    if (typeof type !== "string" || !FUNCTION_TYPES.includes(type)) {
      if (declared !== undefined && typeof type === "string" && type.startsWith("AWS::")) {
        const hint = `Packages works on ${FUNCTION_TYPES.join(" and ")}, and in the template's own Metadata`;
        this.report([...path, "Metadata", "Packages"], `Packages does nothing on ${type}`, hint);
      }
      return [];
    }
    const own = this.packages([...path, "Metadata", "Packages"], declared);
    if (!own && !shared) return [];
    return this.function(logicalId, resource, own ?? NONE, shared ?? NONE);
  }

  private function(logicalId: string, resource: Mapping, own: Packages, shared: Packages): FunctionRequest[] {
    const path = ["Resources", logicalId];
    const properties = mapping(resource["Properties"]);
    const join = (key: "Build" | "Runtime"): string[] =>
      canonicalPackages([...(shared[key] ?? []), ...(own[key] ?? [])]);
    const [build, runtimePackages] = [join("Build"), join("Runtime")];
    const patterns = (key: "Include" | "Exclude"): string[] =>
      [...new Set([...(shared[key] ?? []), ...(own[key] ?? [])])].toSorted();
    const emptyLists = (["Build", "Runtime", "Include", "Exclude"] as const)
      .filter((key) => own[key] === null)
      .map((key) => [...path, "Metadata", "Packages", key]);
    if (runtimePackages.length === 0 && (own.Include ?? []).length > 0) {
      const hint = "name the packages that bring the files: `Runtime: [poppler-utils]`";
      this.report(
        [...path, "Metadata", "Packages", "Include"],
        `Include of ${logicalId} without Runtime packages`,
        hint,
      );
    }
    const asks = build.length + runtimePackages.length + emptyLists.length > 0;
    if (!asks && own !== BROKEN && shared !== BROKEN) return [];

    const inherited = resource["Type"] === "AWS::Serverless::Function" ? this.globals() : {};
    if ((properties["PackageType"] ?? inherited["PackageType"]) === "Image") {
      if ((own.Runtime ?? []).length > 0) {
        const hint = "an image function cannot have layers: install the packages in its Dockerfile";
        this.report([...path, "Metadata", "Packages", "Runtime"], `${logicalId} is a container image`, hint);
      }
      return [];
    }
    const runtime = this.runtime(path, properties, inherited);
    const architecture = this.architecture(path, properties, inherited, runtime);
    const layers = properties["Layers"];
    if (runtimePackages.length > 0) this.layers(path, layers, inherited["Layers"]);
    if (!runtime || !architecture) return [];
    const buildImage = own.BuildImage ?? shared.BuildImage;
    const runtimeImage = own.RuntimeImage ?? shared.RuntimeImage;
    return [
      {
        key: path.join("/"),
        path,
        logicalIds: [logicalId],
        runtime,
        architecture,
        build,
        runtimePackages,
        include: patterns("Include"),
        exclude: patterns("Exclude"),
        variables: variablesOf(inherited, properties),
        ...(buildImage === undefined ? {} : { buildImage }),
        ...(runtimeImage === undefined ? {} : { runtimeImage }),
        layers,
        emptyLists,
      },
    ];
  }

  private globals(): Mapping {
    return mapping(mapping(this.template["Globals"])["Function"]);
  }

  /** A property's value and where it stands: the function's own, else Globals'. */
  private property(path: Path, properties: Mapping, inherited: Mapping, key: string): [unknown, Path] {
    if (properties[key] !== undefined || inherited[key] === undefined) {
      return [properties[key], [...path, "Properties", key]];
    }
    return [inherited[key], ["Globals", "Function", key]];
  }

  private runtime(path: Path, properties: Mapping, inherited: Mapping): Runtime | undefined {
    const [value, place] = this.property(path, properties, inherited, "Runtime");
    const logicalId = String(path[1]);
    if (value === undefined) {
      const hint = "add `Runtime:` to its Properties: the packages depend on the runtime's system";
      return this.report(place, `${logicalId} has packages but no Runtime`, hint);
    }
    if (typeof value !== "string") {
      const hint = "write the runtime itself, such as python3.12: parameters and functions are not resolved";
      return this.report(place, `the Runtime of ${logicalId} is not a plain string`, hint);
    }
    const runtime = findRuntime(value);
    if (runtime) return runtime;
    const hint = didYouMean(similarRuntimes(value)) ?? "Lambda's runtimes are listed in its developer guide";
    return this.report(place, `unknown runtime ${JSON.stringify(value)}`, hint);
  }

  private architecture(
    path: Path,
    properties: Mapping,
    inherited: Mapping,
    runtime: Runtime | undefined,
  ): Architecture | undefined {
    const [value, place] = this.property(path, properties, inherited, "Architectures");
    if (value === undefined) return "x86_64";
    const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : undefined;
    const known = ARCHITECTURES.find((architecture) => architecture === only);
    if (known && (runtime?.architectures ?? ARCHITECTURES).includes(known)) return known;
    if (known && runtime) {
      const hint = `take a newer runtime, or \`Architectures: [${runtime.architectures?.join() ?? ""}]\``;
      return this.report(place, `runtime ${runtime.id} does not exist for ${known}`, hint);
    }
    const hint = "write `Architectures: [x86_64]` or `Architectures: [arm64]`";
    return this.report(
      place,
      `the Architectures of ${String(path[1])} must be a list of one architecture`,
      hint,
    );
  }

  private layers(path: Path, layers: unknown, inherited: unknown): void {
    if (layers === undefined || layers === null || Array.isArray(layers)) {
      // SAM joins the two lists and drops no duplicates.
      const number =
        (Array.isArray(layers) ? layers.length : 0) + (Array.isArray(inherited) ? inherited.length : 0);
      if (number < MOST_LAYERS) return;
      const hint =
        "Lambda allows 5 layers a function, and sam-pkg adds one: merge two of them, or take one out";
      this.report(
        [...path, "Properties", "Layers"],
        `${String(path[1])} has ${number} layers already, Globals' included`,
        hint,
      );
      return;
    }
    const hint = "write Layers as a list, so that sam-pkg can add one: `Layers: [!Ref MyLayer]`";
    this.report([...path, "Properties", "Layers"], `the Layers of ${String(path[1])} are not a list`, hint);
  }

  private packages(path: Path, value: unknown): Packages | undefined {
    if (value === undefined || value === null) return undefined;
    const checked = checkPackages(value);
    if ("packages" in checked) return checked.packages;
    for (const { path: below, message, hint } of checked.problems)
      this.report([...path, ...below], message, hint);
    return BROKEN;
  }

  private report(path: Path, message: string, hint: string): undefined {
    this.locator ??= this.locate();
    const position = this.locator.positionOf(path);
    this.diagnostics.push({ severity: "error", file: this.file, position, message, hint });
  }
}
