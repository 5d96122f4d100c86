// The options that commands share.
import { InvalidArgumentError, Option } from "commander";
import type { Grant } from "../publish/lambda/grant.ts";
import { parseGrant } from "../publish/lambda/grant.ts";

export const DEFAULTS = "template.yaml, template.yml or template.json";
export const NO_LOAD_TEST_OPTION = [
  "--no-load-test",
  "do not load each library in the runtime image",
] as const;

export const REGION_OPTION = ["--region <region>", "AWS region (default: as SAM finds it)"] as const;
export const CONFIG_FILE_OPTION = [
  "--config-file <file>",
  "SAM's configuration file (default: samconfig.toml beside the template)",
] as const;
export const CONFIG_ENV_OPTION = [
  "--config-env <environment>",
  "environment in SAM's configuration file (default: default)",
] as const;
export const OVERRIDES_OPTION = [
  "--parameter-overrides <values...>",
  "values of the template's parameters, as sam build takes them: Name=value (default: samconfig's)",
] as const;
export const PROFILE_OPTION = ["--profile <profile>", "AWS profile"] as const;

export function jobsOption(what = "package sets worked on at a time"): Option {
  return new Option("-j, --jobs <number>", what).argParser(positiveInteger).default(2);
}

export const BUCKET_OPTION = [
  "--s3-bucket <bucket>",
  "bucket for layers above 50 MiB, in the layer's region",
] as const;
export const PREFIX_OPTION = ["--s3-prefix <prefix>", "start of the keys in that bucket"] as const;

export function publishOption(): Option {
  const what =
    "lambda: as a layer version, unless the same content is there; template: as a resource of the template; none: nowhere";
  return new Option("--publish <where>", what).choices(["lambda", "template", "none"]).default("lambda");
}

export function shareOption(): Option {
  const what =
    "let others use the layer versions: an account (12 digits), an organization (o-…) or everyone; may be repeated";
  return new Option("--share-with <whom>", what).argParser(grants);
}

export function jsonOption(): Option {
  return new Option("--json", "a report on standard output, as schemas/report.schema.json describes it");
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new InvalidArgumentError("It must be a whole number from 1 to 999.");
  return Number(text);
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 0 to 999999.");
  return Number(text);
}

/** Adds a `--share-with` to those before it. */
function grants(text: string, before: readonly Grant[] = []): readonly Grant[] {
  const grant = parseGrant(text);
  if (!grant) {
    throw new InvalidArgumentError("It must be an account (12 digits), an organization (o-…) or everyone.");
  }
  return [...before, grant];
}
