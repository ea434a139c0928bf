// @ts-check
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DATABASE_APPS } from '../apps.mjs';

const PIECE = Buffer.alloc(4 * 2 ** 20, 'x');
const TABLES = { submission: ['submission', 'outbox'], result: ['result'], url: ['link'] };

/** @typedef {import('./faults.mjs').System} System */

/** Of the server of `npm start`, and its disk. @type {readonly import('./faults.mjs').Fault<import('./local.system.mjs').LocalSystem>[]} */
export const DATABASE_SERVER_FAULTS = [
  {
    kind: 'database restarts',
    weight: 4,
    inject: (system, random) => {
      // Postgres: fast, immediate (no checkpoint: it recovers), and dead.
      const signal = random.pick(/** @type {const} */ (['SIGINT', 'SIGQUIT', 'SIGKILL']));
      system.signal('postgres', signal);
      return { what: `${signal} to postgres` };
    },
  },
  {
    kind: 'disk is full',
    weight: 3,
    isPossible: (system) => system.hasDisk,
    inject: (system, random) => {
      const ballast = path.join(system.dataDir, 'ballast');
      fill(ballast);
      return {
        what: 'no byte is free for databases, queue and artifacts',
        holdMs: random.between(1_000, 6_000),
        heal: () => rmSync(ballast, { force: true }),
      };
    },
  },
];

/** By who is connected to it. @type {readonly import('./faults.mjs').Fault[]} */
export const DATABASE_FAULTS = [
  {
    kind: 'database forgets its clients',
    weight: 3,
    inject: async (system, random) => {
      const app = random.pick(DATABASE_APPS);
      const client = await session(system, app);
      const ended = await client?.query(ENDS_OTHERS).catch(() => undefined);
      await client?.end().catch(() => undefined);
      return { what: `${ended?.rowCount ?? 0} connections of ${app} are ended` };
    },
  },
  {
    kind: 'database is out of connections',
    weight: 3,
    inject: async (system, random) => {
      const app = random.pick(DATABASE_APPS);
      /** @type {pg.Client[]} */
      const held = [];
      for (let client = await session(system, app); client; client = await session(system, app))
        held.push(client);
      // Who has a connection keeps it: of one service all but ours are ended, and it finds no other.
      await held[0]?.query(ENDS_SERVICE).catch(() => undefined);
      for (let client = await session(system, app); client; client = await session(system, app))
        held.push(client);
      const heal = async () =>
        void (await Promise.all(held.map((client) => client.end().catch(() => undefined))));
      return {
        what: `${held.length} connections are taken, ${app} has none`,
        holdMs: random.between(2_000, 10_000),
        heal,
      };
    },
  },
  {
    kind: 'table is locked',
    weight: 3,
    inject: async (system, random) => {
      const app = /** @type {keyof typeof TABLES} */ (random.pick(DATABASE_APPS));
      const table = random.pick(TABLES[app]);
      const client = await session(system, app);
      await client?.query(`begin; lock table ${table} in access exclusive mode`).catch(() => undefined);
      const heal = async () => void (await client?.end().catch(() => undefined));
      return { what: `${table} is locked`, holdMs: random.between(2_000, 12_000), heal };
    },
  },
];

const ENDS_OTHERS =
  'select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()';
const ENDS_SERVICE = `${ENDS_OTHERS} and application_name like 'runbin-%'`;

/**
 * A connection as a service's role; undefined when there is none to be had.
 * @param {System} system
 * @param {string} app
 */
async function session(system, app) {
  const client = new pg.Client({
    connectionString: system.databaseUrl(app),
    application_name: 'chaos',
    connectionTimeoutMillis: 3_000,
    query_timeout: 15_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    await Promise.race([client.end().catch(() => undefined), delay(500)]);
    return undefined;
  }
}

/** Takes what is free of the disk. @param {string} file */
function fill(file) {
  const descriptor = openSync(file, 'w');
  try {
    for (let bytes = PIECE.length; bytes >= 4096;) {
      try {
        if (writeSync(descriptor, PIECE, 0, bytes) < bytes) bytes /= 2;
      } catch {
        bytes /= 2;
      }
    }
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
