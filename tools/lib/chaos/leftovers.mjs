// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import pg from 'pg';
import { DATABASE_APPS } from '../apps.mjs';
import { processesNaming } from '../private.copy.mjs';
import { connectAs } from './onlooker.mjs';

const LOOK_MS = 500;

/** @typedef {import('./faults.mjs').System} System */

/**
 * What is held on the machine, at the broker and in the databases, as far as it can be left behind.
 * @param {System} system
 * @param {string} marker in the command line of programs
 * @returns {Promise<Record<string, number>>}
 */
export async function census(system, marker) {
  return {
    'programs that run': processesNaming(marker).length,
    'files of runners that are gone': system.filesOfGoneRunners().length,
    ...(await brokerHolds(system)),
    ...(await databasesHold(system)),
  };
}

/**
 * What there is more of than before, once it had time to go.
 * @param {System} system
 * @param {string} marker
 * @param {Record<string, number>} before
 * @param {number} patienceMs
 */
export async function leftSince(system, marker, before, patienceMs) {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const now = await census(system, marker).catch((error) => ({ [`nothing, for ${error}`]: Infinity }));
    const more = Object.entries(now).filter(([what, count]) => count > (before[what] ?? 0));
    const rested = system.onlooker?.resting === system.runnersExpected;
    if ((more.length === 0 && rested) || performance.now() > deadline)
      return [
        ...more.map(([what, count]) => `${what}: ${count}, ${before[what] ?? 0} before`),
        ...(rested ? [] : ['not every runner has all its permits again']),
      ];
    await delay(LOOK_MS);
  }
}

/** @param {System} system */
async function brokerHolds(system) {
  /** @type {Record<string, number>} */
  const holds = {};
  for (const [user, stream] of /** @type {const} */ ([
    ['submission', 'WORK'],
    ['result', 'RUNS'],
  ])) {
    const connection = await connectAs(system.natsPort, user, system.password(user));
    try {
      const manager = await jetstreamManager(connection, { checkAPI: false, timeout: 3_000 });
      const { state } = await manager.streams.info(stream);
      holds[`consumers of ${stream}`] = state.consumer_count;
      // Messages of a version to come stay for a runner that reads them.
      if (stream === 'RUNS') holds[`messages in ${stream}`] = state.messages;
    } finally {
      await connection.close();
    }
  }
  return holds;
}

/** @param {System} system */
async function databasesHold(system) {
  /** @type {Record<string, number>} */
  const holds = {};
  for (const app of DATABASE_APPS) {
    const client = new pg.Client({
      connectionString: system.databaseUrl(app),
      connectionTimeoutMillis: 3_000,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      if (app === 'submission') {
        const { rows } = await client.query('select count(*)::int as count from outbox');
        holds['rows in the outbox'] = rows[0].count;
      }
      const { rows } = await client.query(
        "select count(*)::int as count from pg_stat_activity where usename = current_user and state like 'idle in%'",
      );
      holds[`open transactions of ${app}`] = rows[0].count;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return holds;
}
