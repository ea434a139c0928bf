// @ts-check
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from '../lib/command.mjs';
import { sumOf, tallyOf } from '../lib/test.report.mjs';
import { step } from '../lib/progress.mjs';
import { ROOT } from '../lib/root.mjs';
import { DEFAULT_KERNEL, unpackKernel } from './kernel.mjs';
import { installMachine, runMachine } from './machine.mjs';

/** @typedef {import('../lib/test.report.mjs').Tally} Tally */
/** @typedef {{shape: string, report: import('../lib/test.report.mjs').JestReport}} ShapeReport */

const SPECS = 'apps/runner/src/sandbox/(cgroup|bubblewrap.*).int';

/** The shapes of tests.sh, each with what must have been shown in it for the rest to mean anything. */
const PROOFS = {
  service: ['cgroup version 2 is the one in use'],
  machine: ['cgroup version 2 is the one in use', 'with a cgroup says when a wall is weaker'],
  composed: ['cgroup version 2 is the one in use', 'with a cgroup says when a wall is weaker'],
};

/** Why no machine can be booted here; undefined when one can. */
export function whyNoMachine() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it takes Linux on x86-64';
  if (process.getuid?.() !== 0) return 'it takes root, to serve files to a machine';
  if (!/^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))) return "it takes Debian's packages";
  return undefined;
}

/**
 * Runs the tests of the limits on a kernel that has cgroup v2 and nothing else.
 * @param {string} [kernelPackage]
 * @returns {Promise<Tally>}
 */
export async function runCgroup2Tests(kernelPackage = DEFAULT_KERNEL) {
  await installMachine();
  const kernel = await unpackKernel(kernelPackage);
  await step('compiling the tests', compileTests);
  console.log(`starting Linux ${kernel.version} on an emulated processor`);
  const lines = (await runMachine(kernel)).split('\n').filter((line) => line.startsWith('{'));
  /** @type {ShapeReport[]} */
  const reports = lines.map((line) => JSON.parse(line));
  const tallies = Object.entries(PROOFS).map(([shape, proofs]) => {
    const tally = judge(reports.find((sent) => sent.shape === shape)?.report, proofs);
    console.log(`${shape.padEnd(8)} ${tally.passed} passed ${tally.failed} failed`);
    // The same specs in each.
    return { ...tally, specs: tally.specs?.map((spec) => ({ ...spec, file: `${shape}: ${spec.file}` })) };
  });
  return sumOf(tallies);
}

/** Fills the cache that tests.sh names: what costs a second here costs half a minute on an emulated processor. */
function compileTests() {
  const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
  const none = ['--testNamePattern', 'none has this title', '--cacheDirectory', 'dist/cgroup2/jest'];
  return runQuietly(process.execPath, [jest, SPECS, '--selectProjects', 'int', ...none]);
}

/**
 * @param {import('../lib/test.report.mjs').JestReport | undefined} report
 * @param {string[]} proofs full names of tests; one that did not pass counts as a failed one
 * @returns {Tally}
 */
function judge(report, proofs) {
  if (!report) return { passed: 0, failed: 1, failures: ['the machine sent no report'] };
  const passed = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed')
    .map(({ fullName }) => fullName);
  const unproven = proofs.filter((proof) => !passed.includes(proof));
  for (const proof of unproven) console.log(`not shown: ${proof}`);
  const tally = tallyOf(report);
  return {
    ...tally,
    failed: Math.max(tally.failed, unproven.length),
    failures: [...(tally.failures ?? []), ...unproven.map((proof) => `not shown: ${proof}`)],
  };
}
