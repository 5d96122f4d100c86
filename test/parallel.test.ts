import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { parallel } from "../src/parallel.ts";
import { Interrupted } from "../src/report/errors.ts";

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;
const nothing = (): void => undefined;
const failing = async (): Promise<void> => {
  await tick();
  throw new Error("the first");
};
const failingAtOnce = (): never => {
  throw new Error("at once");
};

describe("parallel", () => {
  it("runs at most so many at once, all of them, and keeps their order", async () => {
    const some = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(some, fc.integer({ min: 1, max: 5 }), async (durations, atOnce) => {
        let running = 0;
        let most = 0;
        const tasks = durations.map((duration, index) => async () => {
          most = Math.max(most, ++running);
          for (let i = 0; i < duration; i++) await tick();
          running--;
          return index;
        });
        expect(await parallel(tasks, atOnce, never, nothing)).toStrictEqual(
          durations.map((_, index) => index),
        );
        expect(most).toBeLessThanOrEqual(atOnce);
        if (durations.every((duration) => duration > 0))
          expect(most).toBe(Math.min(atOnce, durations.length));
      }),
      { numRuns: 50 },
    );
  });

  it("throws the first failure, after every task that had begun has ended", async () => {
    const controller = new AbortController();
    const ended: string[] = [];
    const cleaningUp = async (): Promise<void> => {
      await new Promise((resolve) => controller.signal.addEventListener("abort", resolve));
      await tick();
      ended.push("cleaned up");
      throw new Interrupted();
    };
    const unstarted = vi.fn(() => Promise.resolve());
    const abort = vi.fn(() => controller.abort());
    const all = parallel([cleaningUp, failing, cleaningUp, unstarted], 3, controller.signal, abort);
    await expect(all).rejects.toThrow("the first");
    expect(ended).toStrictEqual(["cleaned up", "cleaned up"]);
    expect(unstarted).not.toHaveBeenCalled();
    expect(abort).toHaveBeenCalled();
  });

  it("takes a task that throws at once, or throws nothing, for a failure", async () => {
    const abort = vi.fn();
    await expect(parallel([failingAtOnce], 1, never, abort)).rejects.toThrow("at once");
    // oxlint-disable-next-line prefer-promise-reject-errors -- that is the case
    await expect(parallel([() => Promise.reject(undefined)], 1, never, abort)).rejects.toBeUndefined();
    expect(abort).toHaveBeenCalledTimes(2);
  });

  it("begins nothing when the user has interrupted", async () => {
    const task = vi.fn(() => Promise.resolve(1));
    await expect(parallel([task, task], 2, AbortSignal.abort(), nothing)).rejects.toThrow(Interrupted);
    expect(task).not.toHaveBeenCalled();
  });

  it("begins no further task when the user interrupts in between", async () => {
    const controller = new AbortController();
    const started: number[] = [];
    const tasks = [1, 2, 3].map((number) => async () => {
      started.push(number);
      controller.abort();
      await tick();
    });
    await expect(parallel(tasks, 1, controller.signal, nothing)).rejects.toThrow(Interrupted);
    expect(started).toStrictEqual([1]);
  });

  it("has nothing to do for no tasks", async () => {
    expect(await parallel([], 2, never, nothing)).toStrictEqual([]);
  });
});
