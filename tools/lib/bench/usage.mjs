// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cpuTimes } from '../bench.mjs';
import { DataDir } from '../data.dir.mjs';
import { ROOT } from '../root.mjs';
import { loadSecrets } from '../secrets.mjs';
import { cpuByPart, messagesByPart } from './profile.mjs';

/** /proc counts CPU time in hundredths of a second on every architecture (USER_HZ). */
const TICK_MS = 10;
const ANSWER_TIMEOUT_MS = 5_000;

/** Reads what a copy has used. Close it when the copy is not needed any more. */
export class UsageReader {
  /**
   * @param {import('../private.copy.mjs').PrivateCopy} copy that runs
   * @param {number} monitorPort of its broker
   */
  constructor(copy, monitorPort) {
    this.dataDir = copy.dataDir;
    this.mainPid = copy.processes()[0]?.pid ?? 0;
    this.monitor = `http://127.0.0.1:${monitorPort}`;
    /** @type {Promise<import('pg').Client | undefined> | undefined} */
    this.database = undefined;
  }

  /** @returns {Promise<import('./profile.mjs').Use>} */
  async read() {
    const [messages, database] = await Promise.all([this.readMessages(), this.readDatabase()]);
    const { user, system } = process.cpuUsage();
    return {
      seconds: performance.now() / 1000,
      cpuMs: cpuByPart(readProcesses(), this.mainPid),
      machineMs: cpuTimes().busy,
      benchMs: (user + system) / 1000,
      messages,
      database,
    };
  }

  async close() {
    await (await this.database)?.end();
  }

  /** @private A build that does not know the monitoring port tells nothing. */
  async readMessages() {
    const ask = async (/** @type {string} */ page) => {
      const response = await fetch(`${this.monitor}/${page}`, {
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      return /** @type {any} */ (await response.json());
    };
    try {
      return messagesByPart(await ask('varz'), await ask('connz'));
    } catch {
      return undefined;
    }
  }

  /**
   * Both are known at once and exact; what Postgres counts per database it tells seconds later.
   * @private
   */
  async readDatabase() {
    this.database ??= this.connect();
    const result = await (
      await this.database
    )?.query(
      `select pg_snapshot_xmax(pg_current_snapshot())::text as writes,
              pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as wal`,
    );
    return result && { writes: Number(result.rows[0].writes), walBytes: Number(result.rows[0].wal) };
  }

  /** @private @returns {Promise<import('pg').Client | undefined>} undefined for a build that does not note its ports */
  async connect() {
    const { addresses } = new DataDir(this.dataDir);
    const [[name, password] = []] = Object.entries(loadSecrets(this.dataDir).postgres);
    if (!addresses || name === undefined) return undefined;
    const { Client } = createRequire(path.join(ROOT, 'package.json'))('pg');
    const client = new Client({
      host: '127.0.0.1',
      port: addresses.postgresPort,
      user: name,
      password,
      database: name,
    });
    await client.connect();
    return client;
  }
}

/** Every process of the machine, except those that end meanwhile. */
function readProcesses() {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => readProcess(Number(entry)) ?? []);
}

/**
 * @param {number} pid
 * @returns {import('./profile.mjs').ProcessUse | undefined}
 */
function readProcess(pid) {
  try {
    // The second field is the program's name in parentheses and may hold anything; fields are counted after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, waitedUser = 0, waitedSystem = 0] = fields.slice(11, 15);
    return {
      pid,
      parent,
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
      ownMs: (user + system) * TICK_MS,
      waitedMs: (waitedUser + waitedSystem) * TICK_MS,
    };
  } catch {
    return undefined;
  }
}
