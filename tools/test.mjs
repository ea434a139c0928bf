// @ts-check
/**
 * `npm test`: sets up what the tests need and runs all of them; `npm test -- unit int` runs some stages only, and
 * what follows the stages is passed to Jest (`npm test -- unit libs/contracts`).
 *
 * Stages: unit, int, supervisor: its tests with sanitizers, and half a minute of fuzzing, cgroup2: the tests of the limits
 * on another kernel, e2e, check (types, lint, format), chaos: three minutes of faults and a power cut (its arguments are
 * those of `npm run chaos`), docker: hostile programs and languages on the docker engine, and compose: the end-to-end
 * tests once more, against containers. What cgroup2 and check do is begun earlier, with what others leave of the
 * processors. Where one can not be run it is left out, and said so.
 * RUNBIN_TEST_COMPOSE=1 never leaves out docker and compose.
 */
import { runCgroup2Tests, whyNoMachine } from './cgroup2/cgroup2.tests.mjs';
import { installMachine } from './cgroup2/machine.mjs';
import { runChaos } from './lib/chaos/stage.mjs';
import { buildComposed, hasCompose, withComposed } from './lib/composed.mjs';
import { capture } from './lib/command.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { installFuzzer } from './lib/fuzzer.mjs';
import { runJest } from './lib/jest.mjs';
import { corePackages } from './lib/language.folders.mjs';
import { runOnDocker } from './lib/on.docker.mjs';
import {
  BROWSER_PACKAGES,
  CLOCK_PACKAGES,
  installPackages,
  missingPackages,
  START_PACKAGES,
} from './lib/packages.mjs';
import { seconds } from './lib/progress.mjs';
import { runSupervisorTests, whyNoFuzzer } from './lib/supervisor.tests.mjs';
import { prepareToolchains } from './lib/toolchains.mjs';
import { build, checkNode, installDependencies } from './lib/workspace.mjs';

/** @typedef {import('./lib/jest.mjs').Tally} Tally */

/** The images of the compose stage: they are built beside the stages before it. @type {Promise<void> | undefined} */
let images;
/** What the emulated machine said. @type {Promise<string> | undefined} */
let machine;
/** What the checks said, beside the end-to-end tests, which wait for most of the time. @type {ReturnType<typeof beginChecks> | undefined} */
let checks;

/** @type {Record<string, (args: string[]) => Promise<Tally>>} */
const STAGES = {
  unit: (args) => runJest('unit', args),
  // They wait for most of the time; more at once would slow down what is to be fast enough.
  int: (args) => runJest('int', ['--maxWorkers=2', ...args]),
  supervisor: runSupervisorTests,
  cgroup2: () => (machine ? talliedIn(machine) : runCgroup2Tests()),
  e2e: (args) => runJest('e2e', ['--runInBand', ...args]),
  check: async () => {
    const parts = await (checks ?? beginChecks());
    for (const { output } of parts) console.log(output);
    const well = parts.filter(({ code }) => code === 0).length;
    return tally(well, parts.length - well);
  },
  chaos: runChaos,
  docker: runOnDocker,
  compose: async (args) => {
    await images;
    return withComposed((env) => runJest('e2e', ['--runInBand', ...args], env));
  },
};

await runTool(async () => {
  checkNode();
  const { stages, rest } = parseArguments(process.argv.slice(2));
  if (stages.includes('compose')) images = buildComposed();
  const opensPages = stages.includes('e2e') || stages.includes('compose');
  await installPackages(
    missingPackages([
      ...START_PACKAGES.map(({ name }) => name),
      ...corePackages(),
      ...(opensPages ? BROWSER_PACKAGES : []),
      ...(stages.includes('chaos') ? CLOCK_PACKAGES : []),
    ]),
  );
  // What these stages install when their turn comes: now, since they may run side by side.
  if (stages.includes('supervisor')) await installFuzzer();
  if (stages.includes('cgroup2')) await installMachine();
  await prepareToolchains();
  await installDependencies();
  await build();
  if (stages.indexOf('cgroup2') > 0) {
    machine = captureLast(process.execPath, 'tools/test-cgroup2.mjs').then(({ output }) => output);
  }

  const total = tally(0, 0);
  /** @type {string[]} */
  const lines = [];
  /** @type {string[]} */
  const whatFailed = [];
  for (const stage of stages) {
    console.log(`\n── ${stage}`);
    const since = performance.now();
    if (stage === 'e2e' && stages.includes('check')) checks = beginChecks();
    const run = /** @type {(args: string[]) => Promise<Tally>} */ (STAGES[stage]);
    const { passed, failed, failures = [] } = await run(rest);
    total.passed += passed;
    total.failed += failed;
    whatFailed.push(...failures.map((failure) => `${stage}: ${failure}`));
    lines.push(
      `${stage.padEnd(10)} ${String(passed).padStart(5)} passed ${String(failed).padStart(5)} failed  ${seconds(since)}`,
    );
  }
  // Once more at the end: what is above is thousands of lines.
  if (whatFailed.length > 0) console.log(`\nWhat failed:\n${whatFailed.join('\n')}`);
  console.log(`\n${lines.join('\n')}\n${total.passed} passed, ${total.failed} failed`);
  process.exit(total.failed === 0 ? 0 : 1);
});

/** Types, lint and format, side by side. */
function beginChecks() {
  return Promise.all(
    ['types', 'lint', 'format'].map((part) => captureLast('npm', 'run', '--silent', `check:${part}`)),
  );
}

/**
 * Runs a command when nothing else wants the processors.
 * @param {string[]} command
 */
function captureLast(...command) {
  return capture('nice', ['-n', '19', ...command]);
}

/**
 * @param {number} passed
 * @param {number} failed
 * @returns {Tally}
 */
function tally(passed, failed) {
  return { passed, failed };
}

/**
 * Shows what `npm run test:cgroup2` printed.
 * @param {Promise<string>} output
 */
async function talliedIn(output) {
  const text = await output;
  console.log(text);
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(text) ?? [undefined, '0', '1'];
  return tally(Number(passed), Number(failed));
}

/**
 * @param {string[]} args stages first, Jest's arguments after them
 * @returns {{stages: string[], rest: string[]}}
 */
function parseArguments(args) {
  const firstOther = args.findIndex((arg) => !(arg in STAGES));
  const named = firstOther === -1 ? args : args.slice(0, firstOther);
  const rest = args.slice(named.length);
  if (named.length > 0) return { stages: named, rest };
  if (rest.length > 0) throw new Failure(`Name a stage first: ${Object.keys(STAGES).join(', ')}.`);
  const stages = Object.keys(STAGES).filter((stage) => {
    const reason = whyNot(stage);
    if (reason) console.log(`left out: ${stage}: ${reason}`);
    return !reason;
  });
  return { stages, rest };
}

/**
 * Why a stage can not be run on this machine; undefined when it can.
 * @param {string} stage
 */
function whyNot(stage) {
  const mustCompose = process.env.RUNBIN_TEST_COMPOSE === '1';
  const needsDocker = stage === 'docker' || stage === 'compose';
  if (needsDocker && !mustCompose && !hasCompose()) return 'no Docker engine answers';
  if (stage === 'supervisor') return whyNoFuzzer();
  if (stage === 'cgroup2') return whyNoMachine();
  return undefined;
}
