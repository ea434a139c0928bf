import type { Result } from '@runbin/contracts/result';
import { isFinal } from '@runbin/contracts/status';
import { Problem } from '@runbin/platform/problem';
import type { ResultWaiters, Waiter } from './result.waiters';

/** A question that nobody could answer is asked again after this long: a service that comes back needs a moment. */
const RETRY_MS = 500;

/**
 * Waits with a registered waiter until `ask` answers a final result or the time is over; the last answer is
 * what was known then. Asks once at the beginning, unless the answer is `known`, once for each reason to that does
 * not bring the answer with it, and once at the end. Once something is known, a service that is not reachable does not
 * end the waiting.
 * @throws Problem whatever the first question throws
 */
export async function awaitFinal(
  waiters: ResultWaiters,
  waiter: Waiter,
  ask: () => Promise<Result>,
  { waitMs, signal, known }: { waitMs: number; signal: AbortSignal; known?: Result },
): Promise<Result> {
  const deadline = performance.now() + waitMs;
  let result = known ?? (await ask());
  let patienceMs = Infinity;
  while (!isFinal(result.status) && !waiters.isClosing) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) break;
    await waiter.wake(Math.min(leftMs, patienceMs), signal);
    // Nobody is there to hear the answer.
    if (signal.aborted) break;
    const answer = waiter.heard?.result ?? (await unlessUnavailable(ask));
    result = answer ?? result;
    patienceMs = answer ? Infinity : RETRY_MS;
  }
  return result;
}

async function unlessUnavailable(ask: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Problem && error.code === 'unavailable') return undefined;
    throw error;
  }
}
