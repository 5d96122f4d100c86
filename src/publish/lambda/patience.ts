import type { LambdaClientConfig } from "@aws-sdk/client-lambda";

/** The SDK's interface for a retry strategy, of which it exports no name. */
type Strategy = Extract<
  NonNullable<LambdaClientConfig["retryStrategy"]>,
  { refreshRetryTokenForRetry: unknown }
>;
type Fault = Parameters<Strategy["refreshRetryTokenForRetry"]>[1];
type Token = Awaited<ReturnType<Strategy["acquireInitialRetryToken"]>>;

/** A call that is throttled is carried out in the end; a host that does not answer mostly has a wrong name. */
const ATTEMPTS: Readonly<Record<Fault["errorType"], number>> = {
  THROTTLING: 10,
  TRANSIENT: 5,
  SERVER_ERROR: 5,
  CLIENT_ERROR: 1,
};
/** First waits, in ms; each further one may be twice as long. */
const BASE: Readonly<Record<Fault["errorType"], number>> = {
  THROTTLING: 500,
  TRANSIENT: 100,
  SERVER_ERROR: 100,
  CLIENT_ERROR: 0,
};
const LONGEST = 20_000;
const LONGEST_ASKED = 60_000;

/** Retries that a whole run may make: an account that is overrun is left alone in the end. */
export class RetryBudget {
  private left = 100;

  take(): boolean {
    this.left -= 1;
    return this.left >= 0;
  }
}

/**
 * Decides whether and when a call is made again: what Retry-After asks for, plus a random part that grows, so that many
 * machines do not come back at once. The SDK's own strategy honours Retry-After for five seconds only.
 */
export class Patience implements Strategy {
  private readonly retried: ReadonlySet<Fault["errorType"]>;
  private readonly budget: RetryBudget;

  /** @param retried kinds of errors after which the call is made again */
  constructor(retried: readonly Fault["errorType"][], budget: RetryBudget) {
    this.retried = new Set(retried);
    this.budget = budget;
  }

  async acquireInitialRetryToken(): Promise<Token> {
    return token(0, 0);
  }

  async refreshRetryTokenForRetry(last: Token, { errorType, retryAfterHint }: Fault): Promise<Token> {
    const count = last.getRetryCount() + 1;
    // The SDK then throws the error of the call itself.
    if (!this.retried.has(errorType) || count >= ATTEMPTS[errorType] || !this.budget.take())
      throw new Error("no further attempt");
    const asked = retryAfterHint ? retryAfterHint.getTime() - Date.now() : 0;
    const backoff = Math.random() * Math.min(LONGEST, BASE[errorType] * 2 ** (count - 1));
    return token(count, Math.min(LONGEST_ASKED, Math.max(0, asked)) + backoff);
  }

  recordSuccess(): void {}
}

function token(count: number, delay: number): Token {
  return { getRetryCount: () => count, getRetryDelay: () => delay };
}
