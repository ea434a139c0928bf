// @ts-check

/** Whether the cursor stands behind the name of a step that goes on. */
let isLineOpen = false;

/**
 * Says what is being done, does it, and says how long it took.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 */
export async function step(what, work) {
  const begin = () => {
    process.stdout.write(`${what} … `);
    isLineOpen = true;
  };
  const end = (/** @type {string} */ how) => {
    if (!isLineOpen) begin();
    process.stdout.write(`${how}\n`);
    isLineOpen = false;
  };
  begin();
  const since = performance.now();
  try {
    const result = await work();
    end(seconds(since));
    return result;
  } catch (error) {
    end('failed');
    throw error;
  }
}

/**
 * Prints a line that has come from elsewhere, also while a step goes on, which is named again where it ends.
 * @param {string} line
 */
export function printLine(line) {
  process.stdout.write(`${isLineOpen ? '\n' : ''}${line}\n`);
  isLineOpen = false;
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
