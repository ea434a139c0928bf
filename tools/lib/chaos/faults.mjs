// @ts-check
import { BROKER_FAULTS } from './broker.faults.mjs';
import { CLIENT_FAULTS } from './client.faults.mjs';
import { DATABASE_FAULTS } from './database.faults.mjs';
import { MESSAGE_FAULTS } from './message.faults.mjs';
import { NETWORK_FAULTS } from './network.faults.mjs';
import { POINT_FAULTS } from './point.faults.mjs';
import { PROCESS_FAULTS } from './process.faults.mjs';

/**
 * @typedef {object} Injected a fault that is there now
 * @property {string} what happened to whom
 * @property {number} [holdMs] how long it stays; 0 when left out
 * @property {() => Promise<void> | void} [heal] ends it; must not fail
 */
/**
 * @typedef {object} Fault
 * @property {string} kind
 * @property {number} weight how often, beside the others
 * @property {(system: import('./local.system.mjs').LocalSystem) => boolean} [isPossible] here
 * @property {(system: import('./local.system.mjs').LocalSystem, random: import('./random.mjs').Random, ledger: import('./ledger.mjs').Ledger) => Promise<Injected> | Injected} inject
 */

/** @type {readonly Fault[]} */
export const FAULTS = [
  ...PROCESS_FAULTS,
  ...POINT_FAULTS,
  ...BROKER_FAULTS,
  ...DATABASE_FAULTS,
  ...NETWORK_FAULTS,
  ...MESSAGE_FAULTS,
  ...CLIENT_FAULTS,
];

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
