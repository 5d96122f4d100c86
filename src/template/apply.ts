// Changes to a template's meaning.
import { isDeepStrictEqual } from "node:util";
import type { Path } from "./locate.ts";
import type { TemplateValue } from "./parse.ts";
import { isList } from "./parse.ts";

/** What an edit writes. */
export type Json = TemplateValue;

/** `set` puts a value under a mapping's key, making missing mappings above it; `append` adds to a list that is there. */
export interface Edit {
  readonly op: "set" | "append";
  readonly path: Path;
  readonly value: Json;
}

/** An edit cannot be made without changing something else. `message` is the plain reason. */
export class EditRefused extends Error {
  override readonly name = "EditRefused";
  readonly path: Path;

  constructor(path: Path, reason: string) {
    super(reason);
    this.path = path;
  }
}

/** The template's meaning after the edits; `value` itself is not touched, nor is anything that aliases share. */
export function applyEdits(value: Json, edits: readonly Edit[]): Json {
  const copies = new Copies();
  return edits.reduce((result, edit) => apply(result, edit, 0, copies), value);
}

/** The value at a path; undefined when there is none. */
export function valueAt(value: Json, path: Path): Json | undefined {
  let at: Json | undefined = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = isList(at) ? at[Number(key)] : at[key];
  }
  return at;
}

/** The copies made so far, which may be changed in place. */
export class Copies {
  private readonly lists = new Map<readonly Json[], Json[]>();
  private readonly mappings = new Map<object, Record<string, Json>>();

  list(from: readonly Json[]): Json[] {
    const mine = this.lists.get(from) ?? [...from];
    this.lists.set(mine, mine);
    return mine;
  }

  mapping(from: { readonly [key: string]: Json }): Record<string, Json> {
    const mine = this.mappings.get(from) ?? { ...from };
    this.mappings.set(mine, mine);
    return mine;
  }
}

/** One edit on a value, from `depth` of its path on. */
export function apply(value: Json, edit: Edit, depth: number, copies: Copies): Json {
  const key = edit.path[depth];
  if (key === undefined) {
    if (edit.op === "set") return isDeepStrictEqual(value, edit.value) ? value : edit.value;
    if (!isList(value)) throw new EditRefused(edit.path, "there is no list here to add to");
    const list = copies.list(value);
    list.push(edit.value);
    return list;
  }
  if (key === "__proto__") throw new EditRefused(edit.path, "a key cannot be named __proto__");
  if (isList(value)) {
    const element = typeof key === "number" ? value[key] : undefined;
    if (element === undefined) throw new EditRefused(edit.path, `the list has no element ${key}`);
    const list = copies.list(value);
    list[Number(key)] = apply(element, edit, depth + 1, copies);
    return list;
  }
  if (value !== null && typeof value !== "object") {
    const above = edit.path.slice(0, depth).join(".");
    throw new EditRefused(edit.path, `${above || "the template"} is not a mapping`);
  }
  const mapping = copies.mapping(value ?? {});
  mapping[key] = apply(Object.hasOwn(mapping, key) ? (mapping[key] ?? null) : null, edit, depth + 1, copies);
  return mapping;
}
