// @ts-check
import { percentile } from '../bench.mjs';
import { CLASSES } from './classify.mjs';

/** @typedef {import('./chaos.mjs').Report} Report */

/** Lines for a person, also Markdown. @param {Report} report */
export function describe({ seed, minutes, recoveries, counts, requests, links, violations }) {
  const times = recoveries.map(({ recoveryMs }) => recoveryMs);
  const faults = recoveries.flatMap(({ kinds }) => kinds);
  return [
    `- seed \`${seed}\`, ${minutes} minutes, ${faults.length} faults; ${requests.answered} requests answered, ${requests.unavailable} turned away, ${requests.broken} without an answer; ${links} links`,
    `- ${CLASSES.map((name) => `${name} ${counts[name]}`).join(', ')}`,
    `- well again after: p50 ${seconds(percentile(times, 0.5))} s, longest ${seconds(Math.max(0, ...times))} s`,
    `- violations: ${violations.length}`,
    '',
    '| fault | times | well again after p50, s | longest, s |',
    '| --- | ---: | ---: | ---: |',
    ...byKind(recoveries).map(
      ([kind, ms]) =>
        `| ${kind} | ${ms.length} | ${seconds(percentile(ms, 0.5))} | ${seconds(Math.max(...ms))} |`,
    ),
  ];
}

/** Those that came together count for each. @param {Report['recoveries']} recoveries @returns {[string, number[]][]} */
function byKind(recoveries) {
  /** @type {Map<string, number[]>} */
  const kinds = new Map();
  for (const { kinds: together, recoveryMs } of recoveries)
    for (const kind of together) kinds.set(kind, [...(kinds.get(kind) ?? []), recoveryMs]);
  return [...kinds].sort(([one], [other]) => one.localeCompare(other));
}

/** @param {number} ms */
const seconds = (ms) => (ms / 1000).toFixed(1);
