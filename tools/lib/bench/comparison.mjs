// @ts-check
import { percentile } from '../bench.mjs';
import { OURS } from './options.mjs';

/**
 * What one instance did in one turn.
 * @typedef {object} Turn
 * @property {readonly number[]} durationsMs of each run
 * @property {number} perSecond runs
 */

/**
 * ABBA: every second turn goes the other way round, so that a machine that gets slower, or faster, meets all alike.
 * @template T
 * @param {number} turn from 0
 * @param {readonly T[]} instances
 * @returns {readonly T[]}
 */
export function orderOf(turn, instances) {
  return turn % 2 === 0 ? instances : instances.toReversed();
}

/** @param {readonly number[]} values */
export function spreadOf(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  // Of an even number, the mean of the two in the middle: neither order of turns decides alone.
  const [below = NaN, above = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return { min: sorted[0] ?? NaN, median: (below + above) / 2, max: sorted.at(-1) ?? NaN };
}

/**
 * Each turn of ours to the same turn of theirs: these are next to each other in time.
 * @param {readonly Turn[]} ours
 * @param {readonly Turn[]} theirs as many
 */
export function ratiosOf(ours, theirs) {
  const ratios = (/** @type {(turn: Turn) => number} */ figure) =>
    spreadOf(ours.map((turn, at) => figure(turn) / figure(/** @type {Turn} */ (theirs[at]))));
  return {
    p50: ratios(({ durationsMs }) => percentile(durationsMs, 0.5)),
    perSecond: ratios(({ perSecond }) => perSecond),
  };
}

/**
 * @param {ReturnType<typeof ratiosOf>} ratios
 * @param {{allow: number, paused: boolean}} options `paused`: how many runs there are a second is up to the client
 */
export function verdictOf({ p50, perSecond }, { allow, paused }) {
  const most = 1 + allow;
  const least = 1 / most;
  // Written so that a ratio that is no number counts as slower.
  const reasons = [
    ...(p50.median <= most
      ? []
      : [`p50 is ${p50.median.toFixed(3)} times theirs (allowed: ${most.toFixed(3)})`]),
    ...(paused || perSecond.median >= least
      ? []
      : [`runs/s are ${perSecond.median.toFixed(3)} times theirs (allowed: ${least.toFixed(3)})`]),
  ];
  return reasons.length === 0
    ? { isSlower: false, sentence: 'not slower' }
    : { isSlower: true, sentence: `slower: ${reasons.join(', ')}` };
}

export const COMPARISON_HEAD = [
  `| row | beside | p50 ms, ${OURS} | theirs | ${OURS} : theirs, median (min to max) | runs/s, ${OURS} | theirs | ${OURS} : theirs, median (min to max) | verdict |`,
  '|---|---|---:|---:|---:|---:|---:|---:|---|',
];

/**
 * One line of the table.
 * @param {string} row its name
 * @param {string} name of the other instance
 * @param {readonly Turn[]} ours
 * @param {readonly Turn[]} theirs
 * @param {{allow: number, paused: boolean}} options
 */
export function comparisonLine(row, name, ours, theirs, options) {
  const ratios = ratiosOf(ours, theirs);
  const { isSlower, sentence } = verdictOf(ratios, options);
  const p50 = (/** @type {readonly Turn[]} */ turns) =>
    percentile(
      turns.flatMap(({ durationsMs }) => durationsMs),
      0.5,
    ).toFixed(1);
  const perSecond = (/** @type {readonly Turn[]} */ turns) =>
    spreadOf(turns.map(({ perSecond }) => perSecond)).median.toFixed(1);
  const throughput = options.paused
    ? ['', '', '']
    : [perSecond(ours), perSecond(theirs), inWords(ratios.perSecond)];
  const cells = [row, name, p50(ours), p50(theirs), inWords(ratios.p50), ...throughput, sentence];
  return { isSlower, line: `| ${cells.join(' | ')} |` };
}

/** @param {ReturnType<typeof spreadOf>} spread */
function inWords({ min, median, max }) {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}
