import { afterEach, describe, expect, it, vi } from "vitest";
import { Patience, RetryBudget } from "../../src/publish/lambda/patience.ts";

afterEach(() => void vi.restoreAllMocks());

type Kind = "THROTTLING" | "TRANSIENT" | "SERVER_ERROR" | "CLIENT_ERROR";

/** The waits, in ms, until a call that always fails like this is given up. */
async function waits(
  kind: Kind,
  retried: Kind[],
  budget = new RetryBudget(),
  retryAfterHint?: Date,
): Promise<number[]> {
  const patience = new Patience(retried, budget);
  const all: number[] = [];
  let token = await patience.acquireInitialRetryToken();
  for (;;) {
    const fault = { errorType: kind, ...(retryAfterHint ? { retryAfterHint } : {}) };
    const next = await patience.refreshRetryTokenForRetry(token, fault).catch(() => undefined);
    if (!next) return all;
    all.push(next.getRetryDelay());
    token = next;
  }
}

describe("Patience", () => {
  it("tries a throttled call ten times, each wait a random part of twice the last bound", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    expect(await waits("THROTTLING", ["THROTTLING"])).toStrictEqual([
      250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000,
    ]);
    expect(await waits("TRANSIENT", ["TRANSIENT"])).toStrictEqual([50, 100, 200, 400]);
  });

  it("never comes back before Retry-After, and not with everybody else at that instant", async () => {
    vi.spyOn(Date, "now").mockReturnValue(0);
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const [first, second] = await waits("THROTTLING", ["THROTTLING"], new RetryBudget(), new Date(30_000));
    expect([first, second]).toStrictEqual([30_250, 30_500]);
    const [bounded] = await waits("THROTTLING", ["THROTTLING"], new RetryBudget(), new Date(3_600_000));
    expect(bounded).toBe(60_250);
    const [past] = await waits("THROTTLING", ["THROTTLING"], new RetryBudget(), new Date(-1000));
    expect(past).toBe(250);
  });

  it("does not repeat what it is not told to", async () => {
    for (const kind of ["TRANSIENT", "SERVER_ERROR", "CLIENT_ERROR"] as const) {
      expect(await waits(kind, ["THROTTLING"])).toStrictEqual([]);
    }
    expect(await waits("CLIENT_ERROR", ["CLIENT_ERROR"])).toStrictEqual([]);
  });

  it("ends when the run's budget is spent, whichever call spent it", async () => {
    const budget = new RetryBudget();
    const counts: number[] = [];
    for (let call = 0; call < 13; call++)
      counts.push((await waits("THROTTLING", ["THROTTLING"], budget)).length);
    expect(counts).toStrictEqual([...Array.from({ length: 11 }, () => 9), 1, 0]);
  });
});
