import type { Setting } from "./setting.ts";
import { ended, eolOf, tomlKey, written } from "./setting.ts";

/** A TOML text with these keys in the table of a path; undefined where the text has that table in another form. */
export function spliceToml(
  text: string,
  path: readonly string[],
  settings: readonly Setting[],
  present: (key: string) => boolean,
): string | undefined {
  const eol = eolOf(text);
  const header = headerOf(path).exec(text);
  if (!header) {
    if (settings.some(({ key }) => present(key))) return undefined;
    const lines = [`[${path.map(tomlKey).join(".")}]`, ...settings.map(lineOf)];
    return `${ended(text, eol)}${text === "" ? "" : eol}${lines.join(eol)}${eol}`;
  }
  const start = header.index + header[0].length;
  let result = text;
  const added = settings.filter(({ key }) => !present(key)).map(lineOf);
  for (const { key, value } of settings.filter((one) => present(one.key))) {
    const replaced = replace(result, start, key, value);
    if (replaced === undefined) return undefined;
    result = replaced;
  }
  if (added.length === 0) return result;
  const head = ended(result.slice(0, start), eol);
  return `${head}${added.join(eol)}${eol}${result.slice(start)}`;
}

const lineOf = ({ key, value }: Setting): string => `${key} = ${written(value)}`;

/** The line of a table's header, its end included. */
function headerOf(path: readonly string[]): RegExp {
  const keys = path.map((key) => {
    const plain = key.replaceAll(/[^\w-]/g, String.raw`\$&`);
    return `(?:${plain}|"${plain}"|'${plain}')`;
  });
  return new RegExp(
    `^[ \\t]*\\[[ \\t]*${keys.join("[ \\t]*\\.[ \\t]*")}[ \\t]*\\][ \\t]*(?:#[^\\n]*)?\\r?(?:\\n|$)`,
    "m",
  );
}

/** Another value for a key of the table that starts at `start`. */
function replace(text: string, start: number, key: string, value: Setting["value"]): string | undefined {
  const line = new RegExp(`^[ \\t]*(?:${key}|"${key}"|'${key}')[ \\t]*=[ \\t]*`, "gm");
  line.lastIndex = start;
  const found = line.exec(text);
  if (!found) return undefined;
  const from = found.index + found[0].length;
  const to = endOfValue(text, from);
  const old = text.slice(from, to);
  // A comment within the list would be lost.
  if (old.startsWith("[") && old.replaceAll(STRINGS, "").includes("#")) return undefined;
  const eol = eolOf(text);
  const many = Array.isArray(value) && old.includes("\n");
  const items = many ? (value as readonly string[]).map((one) => `  ${written(one)},${eol}`).join("") : "";
  return `${text.slice(0, from)}${many ? `[${eol}${items}]` : written(value)}${text.slice(to)}`;
}

const STRING = /"""[^]*?(?<!\\)"""|'''[^]*?'''|"(?:\\.|[^"\\\r\n])*"|'[^'\r\n]*'/y;

const STRINGS = new RegExp(STRING.source, "g");

/** Where the value that starts at `from` ends: what follows is a comment or the line's end. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  let end = from;
  for (let at = from; at < text.length; at++) {
    const one = text[at] ?? "";
    STRING.lastIndex = at;
    const [string] = STRING.exec(text) ?? [];
    if (string !== undefined) at += string.length - 1;
    else if (one === "#" && depth > 0) at = Math.max(at, text.indexOf("\n", at) - 1);
    else if (one === "[" || one === "{") depth++;
    else if (one === "]" || one === "}") depth--;
    else if (depth === 0 && /[\r\n#]/.test(one)) break;
    if (!/\s/.test(one)) end = at + 1;
  }
  return end;
}
