// @ts-check
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { nameProcess } from './processes.mjs';
import { printLine } from './progress.mjs';

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
/** Who ran this long is taken for healthy: the next crash starts at the first delay again. */
const STABLE_AFTER_MS = 10_000;
/** How often a process is asked whether it does its work, how long it may take to say so, and how many silences in a row are its end. */
const ASK_MS = 1_000;
const ANSWER_MS = 2_000;
const SILENCES = 3;
/** How our services say that their configuration is refused. Starting them again can not help. */
const EXIT_CONFIG_REFUSED = 2;

/**
 * @typedef {object} ProcessSpec
 * @property {string} name stands in front of each line it writes
 * @property {string} program
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} env all of its environment
 * @property {string} cwd
 * @property {NodeJS.Signals} stopSignal
 * @property {number} stopGraceMs after which it is killed
 * @property {(line: string) => boolean} [shows] whether a line of its output is worth showing
 * @property {() => Promise<void>} [prepare] before each start
 * @property {() => Promise<void>} [answers] rejects when it runs and does not do its work; asked again and again
 */

/**
 * A child process that is started again, ever more slowly, when it ends by itself.
 *
 * Who ends whom: it is a session of its own, so a Ctrl-C in the terminal reaches only us and we stop the parts
 * in order. Its parent-death signal is its stop signal (setpriv), so it also ends in good order when we are
 * killed outright.
 */
export class SupervisedProcess {
  /**
   * @param {ProcessSpec} spec
   * @param {object} hooks
   * @param {() => void} hooks.onStarted after each start
   * @param {(problem: string) => void} hooks.onHopeless when starting it again can not help
   */
  constructor(spec, hooks) {
    this.spec = spec;
    this.hooks = hooks;
    /** @type {import('node:child_process').ChildProcess | undefined} */
    this.child = undefined;
    this.stopping = new AbortController();
    /** @type {Promise<void>} */
    this.ended = Promise.resolve();
  }

  start() {
    this.ended = this.keepRunning();
  }

  /** Stops it for good; returns when it is gone. */
  async stop() {
    this.stopping.abort();
    this.child?.kill(this.spec.stopSignal);
    const killer = setTimeout(() => this.kill(), this.spec.stopGraceMs);
    await this.ended;
    clearTimeout(killer);
  }

  /** Kills it and every process of its group, at once. */
  kill() {
    this.stopping.abort();
    const pid = this.child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  }

  /** @returns {import('./processes.mjs').ProcessName | undefined} */
  get processName() {
    return this.child?.pid === undefined ? undefined : nameProcess(this.child.pid);
  }

  async keepRunning() {
    let delayMs = FIRST_DELAY_MS;
    while (!this.stopping.signal.aborted) {
      const since = performance.now();
      const end = await this.runOnce().catch(String);
      if (this.stopping.signal.aborted) return;
      if (end === EXIT_CONFIG_REFUSED)
        return this.hooks.onHopeless(`${this.spec.name} refused its configuration.`);
      if (performance.now() - since > STABLE_AFTER_MS) delayMs = FIRST_DELAY_MS;
      this.say(`ended (${end}); starting it again in ${delayMs / 1000} s`);
      await delay(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    }
  }

  /** @returns {Promise<number | NodeJS.Signals | null>} how it ended */
  async runOnce() {
    const { program, args, env, cwd, stopSignal, prepare } = this.spec;
    await prepare?.();
    if (this.stopping.signal.aborted) return null;
    const command = ['--pdeathsig', stopSignal.replace('SIG', ''), '--', program, ...args];
    const child = spawn('setpriv', command, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.child = child;
    try {
      this.hooks.onStarted();
    } catch (error) {
      // It runs all the same: taken for ended, it would be started a second time beside itself.
      this.say(`runs, which could not be noted: ${error}`);
    }
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (this.spec.shows?.(line) ?? true) this.say(line);
      });
    }
    const over = new AbortController();
    void this.endWhenSilent(child, over.signal);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? signal));
    }).finally(() => over.abort());
  }

  /**
   * Kills a child that runs on without doing its work: what hangs in itself does not end by itself.
   * @param {import('node:child_process').ChildProcess} child
   * @param {AbortSignal} over
   */
  async endWhenSilent(child, over) {
    const { answers } = this.spec;
    for (let silences = 0; answers && silences < SILENCES && !over.aborted;) {
      await delay(ASK_MS, undefined, { signal: over }).catch(() => undefined);
      const answered = answers().then(
        () => true,
        () => false,
      );
      const inTime = await Promise.race([answered, delay(ANSWER_MS, false, { ref: false })]);
      silences = inTime ? 0 : silences + 1;
    }
    if (!answers || over.aborted) return;
    this.say('runs and does not answer');
    child.kill('SIGKILL');
  }

  /** @param {string} line */
  say(line) {
    printLine(`[${this.spec.name}] ${line}`);
  }
}
