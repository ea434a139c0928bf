// @ts-check
import { percentile } from '../bench.mjs';
import { CLASSES } from './classify.mjs';

/** @typedef {import('./chaos.mjs').Report} Report */

/** Lines for a person, also Markdown. @param {Report} report */
export function describe({ seed, minutes, faults, counts, requests, links, violations }) {
  const recoveries = faults.map(({ recoveryMs }) => recoveryMs);
  return [
    `- seed \`${seed}\`, ${minutes} minutes, ${faults.length} faults; ${requests.answered} requests answered, ${requests.unavailable} turned away, ${requests.broken} without an answer; ${links} links`,
    `- ${CLASSES.map((name) => `${name} ${counts[name]}`).join(', ')}`,
    `- well again after: p50 ${seconds(percentile(recoveries, 0.5))} s, longest ${seconds(Math.max(0, ...recoveries))} s`,
    `- violations: ${violations.length}`,
    '',
    '| fault | times | well again after p50, s | longest, s |',
    '| --- | ---: | ---: | ---: |',
    ...byKind(faults).map(
      ([kind, ms]) =>
        `| ${kind} | ${ms.length} | ${seconds(percentile(ms, 0.5))} | ${seconds(Math.max(...ms))} |`,
    ),
  ];
}

/** @param {Report['faults']} faults @returns {[string, number[]][]} */
function byKind(faults) {
  /** @type {Map<string, number[]>} */
  const kinds = new Map();
  for (const { kind, recoveryMs } of faults) kinds.set(kind, [...(kinds.get(kind) ?? []), recoveryMs]);
  return [...kinds].sort(([one], [other]) => one.localeCompare(other));
}

/** @param {number} ms */
const seconds = (ms) => (ms / 1000).toFixed(1);
