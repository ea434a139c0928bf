// @ts-check
// npm run test:long [-- PART…] [--scale 1]
// What is long and random, beside the short parts of the same kind that `npm test` has: hours of it. Each part tells what it
// saw; the end is a table, also in dist/test-long.md. Exits 1 when a part failed. --scale 0.1 takes a tenth of the minutes and runs.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runVisibly } from './lib/command.mjs';
import { hasCompose } from './lib/composed.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { machine } from './lib/machine.mjs';
import { seconds } from './lib/progress.mjs';
import { ROOT } from './lib/root.mjs';

const REPORT = path.join(ROOT, 'dist/test-long.md');

/**
 * @typedef {object} Part
 * @property {string} what
 * @property {string} short what `npm test` has of it
 * @property {boolean} [needsDocker]
 * @property {(scale: number) => string[]} command arguments of Node
 * @property {NodeJS.ProcessEnv} [env]
 */

/** @type {Record<string, Part>} */
const PARTS = {
  corpus: {
    what: 'every corpus and all end-to-end tests, composed',
    short: 'a greeting of each language, and what packaging can break',
    needsDocker: true,
    command: () => ['tools/test.mjs', 'compose'],
    env: { RUNBIN_TEST_LONG: '1' },
  },
  docker: {
    what: 'every corpus on the docker engine, in images of their own Dockerfiles',
    short: 'a greeting of each language that the hostile catalogue is written in',
    needsDocker: true,
    command: () => ['tools/test.mjs', 'docker'],
    env: { RUNBIN_TEST_LONG: '1' },
  },
  chaos: {
    what: '30 minutes of faults',
    short: 'one minute, of always the same',
    command: (scale) => ['tools/chaos.mjs', '--minutes', String(30 * scale)],
  },
  'chaos-composed': {
    what: '15 minutes of faults of containers',
    short: 'faults.e2e in the compose stage',
    needsDocker: true,
    command: (scale) => ['tools/chaos.mjs', '--compose', '--patience', '2', '--minutes', String(15 * scale)],
  },
  overload: {
    what: 'twenty times what it can do, for two minutes',
    short: 'overload.e2e',
    command: (scale) => ['tools/overload.mjs', '--seconds', String(Math.ceil(120 * scale))],
  },
  soak: {
    what: '10,000 runs in a row, and what they leave',
    short: 'soak.e2e: 300 runs',
    command: (scale) => ['tools/soak.mjs', '--runs', String(Math.ceil(10_000 * scale))],
  },
  hostile: {
    what: 'the hostile catalogue by the clock, on a machine that does nothing else',
    short: 'hostile.e2e, with patience',
    command: () => ['tools/hostile.mjs'],
  },
  fuzz: {
    what: 'ten minutes of fuzzing of the supervisor',
    short: 'the supervisor stage',
    command: (scale) => ['tools/fuzz.mjs', '--seconds', String(Math.ceil(600 * scale))],
  },
};

await runTool(async () => {
  const { values, positionals } = parseArgs({
    options: { scale: { type: 'string', default: '1' } },
    allowPositionals: true,
  });
  const scale = Number(values.scale);
  if (!(scale > 0)) throw new Failure('--scale takes a number above 0.');
  const unknown = positionals.filter((name) => !(name in PARTS));
  if (unknown.length > 0)
    throw new Failure(`No such part: ${unknown.join(', ')}. There are: ${Object.keys(PARTS).join(', ')}.`);
  const parts = Object.entries(PARTS).filter(
    ([name]) => positionals.length === 0 || positionals.includes(name),
  );
  const lines = [
    `Seen on ${machine()}, ${new Date().toISOString().slice(0, 10)}, scale ${scale}.`,
    '',
    '| part | what | short of it in `npm test` | outcome | time |',
    '| --- | --- | --- | --- | --- |',
  ];
  let failed = 0;
  for (const [name, { what, short, needsDocker, command, env }] of parts) {
    console.log(`\n── ${name}: ${what}`);
    const since = performance.now();
    const left = needsDocker && !hasCompose();
    const code = left ? 0 : await runVisibly(process.execPath, command(scale), { ...process.env, ...env });
    if (code !== 0) failed++;
    const outcome = left ? 'left out: no Docker engine answers' : code === 0 ? 'held' : `failed (${code})`;
    lines.push(`| ${name} | ${what} | ${short} | ${outcome} | ${seconds(since)} |`);
    mkdirSync(path.dirname(REPORT), { recursive: true });
    writeFileSync(REPORT, `${lines.join('\n')}\n`);
  }
  console.log(`\n${lines.join('\n')}`);
  process.exit(failed === 0 ? 0 : 1);
});
