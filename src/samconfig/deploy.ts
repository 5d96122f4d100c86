import type { Samconfig } from "./samconfig.ts";
import { kindOf, parametersOf, pathOf } from "./samconfig.ts";
import { SamconfigError } from "./syntax.ts";

/** What `sam deploy` would use of an environment; absent keys are not set. */
export interface DeploySettings {
  readonly region?: string;
  readonly profile?: string;
  readonly s3Bucket?: string;
  readonly s3Prefix?: string;
}

/**
 * What `deploy` finds in an environment, and for a key that it does not find what `package` finds, each with `global`
 * below it. Throws SamconfigError for a value that is no text, and for an empty region or profile.
 */
export function deploySettingsOf(config: Samconfig, env: string): DeploySettings {
  const commands = ["deploy", "package"].map((command) => ({
    command,
    values: parametersOf(config, env, command),
  }));
  const textAt = (key: string): string | undefined => {
    // a key that deploy has empty stays empty: that takes back a global setting
    const found = commands.find(({ values }) => Object.hasOwn(values, key));
    const value = found?.values[key];
    if (!found || value === undefined || value === null) return undefined;
    if (typeof value === "string" && value !== "") return value;
    // SAM takes an empty bucket or prefix as none, but fails at an empty region or profile
    if (value === "" && key.startsWith("s3_")) return undefined;
    throw unusable(pathOf(config, env, found.command, key), value);
  };
  const settings = {
    region: textAt("region"),
    profile: textAt("profile"),
    s3Bucket: textAt("s3_bucket"),
    s3Prefix: textAt("s3_prefix"),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function unusable(name: string, value: unknown): SamconfigError {
  if (value === "") {
    return new SamconfigError(`${name} is empty, which SAM refuses`, "give it a value, or take the line out");
  }
  const quotable = ["bigint", "number", "boolean"].includes(typeof value) || value instanceof Date;
  const hint = quotable ? "put the value in quotes" : "give it one text in quotes";
  return new SamconfigError(`${name} is ${kindOf(value)}, but must be text`, hint);
}
