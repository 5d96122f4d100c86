import type { TomlTable } from "smol-toml";
import { parse as parseToml, TomlError } from "smol-toml";
import type { ScalarTag } from "yaml";
import { isAlias, LineCounter, parseDocument, visit } from "yaml";
import type { Position } from "../report/diagnostic.ts";

/** What SAM reads a configuration file as; its name's ending decides. */
export type SamconfigFormat = "toml" | "yaml";

/** The text is no configuration file that SAM would read. `message` and `hint` are one plain line each. */
export class SamconfigError extends Error {
  override readonly name = "SamconfigError";
  readonly hint: string;
  /** Where it is; absent for what the file lacks, and for values of a wrong kind. */
  readonly position: Position | undefined;

  constructor(message: string, hint: string, position?: Position) {
    super(printable(message));
    this.hint = printable(hint);
    this.position = position;
  }
}

/** One line without control characters: a message quotes the file, and a terminal obeys what it is sent. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}]/gu,
    (one) => String.raw`\u{${one.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

/** The bound of SAM's own TOML reader (tomlkit 0.15). */
const TOML_DEPTH = 100;

/**
 * What a text holds, as SAM's readers (tomlkit, ruamel.yaml) see it. Integers come as bigint: SAM's version check
 * tells 1 from 1.0. Throws SamconfigError.
 */
export function readSyntax(text: string, format: SamconfigFormat): unknown {
  // Python's read_text(): every line end is \n, also within a value of several lines
  const lines = text.replaceAll(/\r\n?/g, "\n");
  try {
    return format === "toml" ? readToml(lines) : readYaml(lines);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw tooDeep();
  }
}

function tooDeep(position?: Position): SamconfigError {
  return new SamconfigError("is nested too deeply", "SAM cannot read it either: use fewer levels", position);
}

function readToml(text: string): TomlTable {
  if (text.startsWith("\uFEFF")) {
    const message = "starts with a byte order mark, which SAM cannot read in TOML";
    throw new SamconfigError(message, "save the file as UTF-8 without BOM", { line: 1, column: 1 });
  }
  try {
    return parseToml(text, { integersAsBigInt: true, maxDepth: TOML_DEPTH });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column } = error;
    if (error.message.includes("excessively nested")) throw tooDeep({ line, column });
    const message = (error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "");
    throw new SamconfigError(message, "correct the TOML: SAM cannot read it either", { line, column });
  }
}

// ruamel.yaml's resolvers for YAML 1.2 (resolver.py), where they see more than the core schema does
const scalar = (tag: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag => ({
  tag: `tag:yaml.org,2002:${tag}`,
  default: true,
  test,
  resolve,
});
const INT = scalar(
  "int",
  /^[-+]?(?:0b[01_]*[01][01_]*|0o[0-7_]*[0-7][0-7_]*|0x[\da-fA-F_]*[\da-fA-F][\da-fA-F_]*|\d[\d_]*)$/,
  (text) => {
    const digits = BigInt(text.replaceAll(/^[-+]|_/g, ""));
    return text.startsWith("-") ? -digits : digits;
  },
);
const FLOAT = scalar(
  "float",
  /^[-+]?(?:\d[\d_]*\.[\d_]*(?:[eE][-+]?\d+)?|\d[\d_]*[eE][-+]?\d+|\.[\d_]*\d[\d_]*(?:[eE][-+]\d+)?)$/,
  (text) => Number(text.replaceAll("_", "")),
);
const DATE = scalar(
  "timestamp",
  /^\d{4}-(?:\d\d-\d\d|\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/,
  (text) => new Date(text),
);

const NOT_YAML = /[^\t\n\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

function readYaml(marked: string): unknown {
  const text = marked.replace(/^\uFEFF/, "");
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
    merge: true,
    resolveKnownTags: false,
    intAsBigInt: true,
    customTags: (tags) => [INT, FLOAT, DATE, ...tags],
  });
  const fail = (message: string, offset: number): never => {
    const { line, col } = lines.linePos(offset);
    const position = { line, column: col };
    throw new SamconfigError(message, "correct the YAML: SAM cannot read it either", position);
  };
  const foreign = NOT_YAML.exec(text);
  if (foreign) fail(`holds the character ${JSON.stringify(foreign[0])}, which YAML forbids`, foreign.index);
  const [error] = document.errors;
  if (error?.code === "MULTIPLE_DOCS") fail("the file holds more than one YAML document", error.pos[0]);
  if (error?.code === "RESOURCE_EXHAUSTION") throw tooDeep();
  if (error) fail(error.message.split("\n")[0] ?? "", error.pos[0]);
  const anchors = new Set<string>();
  visit(document, {
    Node(_key, node) {
      if (!isAlias(node)) anchors.add(node.anchor ?? "");
      else if (!anchors.has(node.source))
        fail(`*${node.source} names no anchor before it`, node.range?.[0] ?? 0);
    },
  });
  // aliases share what they name, so a bound on their number would only refuse what SAM reads
  return document.toJS({ maxAliasCount: -1 });
}
