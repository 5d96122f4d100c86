import type { Path } from "./locate.ts";
import type { Mapping } from "./mapping.ts";
import { intrinsicOf, isMapping } from "./mapping.ts";
import type { Packages } from "./packages.ts";
import { checkPackages } from "./packages.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";
import type { Problems } from "./problems.ts";
import type { Resolver } from "./resolve.ts";

/** Stands for Packages with problems: the rest of the function is still checked. */
const BROKEN: Packages = {};

/** Reads `Packages` mappings, in which functions may stand for names. */
export class PackagesReader {
  private readonly resolver: Resolver;
  private readonly problems: Problems;

  constructor(resolver: Resolver, problems: Problems) {
    this.resolver = resolver;
    this.problems = problems;
  }

  /** What stands there; undefined when nothing does. Problems are reported. */
  read(path: Path, value: TemplateValue | undefined): Packages | undefined {
    if (value === undefined || value === null) return undefined;
    const plain = isMapping(value) && !intrinsicOf(value) ? this.resolved(path, value) : value;
    if (plain === undefined) return BROKEN;
    const checked = checkPackages(plain);
    if ("packages" in checked) return checked.packages;
    for (const { path: below, message, hint } of checked.problems)
      this.problems.error([...path, ...below], message, hint);
    return BROKEN;
  }

  isBroken(packages: Packages): boolean {
    return packages === BROKEN;
  }

  /** The mapping with the functions' values in their places; undefined when one cannot be known. */
  private resolved(path: Path, value: Mapping): Mapping | undefined {
    let known = true;
    const resolve = (one: TemplateValue, place: Path): TemplateValue | undefined => {
      if (!intrinsicOf(one)) return one;
      const resolved = this.resolver.resolve(one, "libpq");
      if (resolved.known) return resolved.value;
      known = false;
      const message = `what stands here cannot be known: ${resolved.reason}`;
      return this.problems.error([...path, ...place], message, resolved.hint);
    };
    const entries = Object.entries(value).map(([key, one]): [string, TemplateValue | undefined] => {
      if (!isList(one)) return [key, resolve(one, [key])];
      return [
        key,
        one.map((element, at) => resolve(element, [key, at])).filter((element) => element !== undefined),
      ];
    });
    if (!known) return undefined;
    return Object.fromEntries(
      entries.filter((entry): entry is [string, TemplateValue] => entry[1] !== undefined),
    );
  }
}
