import { canonicalPackages } from "../target/packages.ts";
import { bodiesOf } from "./loops.ts";
import type { Body, Instance } from "./loops.ts";
import { ignoreGlobal, inheritedBy } from "./globals.ts";
import type { LayersAsWritten } from "./layers.ts";
import { placeLayer } from "./layers.ts";
import type { Locator, Path } from "./locate.ts";
import type { Mapping } from "./mapping.ts";
import { isMapping, mapping } from "./mapping.ts";
import type { Packages } from "./packages.ts";
import { PackagesReader } from "./packages-reader.ts";
import type { ParameterValues } from "./parameters.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";
import { Problems } from "./problems.ts";
import type { FunctionRequest, Reading } from "./request.ts";
import { Resolver } from "./resolve.ts";
import type { Scope } from "./target.ts";
import { architectureOf, placeOf, property, runtimeOf } from "./target.ts";
import { variablesOf } from "./variables.ts";

const FUNCTION_TYPES = ["AWS::Serverless::Function", "AWS::Lambda::Function"];

const NONE: Packages = {};

const ONE_BODY = "the body gets one layer for all: write a loop for each, or the functions one by one";

/** What all instances of a body must have in common, since the body is edited once. */
type Wants = Pick<
  FunctionRequest,
  | "runtime"
  | "architecture"
  | "build"
  | "runtimePackages"
  | "include"
  | "exclude"
  | "buildImage"
  | "runtimeImage"
>;

/**
 * Every function that asks for packages, in the template's order.
 * Throws InputError with all problems of the template, sorted by place.
 * @param locate finds places in the text; called only when there is a problem to place
 */
export function readFunctions(
  file: string,
  value: TemplateValue,
  locate: () => Locator,
  values: ParameterValues = { overrides: {} },
): Reading {
  const problems = new Problems(file, locate);
  const { requests, loops } = new Reader(mapping(value), values, problems).read();
  return { requests, loops, warnings: problems.settle() };
}

class Reader {
  private readonly template: Mapping;
  private readonly problems: Problems;
  private readonly resolver: Resolver;
  private readonly packages: PackagesReader;

  constructor(template: Mapping, values: ParameterValues, problems: Problems) {
    this.template = template;
    this.problems = problems;
    this.resolver = new Resolver(template, values);
    this.packages = new PackagesReader(this.resolver, problems);
  }

  read(): Omit<Reading, "warnings"> {
    const resources = this.template["Resources"];
    if (!isMapping(resources)) {
      const hint = "a SAM template has a `Resources:` mapping: is this the right file?";
      this.problems.error(["Resources"], "the template has no Resources", hint);
      return { requests: [], loops: false };
    }
    const path = ["Metadata", "Packages"];
    const shared = this.packages.read(path, mapping(this.template["Metadata"])["Packages"]);
    let loops = false;
    const requests = bodiesOf(resources, this.resolver).flatMap((body) => {
      const request = this.body(body, shared);
      if (request && body.loop !== undefined) loops = true;
      return request ? [request] : [];
    });
    if (loops) this.checkTransform();
    return { requests, loops };
  }

  /** CloudFormation knows Fn::ForEach only by this transform, and runs transforms in their order. */
  private checkTransform(): void {
    const transform = this.template["Transform"];
    const names = isList(transform) ? transform : [transform];
    const at = names.indexOf("AWS::LanguageExtensions");
    const sam = names.indexOf("AWS::Serverless-2016-10-31");
    if (at >= 0 && (sam < 0 || at < sam)) return;
    const message = "Fn::ForEach needs the transform AWS::LanguageExtensions, before SAM's own";
    const hint = "write `Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]`";
    this.problems.warning(["Transform"], message, hint);
  }

  private body(body: Body, shared: Packages | undefined): FunctionRequest | undefined {
    const { path, resource, instances, unknown } = body;
    const type = resource["Type"];
    const declared = mapping(resource["Metadata"])["Packages"];
    if (typeof type !== "string" || !FUNCTION_TYPES.includes(type)) {
      if (declared !== undefined && typeof type === "string" && type.startsWith("AWS::")) {
        const hint = `Packages works on ${FUNCTION_TYPES.join(" and ")}, and in the template's own Metadata`;
        this.problems.error([...path, "Metadata", "Packages"], `Packages does nothing on ${type}`, hint);
      }
      return undefined;
    }
    if ((declared === undefined || declared === null) && !shared) return undefined;
    if (unknown) {
      const message = `the functions of ${body.loop ?? ""} cannot be known: ${unknown.reason}`;
      return this.problems.error(unknown.path, message, unknown.hint);
    }
    const before = this.problems.errors;
    const wants = instances.map((instance) => this.wants(body, instance, shared ?? NONE));
    const known = wants.filter((one) => one !== undefined);
    const [first] = known;
    if (!first || this.problems.errors > before) return undefined;
    if (known.length < wants.length) {
      const message = `only some functions of ${body.loop ?? ""} ask for packages`;
      return this.problems.error([...path, "Metadata", "Packages"], message, ONE_BODY);
    }
    if (!this.agree(body, known)) return undefined;
    return { ...this.placed(body, first.runtimePackages), ...first };
  }

  /** What one instance asks for; undefined for nothing, or when something is wrong. */
  private wants(body: Body, { resource }: Instance, shared: Packages): Wants | undefined {
    const { path } = body;
    const place = [...path, "Metadata", "Packages"];
    const own = this.packages.read(place, mapping(resource["Metadata"])["Packages"]) ?? NONE;
    const join = (key: "Build" | "Runtime"): string[] =>
      canonicalPackages([...(shared[key] ?? []), ...(own[key] ?? [])]);
    const patterns = (key: "Include" | "Exclude"): string[] =>
      [...new Set([...(shared[key] ?? []), ...(own[key] ?? [])])].toSorted();
    const [build, runtimePackages] = [join("Build"), join("Runtime")];
    const who = String(path.at(-1));
    if (runtimePackages.length === 0 && (own.Include ?? []).length > 0) {
      const hint = "name the packages that bring the files: `Runtime: [poppler-utils]`";
      this.problems.error([...place, "Include"], `Include of ${who} without Runtime packages`, hint);
    }
    const asks = build.length + runtimePackages.length + emptyListsOf(path, resource).length > 0;
    if (!asks && ![own, shared].some((one) => this.packages.isBroken(one))) return undefined;

    const scope = this.scope(path, resource);
    const packageType = property(scope, "PackageType", "Zip");
    if (!packageType) return undefined;
    if (packageType[0] === "Image") return this.image(scope, own, build);
    const runtime = runtimeOf(scope);
    const architecture = architectureOf(scope, runtime);
    // whatever else is wrong: all problems are told at once
    this.placed(body, runtimePackages);
    if (!runtime || !architecture) return undefined;
    const buildImage = own.BuildImage ?? shared.BuildImage;
    const runtimeImage = own.RuntimeImage ?? shared.RuntimeImage;
    return {
      runtime,
      architecture,
      build,
      runtimePackages,
      include: patterns("Include"),
      exclude: patterns("Exclude"),
      ...(buildImage === undefined ? {} : { buildImage }),
      ...(runtimeImage === undefined ? {} : { runtimeImage }),
    };
  }

  private scope(path: Path, resource: Mapping): Scope {
    const { resolver, problems } = this;
    const who = String(path.at(-1));
    const inherited = inheritedBy(resource, this.template);
    return { who, path, properties: mapping(resource["Properties"]), inherited, resolver, problems };
  }

  private image({ path, who }: Scope, own: Packages, build: readonly string[]): undefined {
    const place = [...path, "Metadata", "Packages"];
    const hint = "an image function cannot have layers: install the packages in its Dockerfile";
    if ((own.Runtime ?? []).length > 0) {
      return this.problems.error([...place, "Runtime"], `${who} is a container image`, hint);
    }
    if (build.length === 0 || (own.Build ?? []).length === 0) return undefined;
    const message = `${who} is a container image, which its own Dockerfile builds: Build does nothing here`;
    this.problems.warning([...place, "Build"], message, "install the packages in the Dockerfile");
  }

  /** Whether all instances ask for the same: the body can get only one layer and one image. */
  private agree({ path, instances, loop = "" }: Body, all: readonly Wants[]): boolean {
    const kinds: readonly [string, Path, (wants: Wants) => string][] = [
      ["Runtime", ["Properties", "Runtime"], ({ runtime }) => runtime.id],
      ["Architectures", ["Properties", "Architectures"], ({ architecture }) => architecture],
      [
        "Packages",
        ["Metadata", "Packages"],
        ({ runtime: _r, architecture: _a, ...rest }) => JSON.stringify(rest),
      ],
    ];
    const differing = kinds.find(([, , of]) => new Set(all.map(of)).size > 1);
    if (!differing) return true;
    const [name, below, of] = differing;
    const first = of(all[0] as Wants);
    const at = all.findIndex((one) => of(one) !== first);
    const say = (index: number): string => {
      const id = instances[index]?.logicalId ?? "";
      return name === "Packages" ? id : `${id} has ${of(all[index] as Wants)}`;
    };
    this.problems.error(
      [...path, ...below],
      `the ${name} of ${loop} ${name === "Runtime" ? "depends" : "depend"} on the loop variable: ${say(0)}${name === "Packages" ? " asks for other packages than " : ", "}${say(at)}`,
      ONE_BODY,
    );
    return false;
  }

  /** What is edited: this looks at the body as it is written. */
  private placed(
    { path, resource, instances }: Body,
    runtimePackages: readonly string[],
  ): Omit<FunctionRequest, keyof Wants> {
    const scope = this.scope(path, resource);
    const { who, properties, inherited } = scope;
    const made = {
      key: path.join("/"),
      path,
      logicalIds: instances.map(({ logicalId }) => logicalId),
      variables: variablesOf(inherited, properties),
      emptyLists: emptyListsOf(path, resource),
    };
    if (runtimePackages.length === 0) return { ...made, layerPlaces: [], layerPreparations: [] };
    const earlier = mapping(mapping(resource["Metadata"])["SamPkg"])["Layer"];
    const layers: LayersAsWritten = {
      who,
      path: [...path, "Properties", "Layers"],
      own: properties["Layers"],
      inherited: inherited["Layers"],
      earlier: typeof earlier === "string" ? earlier : undefined,
    };
    const { places, ignoreGlobals, problems } = placeLayer(layers, this.resolver);
    for (const problem of problems) this.problems.error(problem.path, problem.message, problem.hint);
    this.aliases(scope);
    return {
      ...made,
      layerPlaces: places,
      layerPreparations: ignoreGlobals ? [ignoreGlobal(path, resource, "Layers")] : [],
    };
  }

  /** SAM makes no new version of a function of which only a layer changes. */
  private aliases(scope: Scope): void {
    const valueOf = (key: string): TemplateValue | undefined => {
      const value = scope.properties[key] ?? scope.inherited[key];
      const resolved = this.resolver.resolve(value, "live");
      return resolved.known ? resolved.value : value;
    };
    const alias = valueOf("AutoPublishAlias") ?? null;
    const all = valueOf("AutoPublishAliasAllProperties");
    if (alias === null || all === true || all === "true") return;
    const message = `AutoPublishAlias of ${scope.who} publishes no new version when only the layer changes`;
    const hint = "add `AutoPublishAliasAllProperties: true` beside it";
    this.problems.warning(placeOf(scope, "AutoPublishAlias"), message, hint);
  }
}

/** The places of a function's own lists that are empty keys, which CloudFormation would refuse. */
function emptyListsOf(path: Path, resource: Mapping): Path[] {
  const own = mapping(mapping(resource["Metadata"])["Packages"]);
  return ["Build", "Runtime", "Include", "Exclude"]
    .filter((key) => own[key] === null)
    .map((key) => [...path, "Metadata", "Packages", key]);
}
