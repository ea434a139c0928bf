// @ts-check
// npm run bench -- [--url URL] [--quick] [--no-write] [--rows PATTERN] [--turns N] [--seconds S] [--no-quiet] [language…]
// Measures hello-world programs through the whole system beside the bare processes, in turns on the same machine,
// and writes docs/benchmarks.md. Takes about three minutes; --quick takes half a minute and writes nothing.
//
// npm run bench -- --beside NAME=URL|FOLDER|COMMIT [--beside …] [--allow 0.05] [--profile] […]
// Measures it beside other instances instead; exits 1 when it is slower than one of them. --profile tells what each
// copy used: CPU time and messages a run, by service.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  BARE_ENV,
  compare,
  EngineAlone,
  LOADS,
  loadName,
  percentile,
  rowsOf,
  running,
  submitting,
  SUBJECTS,
} from './lib/bench.mjs';
import { measureBeside } from './lib/bench/beside.mjs';
import { parseBenchOptions } from './lib/bench/options.mjs';
import { Client } from './lib/client.mjs';
import { writeBetween } from './lib/document.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { machine } from './lib/machine.mjs';
import { PrivateCopy } from './lib/private.copy.mjs';
import { ROOT } from './lib/root.mjs';

/** Whose engine is measured alone, too, after its last row. */
const ALONE = { subject: 'python', load: LOADS.at(-1) };
const DOCUMENT = path.join(ROOT, 'docs/benchmarks.md');

/** @type {import('./lib/bench/options.mjs').BenchOptions} */
let options;
await runTool(async () => {
  options = parseBenchOptions(process.argv.slice(2));
  if (options.beside.length > 0 || options.profile) {
    const { isSlower } = await measureBeside(options);
    process.exitCode = isSlower ? 1 : 0;
    return;
  }
  const copy = options.url === undefined ? new PrivateCopy() : undefined;
  let report;
  try {
    const client = new Client(options.url ?? (await /** @type {PrivateCopy} */ (copy).start()));
    report = await measure(client, copy !== undefined);
    client.close();
  } finally {
    await copy?.discard();
  }
  if (options.write) await writeBetween(DOCUMENT, 'bench', report);
});

/**
 * @param {Client} client
 * @param {boolean} isCopy of this build
 */
async function measure(client, isCopy) {
  const rows = rowsOf(options);
  if (rows.length === 0) throw new Failure('No row has that language and name.');
  const lines = [...machineFacts(), await offeredVersions(client), ''];
  const print = (/** @type {string} */ line) => {
    lines.push(line);
    console.log(line);
  };
  lines.forEach((line) => console.log(line));
  print(
    '| program | in flight | Runbin p50 ms | p99 ms | runs/s | taken to known p50 ms | bare p50 ms | p99 ms | runs/s | taken to known : bare | runs/s : bare |',
  );
  print('|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|');
  const folder = mkdtempSync(path.join(tmpdir(), 'runbin-bench-'));
  try {
    for (const { subject, load } of rows) {
      print(await row(client, subject, load, folder));
      if (subject.name === ALONE.subject && load === ALONE.load && isCopy && !onDocker())
        print(await aloneRow(subject, load, folder));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return lines;
}

/**
 * @param {Client} client
 * @param {import('./lib/bench.mjs').Subject} subject
 * @param {import('./lib/bench.mjs').Load} load
 * @param {string} folder
 */
async function row(client, subject, load, folder) {
  /** @type {number[]} */
  const takenToKnownMs = [];
  const bareRun = await running(subject, mkdtempSync(path.join(folder, 'subject-')));
  const submit = submitting(client, subject, ({ timeline }) =>
    takenToKnownMs.push(Date.parse(timeline?.finished_at ?? '') - Date.parse(timeline?.picked_at ?? '')),
  );
  const { ours, bare } = await compare(submit, bareRun, { ...options, ...load });
  const known = percentile(takenToKnownMs, 0.5);
  const slower = (known / percentile(bare.durationsMs, 0.5)).toFixed(2);
  const fewer = load.pauseMs > 0 ? '' : (ours.perSecond / bare.perSecond).toFixed(2);
  const cells = [
    subject.name,
    loadName(load),
    ...figures(ours, load),
    known.toFixed(0),
    ...figures(bare, load),
    slower,
    fewer,
  ];
  return `| ${cells.join(' | ')} |`;
}

/**
 * The engine without the services around it.
 * @param {import('./lib/bench.mjs').Subject} subject
 * @param {import('./lib/bench.mjs').Load} load
 * @param {string} folder
 */
async function aloneRow(subject, load, folder) {
  const bareRun = await running(subject, mkdtempSync(path.join(folder, 'subject-')));
  const engine = new EngineAlone(subject);
  try {
    const { ours, bare } = await compare((serial) => engine.run(serial), bareRun, { ...options, ...load });
    const fewer = (ours.perSecond / bare.perSecond).toFixed(2);
    const name = `${subject.name}, the engine alone`;
    const cells = [name, load.concurrency, ...figures(ours, load), '', ...figures(bare, load), '', fewer];
    return `| ${cells.join(' | ')} |`;
  } finally {
    await engine.close();
  }
}

/**
 * @param {import('./lib/bench.mjs').Sample} sample
 * @param {import('./lib/bench.mjs').Load} load
 * @returns {string[]} p50 and p99 in milliseconds, and runs a second where nobody pauses
 */
function figures(sample, { pauseMs }) {
  return [
    percentile(sample.durationsMs, 0.5).toFixed(1),
    percentile(sample.durationsMs, 0.99).toFixed(1),
    pauseMs > 0 ? '' : sample.perSecond.toFixed(1),
  ];
}

function onDocker() {
  return process.env.RUNNER_ENGINE === 'docker';
}

function machineFacts() {
  const version = (/** @type {string} */ program) =>
    execFileSync(program, ['--version'], { env: BARE_ENV, encoding: 'utf8' }).split('\n', 1)[0];
  const facts = [
    machine(),
    `bare: ${version('python3')}, Node ${version('node')}, ${version('gcc')}`,
    `${new Date().toISOString().slice(0, 10)}, ${options.turns} rounds of ${options.turnMs / 1000} s each for both`,
  ];
  return facts.map((fact) => `- ${fact}`);
}

/**
 * What runs on Runbin's side: only the same versions compare.
 * @param {Client} client
 */
async function offeredVersions(client) {
  const { languages } = /** @type {{languages: {id: string, version: string}[]}} */ (
    (await client.request('GET', '/v1/languages')).json
  );
  const measured = languages.filter(({ id }) => SUBJECTS.some(({ language }) => language === id));
  return `- Runbin: ${measured.map(({ id, version }) => `${id} ${version}`).join(', ')}`;
}
