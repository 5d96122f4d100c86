import { LOOP } from "../template/loops.ts";
import { isMapping, mapping } from "../template/mapping.ts";
import type { ParameterValues } from "../template/parameters.ts";
import type { TemplateValue } from "../template/parse.ts";

/** What decides how `sam build` would see a template. */
export interface SettingsOptions {
  /** Parameters' values in SAM's syntaxes; samconfig's are not asked then. */
  readonly parameterOverrides?: readonly string[];
  readonly region?: string;
  /** Whether SAM is told to expand loops; else samconfig and the environment are asked. */
  readonly languageExtensions?: boolean;
  /** SAM's configuration file, and the environment in it. */
  readonly configFile?: string;
  readonly configEnv?: string;
}

/** How `sam build` would see a template. */
export interface BuildSettings extends ParameterValues {
  /** Whether SAM's own switch for Fn::ForEach is on. */
  readonly languageExtensions?: boolean;
}

/** Whether a template's meaning depends on settings: others do not pay for reading them. */
export function needsSettings(template: TemplateValue, options: SettingsOptions): boolean {
  if (options.parameterOverrides || options.configEnv || options.configFile) return true;
  if (!isMapping(template)) return false;
  const resources = mapping(template["Resources"]);
  return (
    Object.keys(mapping(template["Parameters"])).length > 0 ||
    isMapping(template["Mappings"]) ||
    isMapping(template["Conditions"]) ||
    Object.keys(resources).some((key) => key.startsWith(LOOP))
  );
}

/**
 * What the user said, else what `sam build` would take from samconfig.
 * @param template path of the template: samconfig lies beside it
 */
export async function readSettings(template: string, options: SettingsOptions): Promise<BuildSettings> {
  const { readBuildSettings } = await import("./build-settings.ts");
  return readBuildSettings(template, options);
}
