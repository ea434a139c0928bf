// @ts-check
// npm run chaos -- --power-cut [--seed S]
// npm run chaos -- --deploy-over REVISION [--seed S]
// npm run chaos -- [--minutes M] [--seed S] [--rate N] [--patience P] [--only kind,kind] [--json FILE] [--docs]
// npm run chaos -- --compose [--daemon COMMAND] …
// Breaks a copy of its own again and again under load, and fails when anything that was accepted is lost, runs to
// two ends, gets a wrong one, or when the system does not come back by itself. The same seed breaks the same things
// in the same order. --docs writes the report into docs/reliability.md; --patience stretches the bounds on a machine
// that others use too. --compose breaks the containers of docker-compose.yml instead of what `npm start` runs; --daemon is
// the command that restarts the Docker daemon, with every container on this machine.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chaos } from './lib/chaos/chaos.mjs';
import { CLASSES } from './lib/chaos/classify.mjs';
import { ComposedSystem } from './lib/chaos/composed.system.mjs';
import { deploy } from './lib/chaos/deploy.mjs';
import { COMPOSED_FAULTS, LOCAL_FAULTS } from './lib/chaos/faults.mjs';
import { LocalSystem } from './lib/chaos/local.system.mjs';
import { describe } from './lib/chaos/report.mjs';
import { powerCut } from './lib/chaos/power.cut.mjs';
import { hasCompose } from './lib/composed.mjs';
import { writeBetween } from './lib/document.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { machine } from './lib/machine.mjs';
import { ROOT } from './lib/root.mjs';

const DOCUMENT = path.join(ROOT, 'docs/reliability.md');

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    rate: { type: 'string', default: '4' },
    patience: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    'power-cut': { type: 'boolean', default: false },
    'deploy-over': { type: 'string' },
    compose: { type: 'boolean', default: false },
    daemon: { type: 'string' },
    json: { type: 'string' },
    docs: { type: 'boolean', default: false },
  },
});

/** The first Ctrl-C ends the faults; what follows takes its time. */
const stopping = new AbortController();
for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => stopping.abort());

await runTool(async () => {
  const common = {
    seed: options.seed,
    perSecond: positive('rate'),
    patience: positive('patience'),
    print: (/** @type {string} */ line) => console.log(line),
  };
  console.log(`seed ${options.seed}`);
  const release = options['deploy-over'];
  const violations = options['power-cut']
    ? await playPowerCut(common)
    : release !== undefined
      ? await playDeploy(common, release)
      : await playChaos(common);
  for (const violation of violations) console.log(`VIOLATION ${violation}`);
  process.exit(violations.length === 0 ? 0 : 1);
});

/** @typedef {{seed: string, perSecond: number, patience: number, print: (line: string) => void}} Common */

/** @param {Common} common */
async function playChaos(common) {
  const settings = {
    ...common,
    minutes: positive('minutes'),
    only: options.only.split(',').filter((kind) => kind !== ''),
    signal: stopping.signal,
  };
  const report = options.compose
    ? await chaos({ ...settings, system: composedSystem(), faults: COMPOSED_FAULTS })
    : await chaos({ ...settings, system: new LocalSystem(newLogFile()), faults: LOCAL_FAULTS });
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(report, null, 2));
  const lines = describe(report);
  console.log(`\n${lines.join('\n')}`);
  if (options.docs) await writeBetween(DOCUMENT, 'chaos', [...machineFacts(), ...lines]);
  return report.violations;
}

function composedSystem() {
  if (!hasCompose()) throw new Failure('--compose needs a Docker engine with Compose v2, and none answers.');
  if (options.daemon === undefined)
    console.log(
      'left out: docker daemon restarts: --daemon says by which command, as "systemctl restart docker"',
    );
  return new ComposedSystem(newLogFile(), options.daemon);
}

/** @param {Common} common */
async function playPowerCut(common) {
  const { counts, violations } = await powerCut(common);
  console.log(CLASSES.map((name) => `${name} ${counts[name]}`).join(', '));
  return violations;
}

/**
 * @param {Common} common
 * @param {string} release
 */
async function playDeploy(common, release) {
  const { counts, violations } = await deploy({ ...common, release, logFile: newLogFile() });
  console.log(CLASSES.map((name) => `${name} ${counts[name]}`).join(', '));
  return violations;
}

function newLogFile() {
  const logFile = path.join(tmpdir(), `runbin-chaos-${process.pid}.log`);
  console.log(`what the services print goes to ${logFile}`);
  return logFile;
}

function machineFacts() {
  return [`- ${machine()}, ${new Date().toISOString().slice(0, 10)}`];
}

/** @param {'minutes' | 'rate' | 'patience'} name */
function positive(name) {
  const value = Number(options[name]);
  if (value > 0) return value;
  throw new Failure(`--${name} takes a number above 0.`);
}
