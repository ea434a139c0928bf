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
