import type { Pair, ParsedNode, YAMLMap } from "yaml";
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Setting } from "./setting.ts";
import { ended, eolOf, written } from "./setting.ts";

/** A YAML text with these keys in the mapping of a path; undefined where the text has no form for that. */
export function spliceYaml(
  text: string,
  path: readonly string[],
  settings: readonly Setting[],
  present: (key: string) => boolean,
): string | undefined {
  const { contents: root } = parseDocument(text, { logLevel: "error", prettyErrors: false });
  if (!isMap(root)) return undefined;
  let map: YAMLMap.Parsed = root;
  for (const [at, key] of path.entries()) {
    const pair = pairOf(map, key);
    if (!pair) return insert(text, map, nested(path.slice(at), settings), map === root);
    if (!isMap(pair.value)) return undefined;
    map = pair.value;
  }
  // From the end, so that the places before stay.
  let result = text;
  const replaced = settings.flatMap((setting) => {
    const node = present(setting.key) ? pairOf(map, setting.key)?.value : undefined;
    return node ? [{ node, setting }] : [];
  });
  for (const { node, setting } of replaced.toSorted((a, b) => b.node.range[0] - a.node.range[0])) {
    const next = replace(result, node, setting.value);
    if (next === undefined) return undefined;
    result = next;
  }
  const added = settings.filter(({ key }) => !present(key)).map(({ key, value }): Entry => [key, value]);
  return added.length === 0 ? result : insert(result, map, added, false);
}

type Entry = readonly [key: string, value: Setting["value"] | readonly Entry[]];

const isEntries = (value: Entry[1]): value is readonly Entry[] =>
  Array.isArray(value) && Array.isArray(value[0]);

function nested([key = "", ...rest]: readonly string[], settings: readonly Setting[]): Entry[] {
  if (rest.length > 0) return [[key, nested(rest, settings)]];
  return [[key, settings.map(({ key: name, value }): Entry => [name, value])]];
}

function pairOf(map: YAMLMap.Parsed, key: string): Pair<ParsedNode, ParsedNode | null> | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

/** Puts entries before the first of a mapping, or at the text's end. */
function insert(
  text: string,
  map: YAMLMap.Parsed,
  entries: readonly Entry[],
  last: boolean,
): string | undefined {
  const eol = eolOf(text);
  if (map.flow) {
    const at = map.range[0] + 1;
    const comma = map.items.length > 0 ? ", " : "";
    return `${text.slice(0, at)}${entries.map(inline).join(", ")}${comma}${text.slice(at)}`;
  }
  if (last) return ended(text, eol) + entries.flatMap((one) => block(one, "")).join(eol) + eol;
  const at = map.items[0]?.key.range[0] ?? 0;
  const indent = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  if (!/^ *$/.test(indent)) return undefined;
  const lines = entries.flatMap((one) => block(one, indent)).join(eol);
  return `${text.slice(0, at)}${lines.slice(indent.length)}${eol}${indent}${text.slice(at)}`;
}

function inline([key, value]: Entry): string {
  return `${written(key)}: ${isEntries(value) ? `{${value.map(inline).join(", ")}}` : written(value)}`;
}

function block([key, value]: Entry, indent: string): string[] {
  const name = `${indent}${/^[a-z][\w-]*$/i.test(key) ? key : written(key)}:`;
  return isEntries(value)
    ? [name, ...value.flatMap((one) => block(one, `${indent}  `))]
    : [`${name} ${written(value)}`];
}

const QUOTED = /"(?:\\.|[^"\\])*"|'[^']*'/g;

/** Another value in a node's place, in the same form. */
function replace(text: string, node: ParsedNode, value: Setting["value"]): string | undefined {
  const [from, to] = node.range;
  const old = text.slice(from, to);
  // A comment within the list would be lost.
  if (isSeq(node) && /\s#/.test(old.replaceAll(QUOTED, ""))) return undefined;
  if (!isSeq(node) || node.flow || typeof value !== "object") {
    return text.slice(0, from) + written(value) + text.slice(to);
  }
  const indent = text.slice(text.lastIndexOf("\n", from - 1) + 1, from);
  const end = /\s*$/.exec(old)?.[0] ?? "";
  const items = value.map((one) => `- ${written(one)}`).join(`${eolOf(text)}${indent}`);
  return text.slice(0, from) + items + end + text.slice(to);
}
