const HELLO = { language: 'python', code: 'print("hello")' };
const IDLE_RUNS = 30;
/** Beside an attack a plain program may take twice as long as the slowest on an idle machine, and this much. */
const FACTOR = 2;
const SLACK_MS = 100;

/** How long a plain program takes, submit to final, in milliseconds. @throws Error when it does not say its line */
export async function helloMs(client) {
  const since = performance.now();
  const { status, stdout } = await client.run(HELLO);
  if (stdout !== 'hello\n') throw new Error(`a neighbour got ${status}`);
  return performance.now() - since;
}

/** Times of as many plain programs, one after the other, in ascending order. */
export async function helloTimes(client, count = IDLE_RUNS) {
  const times = [];
  while (times.length < count) times.push(await helloMs(client));
  return times.sort((a, b) => a - b);
}

export const p99 = (sorted) => sorted[Math.ceil(sorted.length * 0.99) - 1];
export const p50 = (sorted) => sorted[Math.floor(sorted.length / 2)];

/**
 * Runs plain programs, one after the other, until it is asked what became of them.
 * @param idleMs p99 of an idle system
 */
export function watchNeighbour(client, idleMs) {
  let isOver = false;
  const times = [];
  const failures = [];
  const running = (async () => {
    while (!isOver) {
      await helloMs(client).then(
        (ms) => times.push(ms),
        (error) => failures.push(String(error)),
      );
    }
  })();
  return {
    async problems() {
      isOver = true;
      await running;
      const slowest = p99(times.sort((a, b) => a - b)) ?? 0;
      const allowed = FACTOR * idleMs + SLACK_MS;
      return slowest > allowed
        ? [...failures, `a neighbour took ${Math.round(slowest)} ms of ${Math.round(allowed)}`]
        : failures;
    },
  };
}
