// npm run hostile -- [--url URL] [--groups P,T] [--cases DIR] [--json FILE] [--canary TEXT] [--remote] [--busy] [--docs]
// npm run hostile -- --attack [--url URL]
//
// Runs a catalogue of hostile programs against a running instance and prints what became of each. Exits 1 when one of
// them did something it must not. Where the instance runs on this machine, the machine is looked at too, before and
// after each (--remote: not). --busy: others use the machine; only what does not depend on it is judged. --docs writes
// the outcome into docs/security.md, in the column of the engine that the instance uses.
// --attack measures instead what a hostile program in every slot but one costs the last one's hello; more than twice its
// idle p99 is a failure. On a machine that others use it says little.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from './lib/client.mjs';
import { readCatalogue } from './lib/hostile/catalogue.mjs';
import { measureAttack } from './lib/hostile/attack.mjs';
import { Host } from './lib/hostile/host.mjs';
import { helloTimes, p99 } from './lib/hostile/neighbour.mjs';
import { runCase, sourceNamesOf } from './lib/hostile/run.mjs';
import { writeTable } from './lib/hostile/table.mjs';
import { ROOT } from './lib/root.mjs';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    groups: { type: 'string', default: '' },
    cases: { type: 'string', default: join(import.meta.dirname, '..', 'hostile') },
    json: { type: 'string' },
    canary: { type: 'string' },
    remote: { type: 'boolean', default: false },
    busy: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    attack: { type: 'boolean', default: false },
  },
});

/** An attack may not cost the last slot more than this, as a ratio to its idle p99. */
const ATTACK_RATIO = 2;
/** On a machine that others use, everything may take this many times longer. */
const BUSY_PATIENCE = 20;

const client = new Client(options.url);
process.exitCode = (await (options.attack ? attack() : runAll())) ? 0 : 1;
client.close();

async function runAll() {
  const cases = readCatalogue(
    options.cases,
    options.groups.split(',').filter((group) => group !== ''),
  );
  const host = options.remote ? undefined : Host.find(options.url);
  const settings = {
    sourceNames: await sourceNamesOf(client),
    canary: options.canary,
    patience: options.busy ? BUSY_PATIENCE : 1,
    host,
    neighbourMs: p99(await helloTimes(client)),
  };
  const { runners } = (await client.request('GET', '/readyz')).json;
  console.log(
    `${runners.map(({ engine }) => engine).join(', ')}; ${host ? 'with' : 'without'} a look at the machine`,
  );
  for (const mode of new Set(runners.flatMap(({ degraded }) => degraded))) console.log(`degraded: ${mode}`);
  const hostBefore = host && [host.fingerprint().join(), host.globalOomKills()].join();
  console.log('\n| id | program | verdict | ms | ok |\n|---|---|---|---:|---|');
  const reports = [];
  for (const one of cases) {
    const report = await runCase(client, one, settings);
    reports.push(report);
    console.log(rowOf(report));
  }
  const failed = reports.filter(({ problems }) => problems.length > 0);
  console.log(`\n${reports.length - failed.length} of ${reports.length} as they should be`);
  const isUnchanged = !host || hostBefore === [host.fingerprint().join(), host.globalOomKills()].join();
  if (!isUnchanged) console.log("The host's own files changed meanwhile, or it ran out of memory.");
  if (options.json) writeFileSync(options.json, `${JSON.stringify(reports, null, 2)}\n`);
  if (options.docs) {
    writeTable(join(ROOT, 'docs/security.md'), runners[0].engine, cases, reports);
  }
  return failed.length === 0 && (isUnchanged || options.busy);
}

async function attack() {
  const { slots, idle, attacked } = await measureAttack(client);
  const row = (name, { count, p50, p99 }) =>
    console.log(`| ${name} | ${count} | ${p50.toFixed(1)} | ${p99.toFixed(1)} |`);
  console.log(`${slots} slots; hello through the whole system, in milliseconds\n`);
  console.log('| | runs | p50 | p99 |\n|---|---:|---:|---:|');
  row('idle', idle);
  row(`${slots - 1} hostile`, attacked);
  const ratio = attacked.p99 / idle.p99;
  console.log(`\np99 × ${ratio.toFixed(2)}`);
  return ratio <= ATTACK_RATIO;
}

function rowOf({ id, title, verdicts, ms, problems, note }) {
  const verdict = Object.entries(verdicts)
    .map(([name, times]) => (times === 1 ? name : `${name} × ${times}`))
    .join(', ');
  const outcome = problems.length === 0 ? 'yes' : `NO: ${problems.join('; ')}`;
  const cells = [id, title, verdict, String(ms), note ? `${outcome} (${note})` : outcome];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
