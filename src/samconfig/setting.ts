import type { SamconfigFormat } from "./syntax.ts";

/** A parameter as it is to stand in the file. */
export interface Setting {
  readonly key: string;
  readonly value: string | boolean | readonly string[];
}

/** The parameters as lines that a user can add by hand. */
export function settingLines(format: SamconfigFormat, env: string, settings: readonly Setting[]): string[] {
  if (format === "toml") {
    return [
      `[${tomlKey(env)}.build.parameters]`,
      ...settings.map(({ key, value }) => `${key} = ${written(value)}`),
    ];
  }
  const lines = settings.map(({ key, value }) => `      ${key}: ${written(value)}`);
  return [`${/^[a-z][\w-]*$/i.test(env) ? env : written(env)}:`, "  build:", "    parameters:", ...lines];
}

/** A value in a form that TOML and YAML read alike. */
export function written(value: Setting["value"]): string {
  if (typeof value === "object") return `[${value.map((one) => written(one)).join(", ")}]`;
  return JSON.stringify(value).replaceAll("\u007F", String.raw`\u007F`);
}

/** A name as a key of a TOML header. */
export function tomlKey(name: string): string {
  return /^[\w-]+$/.test(name) ? name : written(name);
}

/** A text whose last line has an end. */
export function ended(text: string, eol: string): string {
  return text === "" || text.endsWith("\n") ? text : text + eol;
}

/** The line end of a text. */
export function eolOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
