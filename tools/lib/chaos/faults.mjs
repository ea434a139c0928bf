// @ts-check
import { BROKER_FAULTS } from './broker.faults.mjs';
import { CLIENT_FAULTS } from './client.faults.mjs';
import { CONTAINER_FAULTS } from './container.faults.mjs';
import { DATABASE_FAULTS, DATABASE_SERVER_FAULTS } from './database.faults.mjs';
import { MESSAGE_FAULTS } from './message.faults.mjs';
import { NETWORK_FAULTS } from './network.faults.mjs';
import { POINT_FAULTS } from './point.faults.mjs';
import { PROCESS_FAULTS } from './process.faults.mjs';

/**
 * What faults, load and judges know of the system that is broken.
 * @typedef {object} System
 * @property {string[]} urls where clients may go
 * @property {string[]} readinessUrls where each replica of ours says whether it is ready
 * @property {number} runnersExpected
 * @property {import('./onlooker.mjs').Onlooker | undefined} onlooker there while it runs
 * @property {number} natsPort of the broker on loopback, as long as it runs
 * @property {(user: string) => string} password of a user of the broker
 * @property {(app: string) => string} databaseUrl on loopback
 * @property {() => string[]} filesOfGoneRunners
 * @property {(onOutput: (text: string, submissionId: string) => void) => Promise<void>} start
 * @property {() => Promise<string[]>} stop answers what outlived it
 * @property {() => Promise<unknown>} discard stops it and removes its data
 */
/**
 * @typedef {object} Injected a fault that is there now
 * @property {string} what happened to whom
 * @property {number} [holdMs] how long it stays; 0 when left out
 * @property {() => Promise<void> | void} [heal] ends it; must not fail
 */
/**
 * @template {System} [S=System] the systems in which it can happen
 * @typedef {object} Fault
 * @property {string} kind
 * @property {number} weight how often, beside the others
 * @property {(system: S) => boolean} [isPossible] here
 * @property {(system: S, random: import('./random.mjs').Random, ledger: import('./ledger.mjs').Ledger) => Promise<Injected> | Injected} inject
 */

/** In which nothing is reached but what the services offer. */
const ANYWHERE = [...DATABASE_FAULTS, ...MESSAGE_FAULTS, ...CLIENT_FAULTS];

/** @type {readonly Fault<import('./local.system.mjs').LocalSystem>[]} */
export const LOCAL_FAULTS = [
  ...PROCESS_FAULTS,
  ...POINT_FAULTS,
  ...BROKER_FAULTS,
  ...DATABASE_SERVER_FAULTS,
  ...NETWORK_FAULTS,
  ...ANYWHERE,
];

/** @type {readonly Fault<import('./composed.system.mjs').ComposedSystem>[]} */
export const COMPOSED_FAULTS = [...CONTAINER_FAULTS, ...ANYWHERE];
