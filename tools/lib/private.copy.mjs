// @ts-check
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './ports.mjs';
import { isAlive, nameProcess } from './processes.mjs';
import { ROOT } from './root.mjs';

/** The first start in a fresh clone installs and builds. */
const START_TIMEOUT_MS = 600_000;
/** More than any part of it takes to stop in good order. */
const STOP_TIMEOUT_MS = 60_000;
/** Processes that a kill is still tearing down are no leftovers. */
const LEFTOVER_GRACE_MS = 2_000;
/** How much of its output is kept for the message of a failure, in characters. */
const OUTPUT_TAIL = 20_000;

const READY = /Runbin is ready: (\S+)/;

/**
 * A copy of Runbin of one's own, as `npm start` makes it: on a free port and on a data directory that can be
 * thrown away, beside whatever else runs on this machine. For tests and for the bench.
 */
export class PrivateCopy {
  /**
   * @param {NodeJS.ProcessEnv} [env] what differs from the defaults
   * @param {(text: string) => void} [onOutput] told what it prints
   * @param {string} [root] of the clone that it is a copy of
   */
  constructor(env = {}, onOutput = () => undefined, root = ROOT) {
    this.env = env;
    this.onOutput = onOutput;
    this.root = root;
    /** Data and port survive stop(), so that a second start finds what the first left. */
    this.dataDir = mkdtempSync(path.join(tmpdir(), 'runbin-'));
    /** @type {number | undefined} */
    this.port = undefined;
    this.output = '';
    this.url = '';
    /** @type {import('node:child_process').ChildProcess | undefined} */
    this.child = undefined;
  }

  /**
   * Returns when it is ready.
   * @throws {Error} with what it printed, when it ends or is not ready in ten minutes
   */
  async start() {
    this.port ??= await freePort();
    this.output = '';
    // It ends in good order even when we are killed outright.
    const program = path.join(this.root, 'tools/start.mjs');
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', process.execPath, program], {
      cwd: this.root,
      env: { ...process.env, PORT: String(this.port), ...this.env, RUNBIN_DATA_DIR: this.dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.child = child;
    this.url = await new Promise((resolve, reject) => {
      const fail = (/** @type {string} */ what) => reject(new Error(`${what}:\n${this.output}`));
      const timer = setTimeout(() => fail('npm start was not ready in time'), START_TIMEOUT_MS);
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => {
          this.output = (this.output + text).slice(-OUTPUT_TAIL);
          this.onOutput(text);
          const ready = READY.exec(this.output);
          if (ready?.[1]) resolve(ready[1]);
        });
      }
      child.once('error', (error) => fail(String(error)));
      child.once('exit', (code, signal) => fail(`npm start ended (${code ?? signal})`));
      child.once('exit', () => clearTimeout(timer));
    });
    return this.url;
  }

  /**
   * A copy that another process started and stops: its parts can be looked at and broken, but not restarted as a whole.
   * @param {{url: string, dataDir: string}} started
   */
  static startedElsewhere({ url, dataDir }) {
    /** @type {PrivateCopy} */
    const copy = Object.create(PrivateCopy.prototype);
    return Object.assign(copy, { url, dataDir, output: '', child: undefined });
  }

  /** Every process that it runs now, itself included. */
  processes() {
    const pid = this.child?.pid;
    return pid === undefined ? [] : [pid, ...descendantsOf(pid)].flatMap((one) => nameProcess(one) ?? []);
  }

  /**
   * The process of one part: a service, `nats` or `postgres`.
   * @param {string} name
   * @returns {import('./processes.mjs').ProcessName | undefined} undefined while it is being started again
   */
  processOf(name) {
    /** @type {import('./processes.mjs').ProcessName[]} */
    const noted = JSON.parse(readFileSync(path.join(this.dataDir, 'processes.json'), 'utf8'));
    const marks = { nats: 'nats-server', postgres: '/postgres\0' };
    const mark = marks[/** @type {keyof marks} */ (name)];
    if (mark) return noted.find((one) => isAlive(one) && commandOf(one.pid).includes(mark));
    return noted.flatMap((one) => serviceBelow(one, name) ?? [])[0];
  }

  /**
   * Asks it to stop, as Ctrl-C does.
   * @returns its exit code, and the processes that it should have taken along and did not
   */
  async stop() {
    const child = this.child;
    if (child?.pid === undefined || child.exitCode !== null)
      return { code: child?.exitCode ?? null, left: [] };
    const before = this.processes();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(killer);
    const deadline = performance.now() + LEFTOVER_GRACE_MS;
    while (before.some(isAlive) && performance.now() < deadline) await delay(20);
    return {
      code: child.exitCode,
      left: before.filter(isAlive).map(({ pid }) => `${pid} ${commandOf(pid)}`),
    };
  }

  /** Stops it and removes its data. */
  async discard() {
    const end = await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
    return end;
  }
}

/**
 * The process of a service that was started by this one, or is it: a launcher may stand between.
 * @param {import('./processes.mjs').ProcessName} started
 * @param {string} app
 */
export function serviceBelow(started, app) {
  if (!isAlive(started)) return undefined;
  const main = `/dist/apps/${app}/main.js`;
  const pid = [started.pid, ...descendantsOf(started.pid)].find((one) => {
    const [program = '', ...args] = commandOf(one).split('\0');
    return (
      path.basename(program) === path.basename(process.execPath) && args.some((arg) => arg.endsWith(main))
    );
  });
  return pid === undefined ? undefined : nameProcess(pid);
}

/**
 * @param {number} ancestor a pid
 * @returns {number[]} pids
 */
export function descendantsOf(ancestor) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    const parent = parentOf(entry);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  /** @type {(pid: number) => number[]} */
  const below = (pid) => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(ancestor).slice(1);
}

/**
 * Pids of all processes on this machine whose command line holds a text, sandboxes included.
 * @param {string} text
 */
export function processesNaming(text) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && commandOf(Number(entry)).includes(text))
    .map(Number)
    .filter((pid) => pid !== process.pid && nameProcess(pid) !== undefined);
}

/** @param {string} entry of /proc */
function parentOf(entry) {
  if (!/^\d+$/.test(entry)) return undefined;
  try {
    const fields = readFileSync(`/proc/${entry}/stat`, 'utf8').replace(/^.*\) /s, '');
    return Number(fields.split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
