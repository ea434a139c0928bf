import type { Result } from '@runbin/contracts/result';
import { isFinal } from '@runbin/contracts/status';
import type { ResultWaiters, Waiter } from './result.waiters';

/**
 * Waits with a registered waiter until `ask` answers a final result or the time is over; the last answer is
 * what was known then. Asks once at the beginning, unless the answer is `known`, once for each reason to, and
 * once at the end.
 */
export async function awaitFinal(
  waiters: ResultWaiters,
  waiter: Waiter,
  ask: () => Promise<Result>,
  { waitMs, signal, known }: { waitMs: number; signal: AbortSignal; known?: Result },
): Promise<Result> {
  const deadline = performance.now() + waitMs;
  let result = known ?? (await ask());
  while (!isFinal(result.status)) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0 || signal.aborted || waiters.isClosing) break;
    await waiter.wake(leftMs, signal);
    // Nobody is there to hear the answer.
    if (signal.aborted) break;
    result = await ask();
  }
  return result;
}
