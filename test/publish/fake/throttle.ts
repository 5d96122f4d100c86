import { Refusal } from "./refusal.ts";

/** A token bucket: returns whether one more call is let through now. */
export function tokenBucket(rate: { perSecond: number; burst: number } | undefined): () => boolean {
  if (!rate) return () => true;
  let tokens = rate.burst;
  let filled = performance.now();
  return () => {
    const now = performance.now();
    tokens = Math.min(rate.burst, tokens + ((now - filled) / 1000) * rate.perSecond);
    filled = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** What a call beyond the rate gets. */
export function rateExceeded(): Refusal {
  return new Refusal(429, "TooManyRequestsException", "Rate exceeded", {
    headers: { "Retry-After": "1" },
    members: { Reason: "CallerRateLimitExceeded" },
  });
}
