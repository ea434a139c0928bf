/** Nothing came in the time that was given. */
export class TooLate extends Error {}

/**
 * Calls with a signal that fires with the given one, or with TooLate when the call has come to nothing in time; not
 * afterwards, so that a body may take longer than its head.
 */
export async function patiently<Answer>(
  ms: number,
  signal: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const late = new AbortController();
  const timer = Number.isFinite(ms) ? setTimeout(() => late.abort(new TooLate()), ms) : undefined;
  try {
    return await call(AbortSignal.any([...(signal ? [signal] : []), late.signal]));
  } finally {
    clearTimeout(timer);
  }
}
