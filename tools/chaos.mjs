// @ts-check
// npm run chaos -- [--minutes M] [--seed S] [--rate N] [--patience P] [--only kind,kind] [--json FILE] [--docs]
// Breaks a copy of its own again and again under load, and fails when anything that was accepted is lost, runs to
// two ends, gets a wrong one, or when the system does not come back by itself. The same seed breaks the same things
// in the same order. --docs writes the report into docs/reliability.md; --patience stretches the bounds on a machine
// that others use too.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chaos } from './lib/chaos/chaos.mjs';
import { describe } from './lib/chaos/report.mjs';
import { Failure, runTool } from './lib/failure.mjs';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    rate: { type: 'string', default: '6' },
    patience: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});

await runTool(async () => {
  const logFile = path.join(tmpdir(), `runbin-chaos-${process.pid}.log`);
  console.log(`seed ${options.seed}; what the services print goes to ${logFile}`);
  const report = await chaos({
    seed: options.seed,
    minutes: positive('minutes'),
    perSecond: positive('rate'),
    patience: positive('patience'),
    only: options.only.split(',').filter((kind) => kind !== ''),
    logFile,
    print: (line) => console.log(line),
  });
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(report, null, 2));
  console.log(`\n${describe(report).join('\n')}`);
  for (const violation of report.violations) console.log(`VIOLATION ${violation}`);
  process.exit(report.violations.length === 0 ? 0 : 1);
});

/** @param {'minutes' | 'rate' | 'patience'} name */
function positive(name) {
  const value = Number(options[name]);
  if (value > 0) return value;
  throw new Failure(`--${name} takes a number above 0.`);
}
