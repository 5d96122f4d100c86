import pLimit from "p-limit";
import { Interrupted } from "./report/errors.ts";

/**
 * Runs tasks side by side, at most `atOnce`. The first failure calls `abort`; all tasks have ended, and cleaned up,
 * before that failure is thrown.
 * @param signal fires when the user or `abort` wants the tasks to end
 */
export async function parallel<T>(
  tasks: readonly (() => Promise<T>)[],
  atOnce: number,
  signal: AbortSignal,
  abort: () => void,
): Promise<T[]> {
  const limit = pLimit(atOnce);
  let failure: { readonly error: unknown } | undefined;
  const results = await Promise.allSettled(
    tasks.map((task) =>
      limit(async () => {
        try {
          if (signal.aborted) throw new Interrupted();
          return await task();
        } catch (error) {
          // Still inside the limit: no further task begins before the signal has fired.
          failure ??= { error };
          abort();
          throw error;
        }
      }),
    ),
  );
  if (failure) throw failure.error;
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}
