import { stat } from "node:fs/promises";
import { join } from "node:path";

/** Where SAM looks when no configuration file is named, in its order (FILE_MANAGER_MAPPER). */
export const SAMCONFIG_FILES = ["samconfig.toml", "samconfig.yaml", "samconfig.yml"];

/** The configuration file of a folder; undefined where there is none. */
export async function defaultSamconfig(folder: string): Promise<string | undefined> {
  for (const name of SAMCONFIG_FILES) {
    const file = join(folder, name);
    const found = await stat(file).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}
