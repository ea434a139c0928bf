// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from './root.mjs';

/** Between turns the machine is quiet when, over so many milliseconds, less than this share of its cores was busy. */
const QUIET_MS = 400;
const QUIET_BUSY = 0.15;
const QUIET_PATIENCE_MS = 15_000;

/**
 * What is measured: a program as it is submitted, and as a person would run it by hand. `serial` numbers the
 * runs, for programs that must not meet a cache.
 * @typedef {object} Subject
 * @property {string} name
 * @property {string} language
 * @property {(serial: number) => string} source
 * @property {string} fileName
 * @property {(file: string) => string[]} bareCommand program and arguments
 * @property {(file: string) => string[]} [bareOnce] done once, before the bare side is measured
 */

const C_HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n';
const JAVA_HELLO =
  'public class Main { public static void main(String[] a) { System.out.println("hello"); } }\n';

const shell = (/** @type {string} */ script) => (/** @type {string} */ file) => [
  'sh',
  '-c',
  script,
  'sh',
  file,
];

/** What a program in a sandbox has around it, so that both sides start the same interpreter in the same way. */
export const BARE_ENV = {
  PATH: `/usr/local/bin:/usr/bin:/bin:${path.dirname(process.execPath)}`,
  LANG: 'C.UTF-8',
  HOME: tmpdir(),
};

/** @type {Subject[]} */
export const SUBJECTS = [
  {
    name: 'python',
    language: 'python',
    source: () => 'print("hello")\n',
    fileName: 'hello.py',
    bareCommand: (file) => ['python3', file],
  },
  {
    name: 'javascript',
    language: 'javascript',
    source: () => 'console.log("hello");\n',
    fileName: 'hello.js',
    bareCommand: (file) => ['node', file],
  },
  {
    name: 'c, a new program each time',
    language: 'c',
    source: (serial) => `/* ${process.pid}.${serial} */\n${C_HELLO}`,
    fileName: 'hello.c',
    bareCommand: shell('gcc -O2 -o "$1.out" "$1" && exec "$1.out"'),
  },
  {
    name: 'c, compiled before',
    language: 'c',
    source: () => C_HELLO,
    fileName: 'hello.c',
    bareOnce: (file) => ['gcc', '-O2', '-o', `${file}.out`, file],
    bareCommand: (file) => [`${file}.out`],
  },
  {
    name: 'java, a new program each time',
    language: 'java',
    source: (serial) => `// ${process.pid}.${serial}\n${JAVA_HELLO}`,
    fileName: 'Main.java',
    bareCommand: shell('cd "$(dirname "$1")" && javac Main.java && exec java Main'),
  },
];

/** @type {Load[]} */
export const LOADS = [
  { concurrency: 1, pauseMs: 100 },
  { concurrency: 1, pauseMs: 0 },
  { concurrency: 8, pauseMs: 0 },
];

/** @param {Load} load */
export function loadName({ concurrency, pauseMs }) {
  return pauseMs > 0 ? `${concurrency}, with pauses` : String(concurrency);
}

/**
 * The rows that are wanted: each subject with each load.
 * @param {{languages: string[], rows: RegExp | undefined}} wanted no languages: all; `rows` is held against the names
 * @returns {{name: string, subject: Subject, load: Load}[]} named `python, 1, with pauses`
 */
export function rowsOf({ languages, rows }) {
  return SUBJECTS.filter(({ language }) => languages.length === 0 || languages.includes(language))
    .flatMap((subject) =>
      LOADS.map((load) => ({ name: `${subject.name}, ${loadName(load)}`, subject, load })),
    )
    .filter(({ name }) => rows === undefined || rows.test(name));
}

/**
 * What is read of an answer. Another implementation's has at least the output.
 * @typedef {object} Answered
 * @property {string} [stdout]
 * @property {{picked_at: string | null, finished_at: string | null}} [timeline]
 * @property {{cpu_time_ms: number} | null} [usage]
 * @property {{cpu_time_ms: number, cached: boolean} | null} [compile]
 */

/**
 * One run as a user of Runbin sees it: from the request to the result.
 * @param {import('./client.mjs').Client} client
 * @param {Subject} subject
 * @param {(result: Answered) => void} onResult called for each run, which has printed what it should
 */
export function submitting(client, { language, source }, onResult) {
  return async (/** @type {number} */ serial) => {
    const answer = await client.submitCode({ language, code: source(serial) }, { wait: 30 });
    const result = /** @type {Answered} */ (answer.status === 200 ? answer.json : {});
    if (result.stdout !== 'hello\n') {
      throw new Error(`${client.url}: ${language}: ${answer.status} ${answer.text.slice(0, 500)}`);
    }
    onResult(result);
  };
}

/** The bubblewrap engine by itself: no service, no broker and no database around it. Close it when it is not needed any more. */
export class EngineAlone {
  /** @param {Subject} subject */
  constructor({ language, source }) {
    this.source = source;
    const program = path.join(ROOT, 'dist/apps/runner/engine.bench.js');
    this.child = spawn(process.execPath, [program, language], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    /** @type {((printed: string) => void)[]} */
    this.waiting = [];
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      // What it says itself is no answer.
      if (line.startsWith('"')) this.waiting.shift()?.(JSON.parse(line));
    });
  }

  /** All programs print the same, so it does not matter whose answer is whose. @param {number} serial */
  async run(serial) {
    /** @type {string} */
    const printed = await new Promise((resolve) => {
      this.waiting.push(resolve);
      this.child.stdin.write(`${JSON.stringify(this.source(serial))}\n`);
    });
    if (printed !== 'hello\n') throw new Error(`the engine alone printed ${JSON.stringify(printed)}`);
  }

  async close() {
    const closed = once(this.child, 'close');
    this.child.stdin.end();
    await closed;
  }
}

/**
 * The same program as a process of this machine, without any wall around it.
 * @param {Subject} subject
 * @param {string} folder that it may use
 */
export async function running({ name, source, fileName, bareCommand, bareOnce }, folder) {
  if (bareOnce) {
    const file = path.join(folder, fileName);
    writeFileSync(file, source(0));
    await outputOf(bareOnce(file));
  }
  return async (/** @type {number} */ serial) => {
    const own = bareOnce ? folder : mkdtempSync(path.join(folder, 'run-'));
    const file = path.join(own, fileName);
    if (!bareOnce) writeFileSync(file, source(serial));
    const output = await outputOf(bareCommand(file));
    if (output !== 'hello\n') throw new Error(`${name}: the bare process printed ${JSON.stringify(output)}`);
  };
}

/**
 * @param {readonly number[]} durationsMs
 * @param {number} share 0.5 is the median
 * @returns {number} milliseconds: the smallest duration that at least this share did not exceed
 */
export function percentile(durationsMs, share) {
  const sorted = [...durationsMs].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/**
 * @typedef {object} Load
 * @property {number} concurrency runs in flight
 * @property {number} pauseMs after each run, as between the runs of a person
 */

/** Durations of runs, in milliseconds, and how long all of them took together. */
export class Sample {
  constructor() {
    /** @type {number[]} */
    this.durationsMs = [];
    this.elapsedMs = 0;
  }

  /**
   * Keeps `concurrency` runs in flight for a while. Runs that are in flight at the end are finished and counted.
   * @param {(serial: number) => Promise<void>} action
   * @param {Load} load
   * @param {number} forMs
   */
  async extend(action, { concurrency, pauseMs }, forMs) {
    const startedAt = performance.now();
    const worker = async () => {
      while (performance.now() - startedAt < forMs) {
        const since = performance.now();
        await action(Sample.serial++);
        this.durationsMs.push(performance.now() - since);
        if (pauseMs > 0) await delay(pauseMs);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    this.elapsedMs += performance.now() - startedAt;
  }

  get perSecond() {
    return this.durationsMs.length / (this.elapsedMs / 1000);
  }
}
/** Numbers every run of this process. */
Sample.serial = 0;

/**
 * Measures both in turns, so that whatever else the machine does meets both alike.
 * @param {(serial: number) => Promise<void>} ours
 * @param {(serial: number) => Promise<void>} bare
 * @param {Load & {turns: number, turnMs: number, quiet: boolean}} options
 */
export async function compare(ours, bare, { turns, turnMs, quiet, ...load }) {
  const samples = { ours: new Sample(), bare: new Sample() };
  // Connections are opened and caches are filled before anything counts.
  await new Sample().extend(ours, load, turnMs / 4);
  await new Sample().extend(bare, load, turnMs / 4);
  for (let turn = 0; turn < turns; turn++) {
    for (const [sample, action] of /** @type {const} */ ([
      [samples.ours, ours],
      [samples.bare, bare],
    ])) {
      if (quiet) await quietMachine();
      await sample.extend(action, load, turnMs);
    }
  }
  return samples;
}

/** Waits until the cores have little to do: what one turn used up is made again at the cost of neither. In vain on a machine that is never quiet. */
export async function quietMachine() {
  const giveUpAt = performance.now() + QUIET_PATIENCE_MS;
  for (let before = cpuTimes(); performance.now() < giveUpAt; before = cpuTimes()) {
    await delay(QUIET_MS);
    const now = cpuTimes();
    if (now.busy - before.busy < QUIET_BUSY * (now.all - before.all)) return;
  }
}

/** Milliseconds of all cores since the start of the machine. */
export function cpuTimes() {
  const times = cpus().map(({ times }) => times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { all, busy: all - times.reduce((sum, { idle }) => sum + idle, 0) };
}

/**
 * @param {string[]} command
 * @returns {Promise<string>}
 */
function outputOf([program = '', ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: BARE_ENV, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}
