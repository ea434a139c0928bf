// @ts-check
import { createHash } from 'node:crypto';

/**
 * @typedef {import('./classify.mjs').Entry & {name: string, nonce: string, program: import('./programs.mjs').Program}} LedgerEntry
 */

const PENDING = ['queued', 'running'];

/** Everything that clients and onlookers saw, per submission that somebody tried to make. */
export class Ledger {
  constructor() {
    /** By nonce. @type {Map<string, LedgerEntry>} */
    this.entries = new Map();
  }

  /**
   * @param {string} nonce
   * @param {import('./programs.mjs').Program} program
   * @returns {LedgerEntry}
   */
  open(nonce, program) {
    /** @type {LedgerEntry} */
    const entry = {
      name: `${program.kind} ${nonce}`,
      nonce,
      program,
      outcome: 'unknown',
      ids: [],
      finals: [],
      last: 'unread',
      wentBack: false,
      mistake: undefined,
      executedAs: [],
    };
    this.entries.set(nonce, entry);
    return entry;
  }

  /** Those that the server said it took. */
  get accepted() {
    return [...this.entries.values()].filter(({ outcome }) => outcome === 'ok');
  }

  /** Accepted, and not known to be final. */
  get unfinished() {
    return this.accepted.filter(({ finals }) => finals.length === 0);
  }

  /**
   * @param {string} nonce
   * @param {string} submissionId
   */
  sawExecution(nonce, submissionId) {
    const entry = this.entries.get(nonce);
    if (entry && !entry.executedAs.includes(submissionId)) entry.executedAs.push(submissionId);
  }
}

/**
 * Notes what an answer to getResult says. An answer that is no answer (a service that is away) says nothing.
 * @param {LedgerEntry} entry
 * @param {import('../client.mjs').Answer} answer
 * @returns {boolean} whether it was a final result
 */
export function noteReading(entry, answer) {
  if (answer.status === 404) {
    entry.last = 'missing';
    return false;
  }
  if (answer.status !== 200) return false;
  return noteResult(entry, /** @type {import('./programs.mjs').Final} */ (answer.json));
}

/**
 * @param {LedgerEntry} entry
 * @param {import('./programs.mjs').Final} result
 */
export function noteResult(entry, result) {
  if (PENDING.includes(result.status)) {
    if (entry.finals.length > 0) entry.wentBack = true;
    entry.last = 'pending';
    return false;
  }
  entry.last = 'final';
  if (entry.finals.length === 0) entry.mistake = entry.program.mistakeOf(result);
  const digest = digestOf(result);
  if (!entry.finals.includes(digest)) entry.finals.push(digest);
  return true;
}

/**
 * Of all fields but those that only some readers get: a final result is the same to the last byte whenever it is read.
 * @param {Record<string, any>} result
 */
function digestOf({ owner_token: _token, submission_id: _id, ...result }) {
  return createHash('sha256').update(JSON.stringify(result)).digest('hex');
}
