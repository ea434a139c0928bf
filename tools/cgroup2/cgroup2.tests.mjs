// @ts-check
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from '../lib/command.mjs';
import { tallyOf } from '../lib/jest.mjs';
import { step } from '../lib/progress.mjs';
import { ROOT } from '../lib/root.mjs';
import { DEFAULT_KERNEL, unpackKernel } from './kernel.mjs';
import { installMachine, runMachine } from './machine.mjs';

/** @typedef {import('../lib/jest.mjs').Tally} Tally */
/** @typedef {{shape: string, report: import('../lib/jest.mjs').Report}} ShapeReport */

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
  const total = { passed: 0, failed: 0 };
  for (const [shape, proofs] of Object.entries(PROOFS)) {
    const { passed, failed } = judge(reports.find((sent) => sent.shape === shape)?.report, proofs);
    console.log(`${shape.padEnd(8)} ${passed} passed ${failed} failed`);
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}

/** Fills the cache that tests.sh names: what costs a second here costs half a minute on an emulated processor. */
function compileTests() {
  const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
  const none = ['--testNamePattern', 'none has this title', '--cacheDirectory', 'dist/cgroup2/jest'];
  return runQuietly(process.execPath, [jest, SPECS, '--selectProjects', 'int', ...none]);
}

/**
 * @param {import('../lib/jest.mjs').Report | undefined} report
 * @param {string[]} proofs full names of tests; one that did not pass counts as a failed one
 * @returns {Tally}
 */
function judge(report, proofs) {
  if (!report) return { passed: 0, failed: 1 };
  const passed = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed')
    .map(({ fullName }) => fullName);
  const unproven = proofs.filter((proof) => !passed.includes(proof));
  for (const proof of unproven) console.log(`not shown: ${proof}`);
  const tally = tallyOf(report);
  return { passed: tally.passed, failed: Math.max(tally.failed, unproven.length) };
}
