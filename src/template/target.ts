import { didYouMean } from "../target/nearest.ts";
import type { Architecture, Runtime } from "../target/runtimes.ts";
import { ARCHITECTURES, findRuntime, similarRuntimes } from "../target/runtimes.ts";
import type { Path } from "./locate.ts";
import type { Mapping } from "./mapping.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";
import type { Problems } from "./problems.ts";
import type { Resolver } from "./resolve.ts";

/** One function as SAM sees it. */
export interface Scope {
  /** Its name in messages. */
  readonly who: string;
  /** Where it is written. */
  readonly path: Path;
  readonly properties: Mapping;
  /** What it takes from Globals. */
  readonly inherited: Mapping;
  readonly resolver: Resolver;
  readonly problems: Problems;
}

/** Where a property stands: among the function's own, else in Globals. */
export function placeOf({ path, properties, inherited }: Scope, key: string): Path {
  if (properties[key] !== undefined || inherited[key] === undefined) return [...path, "Properties", key];
  return ["Globals", "Function", key];
}

/** A property without functions in it; `undefined` in brackets when it is absent, undefined when it cannot be known. */
export function property(
  scope: Scope,
  key: string,
  example: string,
): [TemplateValue | undefined] | undefined {
  const { properties, inherited, resolver, problems, who } = scope;
  const resolved = resolver.resolve(
    properties[key] ?? (properties[key] === null ? null : inherited[key]),
    example,
  );
  if (resolved.known) return [resolved.value];
  const message = `the ${key} of ${who} cannot be known: ${resolved.reason}`;
  return problems.error(placeOf(scope, key), message, resolved.hint);
}

/** The function's runtime; undefined, and a problem, when it has none that Lambda knows. */
export function runtimeOf(scope: Scope): Runtime | undefined {
  const { who, problems } = scope;
  const read = property(scope, "Runtime", "python3.12");
  if (!read) return undefined;
  const [value] = read;
  const place = placeOf(scope, "Runtime");
  if (value === undefined) {
    const hint = "add `Runtime:` to its Properties: the packages depend on the runtime's system";
    return problems.error(place, `${who} has packages but no Runtime`, hint);
  }
  if (typeof value !== "string") {
    const hint = "write the runtime itself, such as python3.12, or a parameter that holds it";
    return problems.error(place, `the Runtime of ${who} is not a plain string`, hint);
  }
  const runtime = findRuntime(value);
  if (runtime) return runtime;
  const hint = didYouMean(similarRuntimes(value)) ?? "Lambda's runtimes are listed in its developer guide";
  return problems.error(place, `unknown runtime ${JSON.stringify(value)}`, hint);
}

/** The function's architecture; undefined, and a problem, when it is none or the runtime does not exist for it. */
export function architectureOf(scope: Scope, runtime: Runtime | undefined): Architecture | undefined {
  const { who, problems } = scope;
  const read = property(scope, "Architectures", "arm64");
  if (!read) return undefined;
  const [value] = read;
  if (value === undefined) return "x86_64";
  const place = placeOf(scope, "Architectures");
  const only = isList(value) && value.length === 1 ? value[0] : undefined;
  const known = ARCHITECTURES.find((architecture) => architecture === only);
  if (known && (runtime?.architectures ?? ARCHITECTURES).includes(known)) return known;
  if (known && runtime) {
    const hint = `take a newer runtime, or \`Architectures: [${runtime.architectures?.join() ?? ""}]\``;
    return problems.error(place, `runtime ${runtime.id} does not exist for ${known}`, hint);
  }
  const hint = "write `Architectures: [x86_64]` or `Architectures: [arm64]`";
  return problems.error(place, `the Architectures of ${who} must be a list of one architecture`, hint);
}
