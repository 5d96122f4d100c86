import { isDeepStrictEqual } from "node:util";
import type { Runtime } from "../target/runtimes.ts";
import type { Asked, DockerfileRequest } from "./asked.ts";
import { joinAsked, NOTHING, sharedName } from "./asked.ts";
import { bodiesOf } from "./loops.ts";
import type { Body, Instance } from "./loops.ts";
import { inheritedBy } from "./globals.ts";
import { buildTargetOf, LayerVersions } from "./layer-versions.ts";
import { FUNCTION_TYPES, isFunction, isLayer, LAYER_TYPES } from "./kinds.ts";
import type { Locator, Path } from "./locate.ts";
import type { Mapping } from "./mapping.ts";
import { isMapping, mapping } from "./mapping.ts";
import { PackagesReader } from "./packages-reader.ts";
import type { TemplateValue } from "./parse.ts";
import type { Places } from "./placing.ts";
import { emptyListsOf, placesOf } from "./placing.ts";
import type { ParameterValues } from "./parameters.ts";
import { isList } from "./parse.ts";
import { Problems } from "./problems.ts";
import type { FunctionRequest, Reading } from "./request.ts";
import { mayGetLayer } from "./request.ts";
import { Resolver } from "./resolve.ts";
import type { SpecFiles } from "./spec.ts";
import type { Scope } from "./target.ts";
import { architectureOf, property, runtimeOf } from "./target.ts";

const ONE_BODY = "the body gets one layer for all: write a loop for each, or the functions one by one";

/** What all instances of a body must have in common, since the body is edited once. */
type Wants = Omit<FunctionRequest, keyof Places | "stack">;

/**
 * Every function and layer that asks for packages, in the template's order.
 * Throws InputError with all problems of the template, sorted by place.
 * @param locate finds places in the text; called only when there is a problem to place
 * @param specs the files that `specsOf` names
 */
export function readFunctions(
  file: string,
  value: TemplateValue,
  locate: () => Locator,
  values: ParameterValues = { overrides: {} },
  specs: SpecFiles = new Map(),
): Reading {
  const problems = new Problems(file, locate);
  const { requests, loops } = new Reader(mapping(value), values, problems, specs).read();
  return { requests, loops, warnings: problems.settle() };
}

class Reader {
  private readonly template: Mapping;
  private readonly problems: Problems;
  private readonly resolver: Resolver;
  private readonly packages: PackagesReader;

  constructor(template: Mapping, values: ParameterValues, problems: Problems, specs: SpecFiles) {
    this.template = template;
    this.problems = problems;
    this.resolver = new Resolver(template, values);
    this.packages = new PackagesReader(this.resolver, problems, specs);
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
    const bodies = bodiesOf(resources, this.resolver);
    const layers = new LayerVersions(bodies, this.packages, this.problems);
    let loops = false;
    const requests = bodies.flatMap((body) => {
      const request = this.body(body, shared ?? NOTHING, layers);
      if (request && body.loop !== undefined) loops = true;
      return request ? [request] : [];
    });
    layers.remark(this.template);
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

  private body(body: Body, shared: Asked, layers: LayerVersions): FunctionRequest | undefined {
    const { path, resource, instances, unknown } = body;
    const type = resource["Type"];
    const declared = mapping(resource["Metadata"])["Packages"];
    if (!isFunction(resource) && !isLayer(resource)) {
      if (declared !== undefined && typeof type === "string" && type.startsWith("AWS::")) {
        const hint = `Packages works on ${[...FUNCTION_TYPES, ...LAYER_TYPES].join(", ")}, and in the template's own Metadata`;
        this.problems.error([...path, "Metadata", "Packages"], `Packages does nothing on ${type}`, hint);
      }
      return undefined;
    }
    if (unknown) {
      if ((declared === undefined || declared === null) && (isLayer(resource) || shared === NOTHING))
        return undefined;
      const message = `the functions of ${body.loop ?? ""} cannot be known: ${unknown.reason}`;
      return this.problems.error(unknown.path, message, unknown.hint);
    }
    const before = this.problems.errors;
    const wants = instances.map((instance) =>
      isLayer(resource)
        ? this.layer(body, instance, shared, layers)
        : this.function(body, instance, shared, layers),
    );
    const known = wants.filter((one) => one !== undefined);
    const [first] = known;
    if (!first || this.problems.errors > before) return undefined;
    if (known.length < wants.length) {
      const message = `only some functions of ${body.loop ?? ""} ask for packages`;
      return this.problems.error([...path, "Metadata", "Packages"], message, ONE_BODY);
    }
    if (!this.agree(body, known)) return undefined;
    return { ...placesOf(this.scope(path, resource), body, mayGetLayer(first)), ...first };
  }

  /** What one function asks for; undefined for nothing, or when something is wrong. */
  private function(
    body: Body,
    { resource }: Instance,
    shared: Asked,
    layers: LayerVersions,
  ): Wants | undefined {
    const { path } = body;
    const place = [...path, "Metadata", "Packages"];
    const own = this.packages.read(place, mapping(resource["Metadata"])["Packages"]) ?? NOTHING;
    const scope = this.scope(path, resource);
    const listed = layers.listedIn(scope.properties["Layers"], scope.inherited["Layers"]);
    const asked = joinAsked(...listed.map(withoutImage), shared, own);
    const shipped = shippedOf([...listed, asked]);
    const { runtime: runtimePackages } = asked;
    if (runtimePackages.length === 0 && own.include.length > 0) {
      const hint = "name the packages that bring the files: `Runtime: [poppler-utils]`";
      this.problems.error([...place, "Include"], `Include of ${scope.who} without Runtime packages`, hint);
    }
    const builds = asked.build.length > 0 || asked.dockerfile !== undefined || own.buildImage !== undefined;
    const asks = builds || runtimePackages.length + shipped.length + emptyListsOf(path, resource).length > 0;
    if (!asks && !asked.broken) return undefined;

    const packageType = property(scope, "PackageType", "Zip");
    if (!packageType) return undefined;
    if (packageType[0] === "Image") return this.image(scope, own, builds);
    const runtime = runtimeOf(scope);
    const architecture = architectureOf(scope, runtime);
    // whatever else is wrong: all problems are told at once
    placesOf(scope, body, runtimePackages.length + shipped.length > 0);
    this.checkTogether(place, asked, runtime);
    if (!runtime || !architecture) return undefined;
    return { resource: "function", runtime, architecture, builds, shipped, ...wantsOf(asked) };
  }

  /** What SAM's build of one layer asks for; undefined when SAM does not build it, or when something is wrong. */
  private layer(
    { path }: Body,
    { logicalId, resource }: Instance,
    shared: Asked,
    layers: LayerVersions,
  ): Wants | undefined {
    const own = layers.get(logicalId);
    if (!own) return undefined;
    const place = [...path, "Metadata", "Packages"];
    const asked = { ...joinAsked(shared, own), runtime: [], include: [], exclude: [] };
    const builds = own.build.length > 0 || own.buildImage !== undefined || own.dockerfile !== undefined;
    if ((mapping(resource["Metadata"])["BuildMethod"] ?? null) === null) {
      if (own.build.length + Number(own.buildImage !== undefined) === 0) return undefined;
      const message = `${logicalId} has no BuildMethod: sam build takes it as it is, in no image`;
      const hint = "add `BuildMethod: python3.12` (or your runtime) beside Packages";
      return this.problems.error([...place, own.build.length > 0 ? "Build" : "BuildImage"], message, hint);
    }
    if (!builds && emptyListsOf(path, resource).length === 0) return undefined;
    const target = buildTargetOf(logicalId, path, resource, this.problems);
    this.checkTogether(place, asked, target?.runtime);
    return target && { resource: "layer", ...target, builds, shipped: [], ...wantsOf(asked) };
  }

  /** Whether images and package sources can be used together, and by this runtime's system. */
  private checkTogether(
    place: Path,
    { args, dockerfile, repositories, extras }: Asked,
    runtime: Runtime | undefined,
  ): void {
    if (Object.keys(args).length > 0 && !dockerfile) {
      const hint = "name the Dockerfile as well, here or in the template's own Packages";
      this.problems.error([...place, "DockerBuildArgs"], "DockerBuildArgs without a Dockerfile", hint);
    }
    const name = sharedName(repositories);
    if (name !== undefined) {
      const message = `two different repositories have the name ${name}`;
      this.problems.error([...place, "Repositories"], message, "give each its own name");
    }
    if (extras.length === 0 || !runtime || runtime.os === "al2") return;
    const message = `Extras are of Amazon Linux 2, and ${runtime.id} runs on ${runtime.os}`;
    this.problems.error(
      [...place, "Extras"],
      message,
      "name the packages alone, or a runtime of Amazon Linux 2",
    );
  }

  private scope(path: Path, resource: Mapping): Scope {
    const { resolver, problems } = this;
    const who = String(path.at(-1));
    const inherited = inheritedBy(resource, this.template);
    return { who, path, properties: mapping(resource["Properties"]), inherited, resolver, problems };
  }

  private image({ path, who }: Scope, own: Asked, builds: boolean): undefined {
    const place = [...path, "Metadata", "Packages"];
    const hint = "an image function cannot have layers: install the packages in its Dockerfile";
    if (own.runtime.length > 0) {
      return this.problems.error([...place, "Runtime"], `${who} is a container image`, hint);
    }
    if (!builds || own.build.length === 0) return undefined;
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
}

/** What is asked for, as a request has it. */
function wantsOf({
  broken: _broken,
  args: _args,
  runtime: runtimePackages,
  ...rest
}: Asked): Pick<Wants, keyof typeof rest | "runtimePackages"> {
  return { ...rest, runtimePackages };
}

/** A layer's Dockerfile builds the layer, not the functions that list it. */
function withoutImage({ dockerfile: _dockerfile, args: _args, ...asked }: Asked): Asked {
  return { ...asked, args: {} };
}

/** The Dockerfiles, each once. */
function shippedOf(all: readonly Asked[]): DockerfileRequest[] {
  const found = all.flatMap(({ dockerfile }) => dockerfile ?? []);
  return found.filter((one, at) => found.findIndex((other) => isSame(one, other)) === at);
}

function isSame(
  { place: _place, ...one }: DockerfileRequest,
  { place: _other, ...another }: DockerfileRequest,
): boolean {
  return isDeepStrictEqual(one, another);
}
