import { dirname, extname, isAbsolute, join } from "node:path";
import type { DeploySettings } from "../samconfig/deploy.ts";
import { deploySettingsOf } from "../samconfig/deploy.ts";
import type { Samconfig } from "../samconfig/samconfig.ts";
import { environmentsOf, hasEnvironment, parametersOf, parseSamconfig } from "../samconfig/samconfig.ts";
import type { SamconfigFormat } from "../samconfig/syntax.ts";
import { SamconfigError } from "../samconfig/syntax.ts";
import { readText, wrongInput } from "./read.ts";
import { defaultSamconfig, SAMCONFIG_FILES } from "./samconfig-file.ts";

export const FORMATS: Readonly<Record<string, SamconfigFormat>> = {
  ".toml": "toml",
  ".yaml": "yaml",
  ".yml": "yaml",
};
export const DEFAULT_ENV = "default";

/** What SAM's `--config-file` and `--config-env` were given; an empty text counts as not given, as it does for SAM. */
export interface SamconfigOptions {
  readonly configFile?: string | undefined;
  readonly configEnv?: string | undefined;
}

/** A configuration file as one environment sees it. */
export interface SamSettings {
  /** Path of the file, spelled from the template's, for messages. */
  readonly file: string;
  /** A command's parameters: its own over the global ones. Throws InputError where a section is no table. */
  for(command: string): Readonly<Record<string, unknown>>;
  /** What `sam deploy` would use. Throws InputError for a value that it cannot. */
  deploy(): DeploySettings;
}

/**
 * Reads SAM's configuration file beside a template, or the one named from there; undefined if none is named and none
 * is there. Throws InputError if a named file or environment does not exist, or SAM would refuse the file.
 */
export async function readSamconfig(
  templateFile: string,
  { configFile, configEnv }: SamconfigOptions,
): Promise<SamSettings | undefined> {
  const folder = dirname(templateFile);
  const file = configFile ? namedFile(folder, configFile) : await defaultSamconfig(folder);
  if (file === undefined) {
    if (!configEnv || configEnv === DEFAULT_ENV) return undefined;
    const hint = `looked for ${SAMCONFIG_FILES.join(", ")} in the template's folder: name the file with --config-file`;
    throw wrongInput(
      join(folder, "samconfig.toml"),
      `no such file, but --config-env ${configEnv} asks for it`,
      hint,
    );
  }
  const format = FORMATS[extname(file)];
  const text = await readText(file, {
    missing: "--config-file starts in the template's folder: name the file from there",
    folder: "name the file in it with --config-file",
  });
  if (!format)
    throw wrongInput(file, "is of a kind that SAM does not read", "use a .toml, .yaml or .yml file");
  const config = inFile(file, () => parseSamconfig(text, format));
  const env = configEnv || DEFAULT_ENV;
  checkEnvironment(file, config, env);
  return {
    file,
    for: (command) => inFile(file, () => parametersOf(config, env, command)),
    deploy: () => inFile(file, () => deploySettingsOf(config, env)),
  };
}

/** Where `sam deploy` would put things; nothing without a configuration file. Throws InputError as `deploySettingsOf`. */
export function deploySettings(settings: SamSettings | undefined): DeploySettings {
  return settings?.deploy() ?? {};
}

// SAM takes an unknown environment for an empty one; here that would publish to another account or region in silence.
// `default` is exempt: naming it says no more than leaving the option out.
function checkEnvironment(file: string, config: Samconfig, env: string): void {
  if (env === DEFAULT_ENV || hasEnvironment(config, env)) return;
  const known = environmentsOf(config).slice(0, 20);
  const hint = known.length === 0 ? "the file has no environments" : `the file has ${known.join(", ")}`;
  inFile(file, () => {
    throw new SamconfigError(`has no environment "${env}", which --config-env names`, hint);
  });
}

function namedFile(folder: string, name: string): string {
  return isAbsolute(name) ? name : join(folder, name);
}

function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SamconfigError) throw wrongInput(file, error.message, error.hint, error.position);
    throw error;
  }
}
