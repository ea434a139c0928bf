// @ts-check
/**
 * A backup: one compressed file of lines. The first tells what it is and carries the salt of link codes, without
 * which no old link opens. Then come the tables, each as a line `#table {…}` and its rows, a JSON object a line
 * as PostgreSQL writes it: this tool never reads a row, so none of its numbers or bytes can be bent. The last line
 * counts the rows, so that a file that was cut off is known.
 *
 * Plain SQL, because the PostgreSQL of `npm start` comes without pg_dump, and that of a distribution refuses
 * servers that are newer than itself; so a backup of one kind of installation also restores into the other.
 *
 * Each database is read in one snapshot, and the three snapshots are taken in this order: links, submissions,
 * results. So each link has its submission, and what is marked as finished has its result; a result may be there
 * whose submission was still unfinished in its snapshot, which the reconciler finds out by itself. The broker is
 * not in it: what is on record without a final result is dispatched again.
 */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline as connect } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import pg from 'pg';
import { Failure } from '../failure.mjs';

export const FORMAT = 1;
const SNAPSHOT_ORDER = ['url', 'submission', 'result'];

/** Rows that are fetched at one time; the largest have some tens of MB. */
const FETCH_ROWS = 20;

/**
 * @typedef {object} BackupHead
 * @property {number} runbin_backup version of the format
 * @property {string} made_at
 * @property {string} url_hashids_salt
 * @property {Record<string, string[]>} migrations by database, in their order
 */

/**
 * @typedef {object} TableHead
 * @property {string} database
 * @property {string} table
 * @property {string[]} columns
 */

/**
 * Writes a backup; the file appears under its name only when it is whole, readable by its owner only.
 * @param {import('./target.mjs').Target} target
 * @param {string} file
 * @returns {Promise<Record<string, number>>} rows by `database.table`
 */
export async function backup(target, file) {
  /** @type {Map<string, pg.Client>} */
  const sessions = new Map();
  const gzip = createGzip({ level: 4 });
  const unfinished = `${file}.new`;
  const refuse = (/** @type {unknown} */ error) => {
    throw new Failure(`${file} can not be written: ${messageOf(error)}`);
  };
  await mkdir(path.dirname(file), { recursive: true }).catch(refuse);
  const written = pipeline(gzip, createWriteStream(unfinished, { mode: 0o600, flush: true })).catch(refuse);
  written.catch(() => undefined); // the one who writes is told as well
  const write = async (/** @type {string} */ line) => {
    if (!gzip.write(`${line}\n`)) await Promise.race([once(gzip, 'drain'), written]);
  };
  try {
    /** @type {Record<string, string[]>} */
    const migrations = {};
    for (const app of SNAPSHOT_ORDER) {
      const session = await openDatabase(target, app);
      sessions.set(app, session);
      await session.query('begin transaction isolation level repeatable read read only');
      // The first statement takes the snapshot.
      migrations[app] = await migrationsOf(session);
    }
    /** @type {BackupHead} */
    const head = {
      runbin_backup: FORMAT,
      made_at: new Date().toISOString(),
      url_hashids_salt: target.salt,
      migrations,
    };
    await write(JSON.stringify(head));
    /** @type {Record<string, number>} */
    const rows = {};
    for (const [database, session] of sessions) {
      for (const { table, columns } of await tablesOf(session)) {
        await write(`#table ${JSON.stringify({ database, table, columns })}`);
        rows[`${database}.${table}`] = await writeRows(session, table, write);
      }
    }
    await write(`#end ${JSON.stringify(rows)}`);
    gzip.end();
    await written;
    await rename(unfinished, file).catch(refuse);
    return rows;
  } catch (error) {
    gzip.destroy();
    await written.catch(() => undefined);
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    for (const session of sessions.values()) await session.end();
  }
}

/**
 * @param {pg.Client} session
 * @param {string} table
 * @param {(line: string) => Promise<void>} write
 */
async function writeRows(session, table, write) {
  await session.query(`declare rows no scroll cursor for select row_to_json(one)::text from "${table}" one`);
  for (let count = 0; ;) {
    const { rows } = await session.query({ text: `fetch ${FETCH_ROWS} from rows`, rowMode: 'array' });
    for (const [line] of rows) await write(line);
    count += rows.length;
    if (rows.length < FETCH_ROWS) {
      await session.query('close rows');
      return count;
    }
  }
}

/**
 * @param {import('./target.mjs').Target} target
 * @param {string} app
 */
export async function openDatabase(target, app) {
  const session = new pg.Client({
    connectionString: target.databases[app],
    application_name: 'runbin-admin',
    connectionTimeoutMillis: 10_000,
  });
  session.on('error', () => undefined); // whoever waits for an answer is told as well
  try {
    await session.connect();
  } catch (error) {
    throw new Failure(`The database of ${app} can not be reached; does Runbin run? (${String(error)})`);
  }
  return session;
}

/**
 * @param {pg.Client} session
 * @returns {Promise<string[]>} names, in their order
 */
export async function migrationsOf(session) {
  const { rows } = await session.query('select name from migration order by "timestamp", id');
  return rows.map(({ name }) => name);
}

/**
 * The tables that hold data, those that refer to others last. A partitioned table is one table.
 * @param {pg.Client} session
 * @returns {Promise<{table: string, columns: string[]}[]>}
 */
export async function tablesOf(session) {
  const { rows } = await session.query(`
    select c.relname as table,
           (select json_agg(attname order by attnum) from pg_attribute
            where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> 'migration'
    order by exists (select from pg_constraint where conrelid = c.oid and contype = 'f'), c.relname`);
  return rows;
}

/**
 * The lines of a backup. Split here, at line feeds only: U+2028, at which readline splits too, may stand in a row.
 * @param {string} file
 * @returns {AsyncGenerator<string>}
 * @throws Failure when the file cannot be read, to its end
 */
export async function* linesOf(file) {
  /** @type {Buffer[]} */
  let started = [];
  const read = connect(createReadStream(file), createGunzip(), () => undefined); // its end is told to who reads
  try {
    for await (const /** @type {Buffer} */ chunk of read) {
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        yield Buffer.concat([...started, chunk.subarray(from, at)]).toString();
        started = [];
        from = at + 1;
      }
      if (from < chunk.length) started.push(chunk.subarray(from));
    }
  } catch (error) {
    throw new Failure(`${file} can not be read as a backup: ${messageOf(error)}`);
  }
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));
