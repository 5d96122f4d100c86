import type { BucketOptions } from "../publish/lambda/bucket.ts";
import { deploySettings, readSamconfig } from "./samconfig.ts";

/** The account, region and bucket as the user names them; SAM's configuration file is asked for the rest. */
export interface AccountOptions {
  readonly region?: string;
  readonly profile?: string;
  /** The bucket for archives that are too large for a request, and the start of their keys. */
  readonly s3Bucket?: string;
  readonly s3Prefix?: string;
  /** SAM's configuration file, and the environment in it. */
  readonly configFile?: string;
  readonly configEnv?: string;
}

/** Where layers go; what is absent comes from the environment, as the AWS SDK and SAM find it. */
export interface LambdaAccount {
  readonly region?: string;
  readonly profile?: string;
  readonly bucket?: BucketOptions;
}

/**
 * What the user said, then what `sam deploy` would take from samconfig.
 * @param template path of the template: samconfig lies beside it
 */
export async function lambdaAccount(template: string, options: AccountOptions): Promise<LambdaAccount> {
  const settings = deploySettings(await readSamconfig(template, options));
  const region = options.region ?? settings.region;
  const profile = options.profile ?? settings.profile;
  const name = options.s3Bucket ?? settings.s3Bucket;
  const prefix = options.s3Prefix ?? settings.s3Prefix;
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(name === undefined ? {} : { bucket: { name, ...(prefix === undefined ? {} : { prefix }) } }),
  };
}
