// The values of `--parameter-overrides` and of samconfig's `parameter_overrides`, as SAM 1.170 reads them:
// CfnParameterOverridesType in samcli/cli/types.py.
import { kindOf } from "./samconfig.ts";
import { SamconfigError } from "./syntax.ts";

/** Parameter values by name. */
export type Overrides = Readonly<Record<string, string>>;

/** What a file named by `file://` holds, and how files are named from there. */
interface IncludedFile {
  /** The file's own name, the same for all spellings. */
  readonly id: string;
  readonly content: unknown;
  readonly include: Include;
}

/** Reads a file that `file://` names. Throws SamconfigError. */
export type Include = (name: string) => Promise<IncludedFile>;

// _generate_match_regex(".", " "), less the nested repetition that makes it take forever
const VALUE = String.raw`("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^ "\\])+)`;
const KEY = `([A-Za-z0-9"']+)`;
const FORMS = [`ParameterKey=${KEY},ParameterValue=${VALUE}`, ` ${KEY}=${VALUE}`];

const EXAMPLE = "write Name=value, ParameterKey=Name,ParameterValue=value or file://values.yaml";

/** Parameter values from texts, tables and lists of them; later ones win. Throws SamconfigError for what SAM refuses. */
export async function readOverrides(value: unknown, include: Include): Promise<Overrides> {
  const found = new Map<string, string>();
  await read(value, include, [], found);
  return Object.fromEntries([...found].map(([key, text]) => [unquote(key), unquote(text)]));
}

async function read(
  value: unknown,
  include: Include,
  open: readonly string[],
  found: Map<string, string>,
): Promise<void> {
  if (value === null || value === undefined || value === "") return;
  if (Array.isArray(value)) {
    if (value.length === 1 && value[0] === "") return;
    for (const one of value as unknown[]) await readOne(one, include, open, found);
  } else await readOne(value, include, open, found);
}

async function readOne(
  value: unknown,
  include: Include,
  open: readonly string[],
  found: Map<string, string>,
): Promise<void> {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const one of value as unknown[]) await readOne(one, include, open, found);
  } else if (typeof value === "string") {
    if (!value.startsWith("file://")) return readText(value, found);
    const file = await include(value.slice("file://".length));
    if (open.includes(file.id)) {
      throw new SamconfigError(`${value} includes itself`, "take one of the includes out");
    }
    await included(file, open, found);
  } else if (typeof value === "object" && !(value instanceof Date)) {
    for (const [key, one] of Object.entries(value) as [string, unknown][]) {
      if (key === "$include" && one !== null) {
        if (typeof one !== "string" && !Array.isArray(one)) {
          throw new SamconfigError(`$include is ${kindOf(one)}`, "write one file:// name or a list of them");
        }
        const inner = new Map<string, string>();
        await read(one, include, open, inner);
        for (const [name, text] of inner) found.set(unquote(name), unquote(text));
      } else found.set(key, asText(one));
    }
  } else {
    throw new SamconfigError(`a value is ${kindOf(value)}, not a parameter's value`, EXAMPLE);
  }
}

async function included(
  { id, content, include }: IncludedFile,
  open: readonly string[],
  found: Map<string, string>,
): Promise<void> {
  const inner = new Map<string, string>();
  await read(content, include, [...open, id], inner);
  for (const [name, text] of inner) found.set(unquote(name), unquote(text));
}

function readText(value: string, found: Map<string, string>): void {
  const text = ` ${value.trim()}`;
  for (const form of FORMS) {
    const matches = [...text.matchAll(new RegExp(form, "g"))];
    for (const [, key = "", one = ""] of matches) found.set(key, one);
    if (matches.length > 0) return;
  }
  throw new SamconfigError(`${JSON.stringify(value)} is no parameter and value`, EXAMPLE);
}

/** Python's `str`, which SAM calls on what a file holds; lists become comma-delimited ones. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) {
    return (value as unknown[])
      .filter((one) => one !== null && one !== "")
      .map((one) => asText(one).trim())
      .join(",");
  }
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" && Number.isInteger(value)) return value.toFixed(1);
  return typeof value === "string"
    ? value
    : JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? Number(one) : one));
}

function unquote(text: string): string {
  const first = text[0];
  const quoted = (first === '"' || first === "'") && text.at(-1) === first;
  return (quoted ? text.slice(1, -1) : text)
    .replaceAll(String.raw`\ `, " ")
    .replaceAll(String.raw`\"`, '"')
    .replaceAll(String.raw`\'`, "'");
}
