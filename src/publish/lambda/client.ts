import { LambdaClient } from "@aws-sdk/client-lambda";
import pThrottle from "p-throttle";
import { Patience, RetryBudget } from "./patience.ts";

/** Whose account and which region; what is absent comes from the environment, as the AWS SDK and SAM find it. */
export interface AwsOptions {
  readonly region?: string;
  readonly profile?: string;
}

/**
 * Calls that a run begins in a second. Lambda takes 15 a second of all control-plane calls of an account together
 * (Lambda quotas, "Rate of control plane API requests"): others need some as well.
 */
const CALLS_A_SECOND = 10;

/** Clients of one run: they share the run's rate of calls and its retries. */
export interface LambdaClients {
  /** For calls that may be made again without harm. */
  readonly repeatable: LambdaClient;
  /** For calls that are made again only when Lambda said that it did not carry them out. */
  readonly once: LambdaClient;
}

/** The settings that clients of all services share. */
export function awsConfig({ region, profile }: AwsOptions): AwsOptions {
  // The SDK's advice on Node versions is for this project, not for the person who runs it.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_PROFILE, AWS_DEFAULT_PROFILE, AWS_ACCESS_KEY_ID } = process.env;
  // SAM's SDK knows the names with DEFAULT as well, and takes keys of the environment before a profile of it.
  const place = region ?? AWS_REGION ?? AWS_DEFAULT_REGION;
  const who = profile ?? AWS_PROFILE ?? (AWS_ACCESS_KEY_ID === undefined ? AWS_DEFAULT_PROFILE : undefined);
  return { ...(place ? { region: place } : {}), ...(who ? { profile: who } : {}) };
}

/** Opens the clients; nothing is asked yet. */
export function lambdaClients(options: AwsOptions, signal: AbortSignal): LambdaClients {
  const config = awsConfig(options);
  const budget = new RetryBudget();
  const turn = pThrottle({ limit: CALLS_A_SECOND, interval: 1000, signal })(async () => undefined);
  const open = (patience: Patience): LambdaClient => {
    const client = new LambdaClient({ ...config, retryStrategy: patience });
    client.middlewareStack.addRelativeTo(
      <T, R>(next: (args: T) => Promise<R>) =>
        async (args: T) => {
          await turn();
          return next(args);
        },
      { relation: "after", toMiddleware: "retryMiddleware", name: "turnMiddleware" },
    );
    return client;
  };
  return {
    repeatable: open(new Patience(["THROTTLING", "TRANSIENT", "SERVER_ERROR"], budget)),
    once: open(new Patience(["THROTTLING"], budget)),
  };
}
