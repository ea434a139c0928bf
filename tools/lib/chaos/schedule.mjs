// @ts-check

/** How often faults come alone, in twos and in threes. */
const TOGETHER = [
  { weight: 5, count: 1 },
  { weight: 3, count: 2 },
  { weight: 1, count: 3 },
];

/**
 * Which faults come when, without end: the same for the same seed.
 * @template {{weight: number}} F
 * @param {readonly F[]} faults
 * @param {import('./random.mjs').Random} random
 * @returns {Generator<{number: number, pauseMs: number, faults: {fault: F, random: import('./random.mjs').Random}[]}>}
 */
export function* schedule(faults, random) {
  for (let number = 1; ; number++) {
    const own = random.fork(number);
    const { count } = own.weighted(TOGETHER);
    const together = Array.from({ length: count }, (_, index) => ({
      fault: own.weighted(faults),
      random: own.fork(index),
    }));
    yield { number, pauseMs: own.between(100, 1_500), faults: together };
  }
}
