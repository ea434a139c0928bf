// @ts-check
// npm run bench -- [--url URL] [--quick] [--no-write] [language…]
// Measures hello-world programs through the whole system beside the bare processes, in turns on the same machine,
// and writes docs/benchmarks.md. Takes about three minutes; --quick takes half a minute and writes nothing.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BARE_ENV, compare, EngineAlone, percentile, running, SUBJECTS, submitting } from './lib/bench.mjs';
import { Client } from './lib/client.mjs';
import { writeBetween } from './lib/document.mjs';
import { machine } from './lib/machine.mjs';
import { PrivateCopy } from './lib/private.copy.mjs';
import { ROOT } from './lib/root.mjs';

/** @type {import('./lib/bench.mjs').Load[]} */
const LOADS = [
  { concurrency: 1, pauseMs: 100 },
  { concurrency: 1, pauseMs: 0 },
  { concurrency: 8, pauseMs: 0 },
];
/** Whose engine is measured alone, too. */
const ALONE = 'python';
const DOCUMENT = path.join(ROOT, 'docs/benchmarks.md');

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const plan = options.quick ? { rounds: 1, roundMs: 600 } : { rounds: 3, roundMs: 1_500 };

const copy = options.url === undefined ? new PrivateCopy() : undefined;
let report;
try {
  const client = new Client(options.url ?? (await /** @type {PrivateCopy} */ (copy).start()));
  report = await measure(client);
  client.close();
} finally {
  await copy?.discard();
}
if (options.write && !options.quick && wanted.length === 0) await writeBetween(DOCUMENT, 'bench', report);

/** @param {Client} client */
async function measure(client) {
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
    for (const subject of SUBJECTS.filter(
      ({ language }) => wanted.length === 0 || wanted.includes(language),
    )) {
      for (const load of LOADS) print(await row(client, subject, load, folder));
      if (subject.name === ALONE && copy && process.env.RUNNER_ENGINE !== 'docker')
        print(await aloneRow(subject, folder));
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
  const { ours, bare } = await compare(submitting(client, subject, takenToKnownMs), bareRun, {
    ...plan,
    ...load,
  });
  const known = percentile(takenToKnownMs, 0.5);
  const slower = (known / percentile(bare.durationsMs, 0.5)).toFixed(2);
  const fewer = load.pauseMs > 0 ? '' : (ours.perSecond / bare.perSecond).toFixed(2);
  const cells = [
    subject.name,
    load.pauseMs > 0 ? `${load.concurrency}, with pauses` : load.concurrency,
    ...figures(ours, load),
    known.toFixed(0),
    ...figures(bare, load),
    slower,
    fewer,
  ];
  return `| ${cells.join(' | ')} |`;
}

/**
 * The engine without the services around it, with as much in flight as the last load has.
 * @param {import('./lib/bench.mjs').Subject} subject
 * @param {string} folder
 */
async function aloneRow(subject, folder) {
  const bareRun = await running(subject, mkdtempSync(path.join(folder, 'subject-')));
  const load = /** @type {import('./lib/bench.mjs').Load} */ (LOADS.at(-1));
  const engine = new EngineAlone(subject);
  try {
    const { ours, bare } = await compare((serial) => engine.run(serial), bareRun, { ...plan, ...load });
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

function machineFacts() {
  const version = (/** @type {string} */ program) =>
    execFileSync(program, ['--version'], { env: BARE_ENV, encoding: 'utf8' }).split('\n', 1)[0];
  const facts = [
    machine(),
    `bare: ${version('python3')}, Node ${version('node')}, ${version('gcc')}`,
    `${new Date().toISOString().slice(0, 10)}, ${plan.rounds} rounds of ${plan.roundMs / 1000} s each for both`,
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
