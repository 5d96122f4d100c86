// Which template is meant, as SAM finds it for `sam build`.
import { access } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { wrongInput } from "./read.ts";
import type { SamconfigOptions } from "./samconfig.ts";
import { defaultSamconfig } from "./samconfig-file.ts";
import { MARK } from "./source.ts";

/** Where SAM looks when no template is named, in its order. */
const DEFAULT_TEMPLATES = ["template.yaml", "template.yml", "template.json"];

/** The template, and which configuration file goes with it. */
export interface Found {
  readonly file: string;
  /** Absent for what `--config-file` says, or the one beside the template. */
  readonly config: { readonly configFile?: string };
}

/**
 * The template that is meant: the one named, else that of SAM_TEMPLATE_FILE, of samconfig's build section, or the first
 * default that is there. Where the environment or samconfig name an output of sam-pkg, its source is meant. Throws
 * InputError.
 */
export async function findTemplate({
  template,
  ...options
}: SamconfigOptions & { readonly template?: string | undefined }): Promise<Found> {
  if (template !== undefined) return { file: template, config: {} };
  const samconfig = await ofThisFolder(options);
  const named = process.env["SAM_TEMPLATE_FILE"] || samconfig?.template;
  if (!named) return { file: await defaultTemplate(), config: {} };
  const file = await sourceOf(named);
  // SAM reads this folder's, too, when the template is not named on its command line
  const elsewhere = dirname(resolve(file)) !== process.cwd();
  return { file, config: elsewhere && samconfig ? { configFile: resolve(samconfig.file) } : {} };
}

async function ofThisFolder(
  options: SamconfigOptions,
): Promise<{ file: string; template: string | undefined } | undefined> {
  if (!options.configFile && (await defaultSamconfig(".")) === undefined) return undefined;
  const { readSamconfig } = await import("./samconfig.ts");
  const settings = await readSamconfig(DEFAULT_TEMPLATES[0] ?? "", options);
  if (!settings) return undefined;
  const { template_file: first, template: second } = settings.for("build");
  const template = [first, second].find((one) => typeof one === "string" && one !== "");
  return { file: settings.file, template: typeof template === "string" ? template : undefined };
}

/** Of an output the template that it was made from, if that is there. */
async function sourceOf(file: string): Promise<string> {
  const extension = extname(file);
  const name = basename(file, extension);
  if (!name.endsWith(MARK)) return file;
  const source = join(dirname(file), `${name.slice(0, -MARK.length)}${extension}`);
  return (await isThere(source)) ? source : file;
}

async function defaultTemplate(): Promise<string> {
  for (const name of DEFAULT_TEMPLATES) if (await isThere(name)) return name;
  throw wrongInput(
    DEFAULT_TEMPLATES[0] ?? "",
    `no template here: looked for ${DEFAULT_TEMPLATES.join(", ")}`,
    "go to the project's folder, or name the template: sam-pkg transform path/to/template.yaml",
  );
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
