// What SAM CLI's configuration file (samconfig.toml) means, as SAM 1.170 reads it: samcli/lib/config/samconfig.py.
import type { SamconfigFormat } from "./syntax.ts";
import { readSyntax, SamconfigError } from "./syntax.ts";

type Table = Readonly<Record<string, unknown>>;

/** A configuration file that SAM accepts: environments, in them commands, in them `parameters`. */
export interface Samconfig {
  readonly document: Table;
}

/**
 * Reads a configuration file's text. Integers come as bigint, dates as Date. Throws SamconfigError for a text that
 * SAM would refuse: wrong syntax, no mapping, no version.
 */
export function parseSamconfig(text: string, format: SamconfigFormat): Samconfig {
  const document = readSyntax(text, format);
  const line = format === "toml" ? "version = 0.1" : "version: 0.1";
  if (!isTable(document)) {
    const message =
      document === null ? "is empty, which SAM cannot read" : `holds ${kindOf(document)}, no mapping`;
    throw new SamconfigError(message, `a configuration file starts with \`${line}\``);
  }
  if (Object.keys(document).length > 0) checkVersion(document, line);
  return { document };
}

// any float will do: _version_sanity_check
function checkVersion(document: Table, line: string): void {
  const version = own(document, "version");
  if (typeof version === "number") return;
  const message =
    version === undefined
      ? "has no version, without which SAM does not read it"
      : `version is ${kindOf(version)}: SAM wants a number with a decimal point`;
  throw new SamconfigError(message, `write \`${line}\` at the top of the file`);
}

/** Names of the environments that a configuration file has, in its order. */
export function environmentsOf({ document }: Samconfig): string[] {
  return Object.keys(document).filter((name) => isTable(document[name]));
}

/** Whether a configuration file says anything under an environment's name. */
export function hasEnvironment({ document }: Samconfig, env: string): boolean {
  return Object.hasOwn(document, env);
}

/**
 * What a command (`deploy`, `local_start_api`) finds in an environment: its own parameters over those of `global`,
 * nothing where a section is absent. Throws SamconfigError where a section is no table, as SAM fails there.
 */
export function parametersOf({ document }: Samconfig, env: string, command: string): Table {
  const sections = tableAt(document, [], env);
  return { ...parametersIn(sections, env, "global"), ...parametersIn(sections, env, command) };
}

/** Full name of a parameter that a command finds, for messages: `default.global.parameters.region`. */
export function pathOf({ document }: Samconfig, env: string, command: string, key: string): string {
  const sections = tableAt(document, [], env);
  const section = Object.hasOwn(parametersIn(sections, env, command), key) ? command : "global";
  return pathText([env, section, "parameters", key]);
}

function parametersIn(sections: Table, env: string, command: string): Table {
  return tableAt(tableAt(sections, [env], command), [env, command], "parameters");
}

function tableAt(parent: Table, path: readonly string[], key: string): Table {
  if (!Object.hasOwn(parent, key)) return {};
  const value = parent[key];
  if (isTable(value)) return value;
  const message = `${pathText([...path, key])} is ${kindOf(value)}, where SAM wants a table of settings`;
  throw new SamconfigError(
    message,
    "settings stand in [environment.command.parameters]: [default.deploy.parameters]",
  );
}

const pathText = (path: readonly string[]): string =>
  path.map((key) => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key))).join(".");

/** A key of the file itself: one that every object inherits (`constructor`) is none. */
function own(table: Table, key: string): unknown {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function isTable(value: unknown): value is Table {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A value's kind in words, for messages. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Date) return "a date";
  if (typeof value === "bigint") return "a whole number";
  if (typeof value === "object") return "a table";
  return typeof value === "string" ? "text" : `a ${typeof value}`;
}
