import { access, constants, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { readText, wrongInput } from "./read.ts";
import type { SyntaxReason } from "../template/syntax.ts";
import { TemplateSyntaxError } from "../template/syntax.ts";
import { Template } from "../template/template.ts";

const NOT_SAM = "SAM cannot read this template either (`sam validate`): correct the syntax first";
const NO_ALIASES = "write the values out, without aliases";

const SYNTAX_HINTS: Readonly<Partial<Record<SyntaxReason, string>>> = {
  "tab-indentation": "YAML allows only spaces there: replace each tab (`expand -t 2 template.yaml`)",
  "recursive-alias": NO_ALIASES,
  "alias-bomb": NO_ALIASES,
  "too-deep": "CloudFormation takes no such template: nest its values less deep",
  "ambiguous-key": "put the key in quotes, or give it another name",
  "no-json-value":
    "CloudFormation knows texts, numbers, true, false, null, lists and mappings: use one of these",
};

/** A template as it was read. */
export interface Source {
  /** As the user wrote it, for messages; that of a nested stack is spelled from there. */
  readonly file: string;
  /** Absolute path of the template's folder. */
  readonly folder: string;
  readonly template: Template;
}

/**
 * Reads a template. Throws InputError when it is no text, or not one that SAM would understand.
 * @param hint what to do about wrong syntax
 */
export async function readSource(file: string, hint = NOT_SAM): Promise<Source> {
  const text = await readText(file, {
    missing: "check the path to the template",
    folder: `name the template in it: ${join(file, "template.yaml")}`,
  });
  const folder = dirname(resolve(file));
  return { file, folder, template: parse(file, text, hint) };
}

function parse(file: string, text: string, syntaxHint: string): Template {
  try {
    return new Template(text);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    const { line, column, message } = error;
    const hint = SYNTAX_HINTS[error.reason] ?? syntaxHint;
    throw wrongInput(file, message, hint, { line, column });
  }
}

/** Standard output in place of a file. */
export const STDOUT = "-";

/** What stands in the names of outputs, before the extension. */
export const MARK = ".sam-pkg";

/**
 * Where the rewritten template goes: `template.yaml` → `template.sam-pkg.yaml` in the same folder, so that every
 * relative path in it holds. An output is its own output: transformed again, it stays what it is.
 */
export function outputPath(
  { file, folder }: Pick<Source, "file" | "folder">,
  named: string | undefined,
): string {
  if (named === STDOUT) return STDOUT;
  if (named === undefined) {
    const extension = extname(file);
    const name = basename(file, extension);
    return extension === MARK || name.endsWith(MARK)
      ? file
      : join(dirname(file), `${name}${MARK}${extension}`);
  }
  const wanted = resolve(named);
  if (dirname(wanted) !== folder) {
    throw wrongInput(
      named,
      "the output must be in the template's own folder: the template's relative paths (CodeUri and others) start there",
      `use ${join(relative(process.cwd(), folder), basename(named))}, or - for standard output`,
    );
  }
  const usual = outputPath({ file, folder }, undefined);
  if (wanted === resolve(file) && wanted !== resolve(usual)) {
    const hint = `leave the option out for ${basename(usual)}`;
    throw wrongInput(named, "the output would replace the template itself", hint);
  }
  return named;
}

/** Finds out before anything is made or published whether the output can be written; throws InputError. */
export async function checkOutput(output: string): Promise<void> {
  if (output === STDOUT) return;
  const present = await stat(output).catch(() => undefined);
  if (present && !present.isFile()) {
    throw wrongInput(
      output,
      "the output is there already and is no file",
      "name another --output-template-file",
    );
  }
  await access(dirname(resolve(output)), constants.W_OK).catch(() => {
    const hint = "check the folder's permissions, or use --output-template-file - for standard output";
    throw wrongInput(output, "the output cannot be written: its folder is read-only", hint);
  });
}
