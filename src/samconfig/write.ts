// Adds parameters of `build` to a configuration file by splices into its text, and proves them.
import { isDeepStrictEqual } from "node:util";
import type { Setting } from "./setting.ts";
import { ended } from "./setting.ts";
import type { SamconfigFormat } from "./syntax.ts";
import { readSyntax } from "./syntax.ts";
import { spliceToml } from "./write-toml.ts";
import { spliceYaml } from "./write-yaml.ts";

const VERSION = 0.1;

/**
 * A configuration file's text with these parameters of an environment's `build`; all else stays byte for byte.
 * Undefined where that cannot be done: the new text is read again and must hold the old values and these.
 */
export function withSettings(
  text: string,
  format: SamconfigFormat,
  env: string,
  settings: readonly Setting[],
): string | undefined {
  const path = [env, "build", "parameters"];
  const before = plain(readSyntax(text, format));
  const isEmpty = isDeepStrictEqual(before, {}) || before === null;
  const started = isEmpty && format === "toml" ? ended(text, "\n") + `version = ${VERSION}\n` : text;
  const wanted = settings.reduce(
    (value, setting) => withValue(value, [...path, setting.key], setting.value),
    isEmpty && format === "toml" ? { version: VERSION } : before,
  );
  const present = (key: string): boolean => valueAt(before, [...path, key]) !== undefined;
  const splice = format === "toml" ? spliceToml : spliceYaml;
  const result = splice(started, path, settings, present);
  if (result === undefined) return undefined;
  try {
    return isDeepStrictEqual(plain(readSyntax(result, format)), wanted) ? result : undefined;
  } catch {
    return undefined;
  }
}

/** Tables as plain objects, dates as numbers: values that can be compared. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => plain(one));
  if (value instanceof Date) return { date: value.getTime() };
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (isTable(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    value,
  );
}

function withValue(value: unknown, [key, ...rest]: readonly string[], wanted: unknown): unknown {
  if (key === undefined) return wanted;
  const table = isTable(value) ? value : {};
  const old = Object.hasOwn(table, key) ? table[key] : undefined;
  return Object.fromEntries([
    ...Object.entries(table).filter(([name]) => name !== key),
    [key, withValue(old, rest, wanted)],
  ]);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
