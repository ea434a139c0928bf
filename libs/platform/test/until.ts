import { setTimeout as delay } from 'node:timers/promises';

/** Between two looks, in milliseconds. */
const LOOK_MS = 20;
/** Many times what anything takes on an idle machine, and less than a test has. */
const DEADLINE_MS = 30_000;

type Holds = string | number | bigint | true | object;
type HoldsNot = false | null | undefined;

/**
 * Waits until a condition holds. The only way to let time pass in a test (eslint.config.mjs): waiting for a time
 * instead fails on a slower machine.
 * @param what is waited for, for the message of the failure
 * @param condition holds with any answer but false, null and undefined
 * @returns what the condition answered
 * @throws Error naming `what` when it does not hold within `deadlineMs`; whatever the condition throws
 */
export async function until<T extends Holds>(
  what: string,
  condition: () => T | HoldsNot | Promise<T | HoldsNot>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await condition();
    if (answer !== false && answer !== null && answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await delay(LOOK_MS);
  }
}
