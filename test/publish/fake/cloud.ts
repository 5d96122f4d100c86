import type { Fake, FakeBucket, FakeFunction, FakeOptions } from "./api.ts";
import { LayerStore } from "./layer-store.ts";
import { Pages } from "./pages.ts";
import { allows } from "./permissions.ts";

/** Everything the faked account holds, and who may do what with it. */
export interface Cloud {
  readonly region: string;
  readonly partition: string;
  readonly account: string;
  /** `arn:...:lambda:<region>:<account>`. */
  readonly lambdaArn: string;
  readonly layers: LayerStore;
  readonly pages: Pages;
  readonly functions: FakeFunction[];
  readonly buckets: Map<string, FakeBucket>;
  allowed(action: string, resource: string): boolean;
}

/** What the service answers a request with. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Makes an empty account. */
export function cloudOf(options: FakeOptions, policy: () => Fake["policy"]): Cloud {
  const { region = "eu-west-1", partition = "aws", account = "123456789012" } = options;
  const lambdaArn = `arn:${partition}:lambda:${region}:${account}`;
  return {
    region,
    partition,
    account,
    lambdaArn,
    layers: new LayerStore(lambdaArn, options.now ?? Date.now),
    pages: new Pages(options.seed ?? 1, options.pageSize ?? 50),
    functions: [],
    buckets: new Map(),
    allowed: (action, resource) => allows(policy(), action, resource),
  };
}
