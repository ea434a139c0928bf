// @ts-check
/**
 * `npm test`: sets up what the tests need and runs all of them; `npm test -- unit int` runs some stages only, and
 * what follows the stages is passed to Jest (`npm test -- unit libs/contracts`).
 *
 * Stages: unit, int, e2e, check (types, lint, format), chaos: a minute of faults, a power cut and a deploy over the
 * last release (its arguments are those of `npm run chaos`), cgroup2: the tests of the limits on another kernel,
 * supervisor: its tests with sanitizers, and fuzzing, compose: what packaging can break, against containers, and
 * docker: hostile programs on the docker engine. Some of them are begun earlier, beside others (BESIDE). A stage that cannot run
 * on this machine is left out, with the reason. RUNBIN_TEST_COMPOSE=1 never leaves out docker and compose.
 *
 * Each stage ends with the seconds that its specs took; `npm run test:cases` lists every case. What is long and
 * random is in `npm run test:long`.
 */
import { runCgroup2Tests, whyNoMachine } from './cgroup2/cgroup2.tests.mjs';
import { installMachine } from './cgroup2/machine.mjs';
import { buildRelease, LAST_RELEASE } from './lib/chaos/release.mjs';
import { runChaos } from './lib/chaos/stage.mjs';
import { runChecks } from './lib/checks.mjs';
import { buildComposed, hasCompose, withComposed } from './lib/composed.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { FUZZER_PACKAGES, installFuzzer } from './lib/fuzzer.mjs';
import { runJest } from './lib/jest.mjs';
import { corePackages } from './lib/language.folders.mjs';
import { buildDockerImages, runOnDocker } from './lib/on.docker.mjs';
import {
  BROWSER_PACKAGES,
  CLOCK_PACKAGES,
  installPackages,
  missingPackages,
  START_PACKAGES,
} from './lib/packages.mjs';
import { seconds } from './lib/progress.mjs';
import { writeReport } from './lib/report.file.mjs';
import { beginBeside } from './lib/stage.beside.mjs';
import { runSupervisorTests, whyNoFuzzer } from './lib/supervisor.tests.mjs';
import { durationLines, sumOf } from './lib/test.report.mjs';
import { prepareToolchains } from './lib/toolchains.mjs';
import { build, checkNode, installDependencies } from './lib/workspace.mjs';

/** @typedef {import('./lib/test.report.mjs').Tally} Tally */

/** Most of these tests wait for most of their time; more at once would slow down what is to be fast enough. */
const workers = (/** @type {number} */ count) => [
  `--maxWorkers=${count}`,
  ...['--testSequencer', './tools/lib/longest.first.mjs'],
];

/** @type {Record<string, (args: string[]) => Promise<Tally>>} */
const STAGES = {
  unit: (args) => runJest('unit', args),
  int: (args) => runJest('int', [...workers(3), ...args]),
  e2e: (args) => runJest('e2e', [...workers(2), ...args]),
  check: runChecks,
  chaos: runChaos,
  cgroup2: () => runCgroup2Tests(),
  supervisor: runSupervisorTests,
  compose: (args) => withComposed((env) => runJest('e2e', ['--runInBand', ...args], env)),
  docker: runOnDocker,
};

/** Stages that are begun before their turn, beside another. Everything waits for something for most of its time. */
const BESIDE = [
  { stages: ['check', 'cgroup2'], from: 'unit', whenIdle: true },
  { stages: ['supervisor'], from: 'chaos', whenIdle: true },
  { stages: ['docker'], from: 'compose', whenIdle: false },
];

await runTool(async () => {
  checkNode();
  const { stages, rest } = parseArguments(process.argv.slice(2));
  const needs = (/** @type {string[]} */ ...names) => names.some((name) => stages.includes(name));
  // Mostly downloading and unpacking.
  const images = buildImages(stages);
  await installPackages(
    missingPackages([
      ...START_PACKAGES.map(({ name }) => name),
      ...corePackages(),
      ...(needs('e2e', 'compose') ? BROWSER_PACKAGES : []),
      ...(needs('chaos') ? CLOCK_PACKAGES : []),
      ...(needs('supervisor') ? FUZZER_PACKAGES : []),
    ]),
  );
  if (needs('supervisor')) await installFuzzer();
  if (needs('cgroup2')) await installMachine();
  await prepareToolchains();
  await installDependencies();
  await build();
  const release = needs('chaos') ? buildRelease(LAST_RELEASE).catch(() => undefined) : undefined;
  const ahead = { compose: images, docker: images, chaos: release };
  const { passed, failed } = await runStages(stages, rest, ahead);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
});

/**
 * Builds, in the background, the images of the stages that need some. What fails here fails, and says why, when they are used.
 * @param {string[]} stages
 */
async function buildImages(stages) {
  if (stages.includes('compose')) await buildComposed();
  if (stages.includes('docker')) await buildDockerImages();
}

/**
 * @param {string[]} stages
 * @param {string[]} rest for Jest
 * @param {Record<string, Promise<unknown> | undefined>} ahead by stage: what was begun for it, and says by itself how it failed
 */
async function runStages(stages, rest, ahead) {
  /** @type {import('./lib/test.report.mjs').Stage[]} */
  const report = [];
  /** @type {Map<string, (stage: string) => Promise<Tally>>} */
  const begun = new Map();
  for (const name of stages) {
    console.log(`\n── ${name}`);
    await ahead[name];
    const since = performance.now();
    for (const { stages: some, from, whenIdle } of BESIDE) {
      const now = some.filter((one) => stages.includes(one) && stages.indexOf(one) > stages.indexOf(from));
      if (from !== name || now.length === 0) continue;
      const counted = beginBeside(now, { whenIdle });
      for (const one of now) begun.set(one, counted);
    }
    const run =
      begun.get(name) ?? (() => /** @type {NonNullable<typeof STAGES[string]>} */ (STAGES[name])(rest));
    const { passed, failed, failures = [], specs = [] } = await run(name);
    report.push({ name, seconds: (performance.now() - since) / 1000, passed, failed, failures, specs });
    writeReport(report);
    if (!begun.has(name)) console.log(`\n${durationLines(specs).join('\n')}`);
    console.log(`── ${name} ended after ${seconds(since)}`);
  }
  const failures = report.flatMap(({ name, failures }) => failures.map((failure) => `${name}: ${failure}`));
  // Once more at the end: what is above is thousands of lines.
  if (failures.length > 0) console.log(`\nWhat failed:\n${failures.join('\n')}`);
  console.log('');
  for (const { name, passed, failed, seconds } of report) {
    const counts = `${String(passed).padStart(5)} passed ${String(failed).padStart(5)} failed`;
    console.log(`${name.padEnd(10)} ${counts} ${seconds.toFixed(1).padStart(7)} s`);
  }
  return sumOf(report);
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
 * Why a stage cannot run on this machine; undefined when it can.
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
