// @ts-check
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runVisibly } from '../command.mjs';
import { timed } from '../progress.mjs';
import { sumOf, tallyOfCases } from '../test.report.mjs';
import { VIOLATIONS } from './classify.mjs';
import { LAST_RELEASE, whyNoRelease } from './release.mjs';

/** Tests share their machine with others: bounds are twice what is promised. */
const ARGUMENTS = ['tools/chaos.mjs', '--patience', '2'];
/** Always the same faults: `npm run test:long` looks for new ones. */
const SHORT = ['--minutes', '1', '--seed', 'short'];
const FILE = 'npm run chaos';

/**
 * A minute of faults, of which each that was recovered from is a test, as is each way in which a submission can
 * go wrong; a power cut; and a deploy over the last release.
 * @param {string[]} args for `npm run chaos`: others than those of a short run
 * @returns {Promise<import('../test.report.mjs').Tally>}
 */
export async function runChaos(args) {
  const dir = mkdtempSync(path.join(tmpdir(), 'runbin-chaos-'));
  const report = path.join(dir, 'report.json');
  try {
    const faults = await timed(() =>
      runVisibly(process.execPath, [...ARGUMENTS, '--json', report, ...SHORT, ...args]),
    );
    const played = [await play('a power cut', ['--power-cut']), ...(await playDeploy())];
    return sumOf([tallyOf(report, faults.seconds), tallyOfCases(FILE, played)]);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** @returns {Promise<Played[]>} nothing where there is no release to deploy over */
async function playDeploy() {
  const reason = whyNoRelease(LAST_RELEASE);
  if (reason) console.log(`left out: deploying over the last release: ${reason}`);
  return reason ? [] : [await play('a deploy over the last release', ['--deploy-over', LAST_RELEASE])];
}

/** @typedef {{name: string, holds: boolean, seconds: number}} Played */

/**
 * @param {string} name
 * @param {string[]} args
 * @returns {Promise<Played>}
 */
async function play(name, args) {
  const { result, seconds } = await timed(() => runVisibly(process.execPath, [...ARGUMENTS, ...args]));
  return { name, holds: result === 0, seconds };
}

/**
 * @param {string} file that a run which could not begin has not written
 * @param {number} seconds that the run took
 * @returns {import('../test.report.mjs').Tally}
 */
function tallyOf(file, seconds) {
  try {
    /** @type {import('./chaos.mjs').Report} */
    const { recoveries, counts, violations } = JSON.parse(readFileSync(file, 'utf8'));
    const unrecovered = violations.filter((violation) => violation.startsWith('not recovered'));
    const clean = VIOLATIONS.filter((name) => counts[name] === 0);
    const tally = tallyOfCases(FILE, [
      ...clean.map((name) => ({ name: `no submission is ${name}`, holds: true })),
      { name: `${recoveries.length} faults, ${unrecovered.length} not recovered from`, holds: true, seconds },
    ]);
    return {
      ...tally,
      passed: recoveries.length - unrecovered.length + clean.length,
      failed: violations.length,
      failures: violations,
    };
  } catch {
    return { passed: 0, failed: 1, failures: ['the run of faults wrote no report'] };
  }
}
