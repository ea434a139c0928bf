// npm run hostile -- [--url URL] [--groups P,T] [--catalogue DIR] [--json FILE] [--canary TEXT]
// Runs a catalogue of hostile programs against a running instance and prints what became of each. Exits 1
// when one of them did something it must not.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from './lib/client.mjs';
import { readCatalogue } from './lib/hostile/catalogue.mjs';
import { runCase, sourceNamesOf } from './lib/hostile/run.mjs';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:3000' },
    groups: { type: 'string', default: '' },
    catalogue: { type: 'string', default: join(import.meta.dirname, '..', 'hostile') },
    json: { type: 'string' },
    canary: { type: 'string' },
  },
});

const client = new Client(options.url);
const cases = readCatalogue(
  options.catalogue,
  options.groups.split(',').filter((group) => group !== ''),
);
const sourceNames = await sourceNamesOf(client);

console.log('| id | program | verdict | ms | ok |\n|---|---|---|---:|---|');
const reports = [];
for (const one of cases) {
  const report = await runCase(client, one, { sourceNames, canary: options.canary });
  reports.push(report);
  console.log(rowOf(report));
}
const failed = reports.filter(({ problems }) => problems.length > 0);
console.log(`\n${reports.length - failed.length} of ${reports.length} as they should be`);
if (options.json) writeFileSync(options.json, `${JSON.stringify(reports, null, 2)}\n`);
client.close();
process.exitCode = failed.length > 0 ? 1 : 0;

function rowOf({ id, title, verdicts, ms, problems, note }) {
  const verdict = Object.entries(verdicts)
    .map(([name, times]) => (times === 1 ? name : `${name} × ${times}`))
    .join(', ');
  const outcome = problems.length === 0 ? 'yes' : `NO: ${problems.join('; ')}`;
  const cells = [id, title, verdict, String(ms), note ? `${outcome} (${note})` : outcome];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
