// @ts-check

/**
 * Says what is being done, does it, and says how long it took.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 */
export async function step(what, work) {
  process.stdout.write(`${what} … `);
  const since = performance.now();
  try {
    const result = await work();
    process.stdout.write(`${seconds(since)}\n`);
    return result;
  } catch (error) {
    process.stdout.write('failed\n');
    throw error;
  }
}

/**
 * Time since a moment of `performance.now()`, for people.
 * @param {number} since
 */
export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * Does something and says how long it took.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<{result: T, seconds: number}>}
 */
export async function timed(work) {
  const since = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - since) / 1000 };
}
