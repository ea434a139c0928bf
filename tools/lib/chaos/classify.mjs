// @ts-check
/**
 * What the clients saw of one submission, judged after everything was healed and had come to rest, in the manner
 * of Jepsen: a client knows that its request was done (`ok`), that it was not (`fail`), or neither (`unknown`).
 *
 * @typedef {object} Entry
 * @property {'ok' | 'fail' | 'unknown'} outcome
 * @property {string[]} ids every submission id that its key was answered with
 * @property {string[]} finals every different final result that was read, as a digest, in order
 * @property {'unread' | 'missing' | 'pending' | 'final'} last what was read last
 * @property {boolean} wentBack a reading after a final one was not final
 * @property {string | undefined} mistake what is wrong about the first final result, given the program
 * @property {string[]} executedAs every submission id under which its program was seen running
 */

/** @typedef {'ok' | 'refused' | 'unknown' | 'lost' | 'duplicated' | 'wrong' | 'ghost' | 'stuck'} Class */

/** @type {readonly Class[]} */
export const CLASSES = ['ok', 'refused', 'unknown', 'lost', 'duplicated', 'wrong', 'ghost', 'stuck'];
/** @type {readonly Class[]} */
export const VIOLATIONS = ['lost', 'duplicated', 'wrong', 'ghost', 'stuck'];

/**
 * @param {Entry} entry
 * @param {boolean} hasKeys whether the server knows Idempotency-Key: without it a retry may make a second submission
 * @returns {{class: Class, why?: string}}
 */
export function classify(entry, hasKeys) {
  const { outcome, ids, finals, executedAs } = entry;
  if (outcome === 'fail') {
    if (ids.length > 0) return { class: 'ghost', why: `refused, and accepted as ${ids.join(', ')}` };
    return executedAs.length > 0
      ? { class: 'ghost', why: `refused, and ran as ${executedAs.join(', ')}` }
      : { class: 'refused' };
  }
  const known = [...new Set([...ids, ...executedAs])];
  if (hasKeys && known.length > 1)
    return { class: 'duplicated', why: `one key became ${known.join(' and ')}` };
  if (outcome === 'unknown') return { class: 'unknown' };
  if (entry.last === 'missing') return { class: 'lost', why: 'was accepted, and is not there' };
  if (entry.wentBack) return { class: 'duplicated', why: 'was final, and then was not' };
  if (finals.length > 1)
    return { class: 'duplicated', why: `its final result changed ${finals.length - 1} times` };
  if (finals.length === 0) return { class: 'stuck', why: `has no final result (${entry.last})` };
  if (entry.mistake !== undefined) return { class: 'wrong', why: entry.mistake };
  return { class: 'ok' };
}

/**
 * How many there are of each class, and what is said of each violation.
 * @template {Entry & {name: string}} E
 * @param {Iterable<E>} entries
 * @param {boolean} hasKeys
 */
export function tally(entries, hasKeys) {
  const counts = /** @type {Record<Class, number>} */ (Object.fromEntries(CLASSES.map((name) => [name, 0])));
  /** @type {string[]} */
  const violations = [];
  for (const entry of entries) {
    const judged = classify(entry, hasKeys);
    counts[judged.class]++;
    if (VIOLATIONS.includes(judged.class))
      violations.push(`${judged.class}: ${entry.name} (${entry.ids.join(', ') || 'no id'}): ${judged.why}`);
  }
  return { counts, violations };
}
