import { posix } from "node:path";
import type { Repository } from "../target/repositories.ts";
import { isUrl } from "../target/repositories.ts";
import type { Asked } from "./asked.ts";
import { joinAsked, NOTHING } from "./asked.ts";
import type { Path } from "./locate.ts";
import type { Mapping } from "./mapping.ts";
import { intrinsicOf, isMapping, mapping } from "./mapping.ts";
import type { Packages, RepositoryEntry } from "./packages.ts";
import { checkPackages } from "./packages.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";
import type { Problems } from "./problems.ts";
import type { Resolver } from "./resolve.ts";
import type { SpecFiles } from "./spec.ts";

const BROKEN: Asked = { ...NOTHING, broken: true };

/** Where a mapping stands: its file's problems, its place in it, and the folder at which its paths start. */
interface Context {
  readonly problems: Problems;
  readonly path: Path;
  readonly folder: string;
}

/** Reads `Packages` mappings, in which functions may stand for names, with the Specs that they name. */
export class PackagesReader {
  private readonly resolver: Resolver;
  private readonly problems: Problems;
  private readonly specs: SpecFiles;

  constructor(resolver: Resolver, problems: Problems, specs: SpecFiles) {
    this.resolver = resolver;
    this.problems = problems;
    this.specs = specs;
  }

  /** What stands there; undefined when nothing does. Problems are reported. */
  read(path: Path, value: TemplateValue | undefined): Asked | undefined {
    if (value === undefined || value === null) return undefined;
    const context = { problems: this.problems, path, folder: "" };
    const packages = this.checked(context, value);
    if (!packages) return BROKEN;
    const own = this.asked(context, packages);
    return packages.Spec === undefined ? own : joinAsked(this.spec(packages.Spec, path), own);
  }

  private spec(name: string, path: Path): Asked {
    const found = this.specs.get(name);
    if (!found || "problem" in found) {
      if (found?.problem) this.problems.error([...path, "Spec"], found.problem.message, found.problem.hint);
      return BROKEN;
    }
    const { file, value, locate } = found;
    const context = { problems: this.problems.of(file, locate), path: [], folder: posix.dirname(name) };
    if (mapping(value)["Spec"] !== undefined) {
      const hint = "name that file in the template, or write its keys here";
      context.problems.error(["Spec"], "a Spec cannot name another one", hint);
      return BROKEN;
    }
    const packages = value === null ? {} : this.checked(context, value);
    if (!packages) return BROKEN;
    const asked = this.asked(context, packages);
    // what is wrong with the Dockerfile itself is told where the template leads to it
    return asked.dockerfile
      ? { ...asked, dockerfile: { ...asked.dockerfile, place: [...path, "Spec"] } }
      : asked;
  }

  private checked({ problems, path }: Context, value: TemplateValue): Packages | undefined {
    const plain = isMapping(value) && !intrinsicOf(value) ? this.resolved({ problems, path }, value) : value;
    if (plain === undefined) return undefined;
    const checked = checkPackages(plain);
    if ("packages" in checked) return checked.packages;
    for (const { path: below, message, hint } of checked.problems)
      problems.error([...path, ...below], message, hint);
    return undefined;
  }

  /** The mapping with the functions' values in their places; undefined when one cannot be known. */
  private resolved({ problems, path }: Omit<Context, "folder">, value: Mapping): Mapping | undefined {
    let known = true;
    const resolve = (one: TemplateValue, place: Path): TemplateValue | undefined => {
      if (isMapping(one) && !intrinsicOf(one)) return entries(one, place);
      if (isList(one)) return elements(one, place);
      if (!intrinsicOf(one)) return one;
      const resolved = this.resolver.resolve(one, "libpq");
      if (resolved.known) return resolved.value;
      known = false;
      const message = `what stands here cannot be known: ${resolved.reason}`;
      return problems.error([...path, ...place], message, resolved.hint);
    };
    const elements = (list: readonly TemplateValue[], place: Path): TemplateValue[] =>
      list.map((one, at) => resolve(one, [...place, at])).filter((one) => one !== undefined);
    const entries = (all: Mapping, place: Path): Mapping =>
      Object.fromEntries(
        Object.entries(all)
          .map(([key, one]) => [key, resolve(one, [...place, key])] as const)
          .filter((entry): entry is [string, TemplateValue] => entry[1] !== undefined),
      );
    const mapped = entries(value, []);
    return known ? mapped : undefined;
  }

  private asked(context: Context, packages: Packages): Asked {
    const { problems, path, folder } = context;
    const before = problems.errors;
    const repositories = (packages.Repositories ?? []).map((entry, at) =>
      this.repository({ ...context, path: [...path, "Repositories", at] }, entry),
    );
    const { Dockerfile: file, DockerContext: named, DockerBuildTarget: target, BuildImage: image } = packages;
    const dockerfile = file !== undefined || named !== undefined;
    if (dockerfile && image !== undefined) {
      const hint = "start the Dockerfile with `FROM` that image";
      problems.error([...path, "BuildImage"], "BuildImage does nothing beside a Dockerfile", hint);
    }
    if (target !== undefined && !dockerfile) {
      const message = "DockerBuildTarget without a Dockerfile";
      problems.error([...path, "DockerBuildTarget"], message, "name the Dockerfile as well");
    }
    const args = Object.fromEntries(
      Object.entries(packages.DockerBuildArgs ?? {}).map(([name, value]) => [name, String(value)]),
    );
    const place = [...path, file === undefined ? "DockerContext" : "Dockerfile"];
    const asked = joinAsked({
      ...NOTHING,
      build: packages.Build ?? [],
      runtime: packages.Runtime ?? [],
      include: packages.Include ?? [],
      exclude: packages.Exclude ?? [],
      extras: packages.Extras ?? [],
      repositories: repositories.filter((one) => one !== undefined),
      args,
      ...(image === undefined ? {} : { buildImage: image }),
      ...(packages.RuntimeImage === undefined ? {} : { runtimeImage: packages.RuntimeImage }),
      ...(dockerfile
        ? { dockerfile: { ...dockerfilePaths(folder, file, named), args, ...(target && { target }), place } }
        : {}),
    });
    return problems.errors > before ? { ...asked, broken: true } : asked;
  }

  private repository({ problems, path, folder }: Context, entry: RepositoryEntry): Repository | undefined {
    const { Name: name, BaseUrl: baseUrl, MirrorList: mirrorList, GpgKey: key, Priority: priority } = entry;
    const gpgCheck = entry.GpgCheck ?? true;
    const fail = (below: Path, message: string, hint: string): undefined =>
      problems.error([...path, ...below], message, hint);
    if ((baseUrl === undefined) === (mirrorList === undefined)) {
      const both = baseUrl === undefined ? "neither BaseUrl nor MirrorList" : "both BaseUrl and MirrorList";
      return fail([], `repository ${name} has ${both}`, "write exactly one of the two");
    }
    if (gpgCheck && key === undefined) {
      const hint =
        "name the key that signs its packages (GpgKey: keys/vendor.asc), or write `GpgCheck: false`";
      return fail(
        [],
        `repository ${name} has no GpgKey: its packages' signatures could not be checked`,
        hint,
      );
    }
    const fingerprint = entry.GpgKeyFingerprint?.replaceAll(" ", "").toUpperCase();
    if (key !== undefined && isUrl(key) && fingerprint === undefined) {
      const hint =
        "add the whole fingerprint that its owner publishes: `GpgKeyFingerprint: …` (40 hex digits)";
      return fail(["GpgKey"], `the key of repository ${name} comes from a URL without its fingerprint`, hint);
    }
    if (!gpgCheck) {
      const message = `GpgCheck is off: what repository ${name} delivers is installed unchecked`;
      const hint = "name its key (GpgKey) and take `GpgCheck: false` out";
      problems.warning([...path, "GpgCheck"], message, hint);
    }
    return {
      name,
      gpgCheck,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(mirrorList === undefined ? {} : { mirrorList }),
      ...(key === undefined ? {} : { gpgKey: isUrl(key) ? key : below(folder, key) }),
      ...(fingerprint === undefined ? {} : { gpgKeyFingerprint: fingerprint }),
      ...(priority === undefined ? {} : { priority }),
    };
  }
}

/** As SAM has it for image functions, the Dockerfile's path starts in the context; without one it brings its own. */
function dockerfilePaths(
  folder: string,
  file: string | undefined,
  context: string | undefined,
): { file: string; context: string } {
  if (context !== undefined) {
    const base = below(folder, context);
    return { file: below(base, file ?? "Dockerfile"), context: base };
  }
  const path = below(folder, file ?? "Dockerfile");
  return { file: path, context: posix.dirname(path) };
}

const below = (folder: string, path: string): string =>
  posix.isAbsolute(path) ? path : posix.join(folder, path);
