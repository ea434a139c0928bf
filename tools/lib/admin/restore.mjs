// @ts-check
import { Failure } from '../failure.mjs';
import { FORMAT, linesOf, migrationsOf, openDatabase, tablesOf } from './backup.mjs';

/** Rows go in together up to these. */
const BATCH_ROWS = 500;
const BATCH_CHARACTERS = 8 * 1024 * 1024;

/** In this order the reconciler finds the results of what it finds unfinished. */
const COMMIT_ORDER = ['url', 'result', 'submission'];

/** @typedef {import('pg').Client} Session */

/**
 * Fills the databases of a Runbin from a backup. It may run meanwhile: its tables are locked until all of it is
 * there. Nothing is changed when anything is wrong with the backup.
 * @param {import('./target.mjs').Target} target
 * @param {string} file
 * @param {{replace: boolean}} options `replace`: what is there goes; else there must be nothing
 * @returns {Promise<{rows: Record<string, number>, next: string | undefined}>} `next`: what is left to a person
 */
export async function restore(target, file, { replace }) {
  /** @type {Map<string, Session>} */
  const sessions = new Map();
  try {
    for (const app of COMMIT_ORDER) sessions.set(app, await openDatabase(target, app));
    const lines = linesOf(file);
    const head = await headOf(lines, file);
    for (const [app, session] of sessions) {
      await requireSameVersion(app, head.migrations[app] ?? [], await migrationsOf(session));
      await session.query('begin');
      await makeRoom(session, app, replace);
    }
    const rows = await fill(sessions, lines, file);
    for (const session of sessions.values()) await continueNumbers(session);
    for (const session of sessions.values()) await session.query('commit');
    const isSame = head.url_hashids_salt === target.salt;
    return { rows, next: isSame ? undefined : target.keepSalt(head.url_hashids_salt) };
  } finally {
    for (const session of sessions.values()) await session.end();
  }
}

/**
 * @param {AsyncGenerator<string>} lines
 * @param {string} file
 * @returns {Promise<import('./backup.mjs').BackupHead>}
 */
async function headOf(lines, file) {
  const { value } = await lines.next();
  try {
    const head = JSON.parse(value);
    if (head.runbin_backup === FORMAT) return head;
  } catch {
    // Nor is it one then.
  }
  throw new Failure(`${file} is no backup of a kind that this version reads.`);
}

/**
 * Rows of another schema would have to be migrated like a database is, and that is what services do at their start.
 * @param {string} app
 * @param {string[]} wanted
 * @param {string[]} found
 */
async function requireSameVersion(app, wanted, found) {
  if (wanted.join() === found.join()) return;
  throw new Failure(
    `The backup was made by another version of Runbin: the database of ${app} had [${wanted.join(', ')}] and has [${found.join(', ')}] here. Restore it with that version, and then upgrade.`,
  );
}

/**
 * @param {Session} session
 * @param {string} app
 * @param {boolean} replace
 */
async function makeRoom(session, app, replace) {
  const tables = (await tablesOf(session)).map(({ table }) => `"${table}"`);
  await session.query(`lock table ${tables.join(', ')} in access exclusive mode`);
  if (replace) {
    await session.query(`truncate ${tables.join(', ')}`);
    return;
  }
  for (const table of tables) {
    const { rows } = await session.query(`select from ${table} limit 1`);
    if (rows.length === 0) continue;
    throw new Failure(
      `The database of ${app} is not empty (${table}). Restore into a new Runbin, or add --replace to lose what is here.`,
    );
  }
}

/**
 * @param {Map<string, Session>} sessions
 * @param {AsyncGenerator<string>} lines
 * @param {string} file
 */
async function fill(sessions, lines, file) {
  /** @type {Record<string, number>} */
  const rows = {};
  /** @type {Batch | undefined} */
  let batch;
  for await (const line of lines) {
    if (line.startsWith('#end ')) {
      await batch?.flush();
      if (JSON.stringify(JSON.parse(line.slice(5))) === JSON.stringify(rows)) return rows;
      break;
    }
    if (line.startsWith('#table ')) {
      await batch?.flush();
      /** @type {import('./backup.mjs').TableHead} */
      const { database, table, columns } = JSON.parse(line.slice(7));
      const session = sessions.get(database);
      if (!session) throw new Failure(`${file} speaks of a database that is not known here: ${database}`);
      batch = new Batch(session, table, columns);
      rows[`${database}.${table}`] = 0;
    } else if (batch) {
      await batch.add(line);
      const [name = ''] = Object.keys(rows).slice(-1);
      rows[name] = (rows[name] ?? 0) + 1;
    }
  }
  throw new Failure(`${file} is not whole: its end is missing, or tells of other rows than there are.`);
}

/** Rows of one table, on their way in. */
class Batch {
  /** @type {string[]} */
  #lines = [];
  #characters = 0;
  #session;
  #statement;

  /**
   * @param {Session} session
   * @param {string} table
   * @param {string[]} columns
   */
  constructor(session, table, columns) {
    const names = columns.map((name) => `"${name}"`).join(', ');
    this.#session = session;
    this.#statement = `insert into "${table}" (${names}) overriding system value
                       select ${names} from json_populate_recordset(null::"${table}", $1::json)`;
  }

  /** @param {string} line */
  async add(line) {
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#lines.length >= BATCH_ROWS || this.#characters >= BATCH_CHARACTERS) await this.flush();
  }

  async flush() {
    if (this.#lines.length === 0) return;
    await this.#session.query(this.#statement, [`[${this.#lines.join(',')}]`]);
    this.#lines = [];
    this.#characters = 0;
  }
}

/**
 * Numbers that the database gives out go on after the largest that is there.
 * @param {Session} session
 */
async function continueNumbers(session) {
  const { rows } = await session.query(`
    select attrelid::regclass::text as table, attname as column from pg_attribute
    join pg_class on pg_class.oid = attrelid
    where attidentity <> '' and relnamespace = 'public'::regnamespace and not relispartition`);
  for (const { table, column } of rows) {
    await session.query(
      `select setval(pg_get_serial_sequence('${table}', '${column}'), coalesce(max("${column}"), 1), max("${column}") is not null)
       from ${table}`,
    );
  }
}
