import type { Call, Fake, Outcome, Phase } from "./api.ts";
import type { Answer, Cloud } from "./cloud.ts";
import type { Operation } from "./operation.ts";
import { Refusal } from "./refusal.ts";
import { rateExceeded } from "./throttle.ts";

/** A request whose answer is being worked out. */
export interface Exchange {
  readonly cloud: Cloud;
  readonly operation: Operation;
  readonly call: Call;
  /** Whether the rate let it through when it arrived. */
  readonly admitted: boolean;
  readonly body: Buffer;
  /** Of the whole body, also when it was too long to keep. */
  readonly size: number;
  readonly intercept: Fake["intercept"];
}

/** Checks a request and carries it out, asking the hook on both sides. Returns "cut" when nobody shall answer. */
export async function carryOut(exchange: Exchange): Promise<Answer | "cut"> {
  const { cloud, operation, admitted, body, size } = exchange;
  try {
    if (!admitted) throw rateExceeded();
    const run = operation.prepare(body, size);
    if (!cloud.allowed(operation.action, operation.resource)) throw operation.denied();
    if (await cutBy(exchange, "before")) return "cut";
    const answer = settled(operation, run);
    return (await cutBy(exchange, "after")) ? "cut" : answer;
  } catch (error) {
    if (error instanceof Refusal) return operation.refused(error);
    // Not a 5xx, which the SDK would try again: a fault of the fake or of a hook shall end the test.
    return operation.refused(new Refusal(400, "FakeBroken", String((error as Error).stack)));
  }
}

function settled(operation: Operation, run: () => Answer): Answer {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return operation.refused(error);
    throw error;
  }
}

async function cutBy({ intercept, call }: Exchange, phase: Phase): Promise<boolean> {
  const outcome: Outcome = (await intercept?.(call, phase)) ?? undefined;
  if (!outcome) return false;
  if ("cut" in outcome) return true;
  const { status, error, message = "injected", headers } = outcome;
  throw new Refusal(status, error, message, headers && { headers });
}
