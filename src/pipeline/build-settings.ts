import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { InputError } from "../report/errors.ts";
import type { Include } from "../samconfig/overrides.ts";
import { readOverrides } from "../samconfig/overrides.ts";
import type { SamconfigFormat } from "../samconfig/syntax.ts";
import { readSyntax, SamconfigError } from "../samconfig/syntax.ts";
import { readSamconfig } from "./samconfig.ts";
import type { BuildSettings, SettingsOptions } from "./settings.ts";

/** SAM's switch for Fn::ForEach in the environment (resolve_language_extensions_enabled). */
const SWITCH = "SAM_CLI_ENABLE_LANGUAGE_EXTENSIONS";

const FORMATS: Readonly<Record<string, SamconfigFormat>> = {
  ".toml": "toml",
  ".yaml": "yaml",
  ".yml": "yaml",
};

/** What the user said, else what `sam build` would take from samconfig and the environment. Throws InputError. */
export async function readBuildSettings(template: string, options: SettingsOptions): Promise<BuildSettings> {
  const samconfig = await readSamconfig(template, options);
  const settings = samconfig?.for("build") ?? {};
  const given = options.parameterOverrides;
  const place = given ? "--parameter-overrides" : (samconfig?.file ?? template);
  // the command line's take the place of samconfig's, as for SAM
  const overrides = await inPlace(place, () =>
    readOverrides(given ?? settings["parameter_overrides"], includeFrom(".")),
  );
  const region = options.region ?? settings["region"];
  const flag = options.languageExtensions ?? settings["language_extensions"];
  const languageExtensions =
    typeof flag === "boolean" ? flag : /^(?:1|true|yes)$/i.test((process.env[SWITCH] ?? "").trim());
  return {
    overrides,
    languageExtensions,
    ...(typeof region === "string" && region !== "" ? { region } : {}),
  };
}

/** Files that are named from a folder; those that they name themselves, from theirs. */
function includeFrom(folder: string): Include {
  return async (name) => {
    const id = resolve(folder, name);
    const format = FORMATS[extname(id)];
    const hint =
      "SAM reads .toml, .yaml and .yml files; the name starts in the current folder, or in the including file's";
    if (!format) throw new SamconfigError(`file://${name} is of a kind that SAM does not read`, hint);
    const text = await readFile(id, "utf8").catch(() => {
      throw new SamconfigError(`file://${name} cannot be read`, hint);
    });
    return { id, content: readSyntax(text, format), include: includeFrom(dirname(id)) };
  };
}

async function inPlace<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SamconfigError)) throw error;
    const { message, hint } = error;
    throw new InputError([{ severity: "error", file, message, hint }]);
  }
}
