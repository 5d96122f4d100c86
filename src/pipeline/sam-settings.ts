// What plain `sam build` needs in SAM's configuration file to build as sam-pkg's own command would.
import { dirname, extname, join, relative, resolve } from "node:path";
import { WorkError } from "../report/errors.ts";
import type { Setting } from "../samconfig/setting.ts";
import { settingLines } from "../samconfig/setting.ts";
import type { SamconfigFormat } from "../samconfig/syntax.ts";
import { withSettings } from "../samconfig/write.ts";
import { imagesOf, isOurImage, namedImages } from "./images.ts";
import { readText } from "./read.ts";
import { textsOf } from "./sam-images.ts";
import type { SamconfigOptions } from "./samconfig.ts";
import { DEFAULT_ENV, FORMATS, readSamconfig } from "./samconfig.ts";
import type { TransformResult } from "./transform.ts";
import { writeWhole } from "./write.ts";

/** Parameters that a configuration file lacks. */
export interface MissingSettings {
  readonly file: string;
  readonly isThere: boolean;
  readonly format: SamconfigFormat;
  readonly env: string;
  readonly settings: readonly Setting[];
  /** The same as they would stand in the file. */
  readonly lines: readonly string[];
}

/** What the configuration lacks for plain `sam build`; undefined for nothing. Throws InputError as `readSamconfig`. */
export async function missingSettings(
  result: Pick<TransformResult, "template" | "output" | "functions" | "children" | "configFile">,
  { configFile, configEnv }: SamconfigOptions,
): Promise<MissingSettings | undefined> {
  const named = result.configFile ?? configFile;
  const samconfig = await readSamconfig(result.template, { configFile: named, configEnv });
  const file = samconfig?.file ?? join(dirname(result.template), "samconfig.toml");
  const present = samconfig?.for("build") ?? {};
  // Without --config-file, SAM reads the configuration of the folder in which it runs.
  const base = configFile ? process.cwd() : dirname(resolve(file));
  const settings: Setting[] = [];
  const template = present["template_file"];
  if (typeof template !== "string" || resolve(base, template) !== resolve(result.output)) {
    settings.push({
      key: "template_file",
      value: relative(base, resolve(result.output)).replaceAll("\\", "/"),
    });
  }
  const images = imagesOf(result.functions);
  if (images.size > 0) {
    if (present["use_container"] !== true) settings.push({ key: "use_container", value: true });
    const texts = imageTexts(textsOf(present["build_image"]), images);
    if (texts) settings.push({ key: "build_image", value: texts });
  }
  if (settings.length === 0) return undefined;
  const env = configEnv || DEFAULT_ENV;
  const format = FORMATS[extname(file)] ?? "toml";
  const lines = settingLines(format, env, settings);
  return { file, isThere: samconfig !== undefined, format, env, settings, lines };
}

/** The list with the images in it, the user's own left as they are; undefined when nothing changes. */
function imageTexts(present: readonly string[], images: ReadonlyMap<string, string>): string[] | undefined {
  const left = new Map(images);
  let changed = false;
  const texts = present.map((text) => {
    const [[id, image] = ["", ""]] = namedImages([text]);
    const ours = images.get(id);
    left.delete(id);
    if (ours === undefined || ours === image || !isOurImage(image)) return text;
    changed = true;
    return `${id}=${ours}`;
  });
  const added = [...left].map(([id, image]) => `${id}=${image}`);
  return changed || added.length > 0 ? [...texts, ...added] : undefined;
}

/** Adds them to the file, or makes it. Throws WorkError with the lines where that is not safe. */
export async function writeSettings({
  file,
  isThere,
  format,
  env,
  settings,
  lines,
}: MissingSettings): Promise<void> {
  const hints = { missing: "it was there a moment ago", folder: "name the file in it" };
  const text = withSettings(isThere ? await readText(file, hints) : "", format, env, settings);
  if (text === undefined) {
    const hint = "write the lines into it by hand, in the place of those that it has";
    const message = `${file} was left alone: it cannot be changed without touching what else is in it`;
    throw new WorkError(message, { quote: lines.join("\n"), hint });
  }
  await writeWhole(file, text).catch((error: unknown) => {
    const quote = error instanceof Error ? error.message : String(error);
    throw new WorkError(`cannot write ${file}`, {
      quote,
      hint: "check its folder's permissions and free space",
    });
  });
}
