// @ts-check
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runVisibly } from '../command.mjs';
import { VIOLATIONS } from './classify.mjs';
import { LAST_RELEASE, whyNoRelease } from './release.mjs';

/** Tests share their machine with others: bounds are twice what is promised. */
const ARGUMENTS = ['tools/chaos.mjs', '--patience', '2'];

/**
 * Three minutes of faults, of which each that was recovered from is a test, as is each way in which a submission can
 * go wrong; a power cut; and a deploy over the last release.
 * @param {string[]} args for `npm run chaos`
 * @returns {Promise<import('../jest.mjs').Tally>}
 */
export async function runChaos(args) {
  const dir = mkdtempSync(path.join(tmpdir(), 'runbin-chaos-'));
  const report = path.join(dir, 'report.json');
  try {
    await runVisibly(process.execPath, [...ARGUMENTS, '--json', report, ...args]);
    const { passed, failed, failures } = tallyOf(report);
    const powerCut = await runVisibly(process.execPath, [...ARGUMENTS, '--power-cut']);
    const deployed = await runDeploy();
    const others = [powerCut, ...deployed];
    const well = others.filter((code) => code === 0).length;
    return { passed: passed + well, failed: failed + others.length - well, failures };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** @returns {Promise<(number | string)[]>} its exit code, or nothing where there is no release to deploy over */
async function runDeploy() {
  const reason = whyNoRelease(LAST_RELEASE);
  if (reason) console.log(`left out: deploying over the last release: ${reason}`);
  return reason ? [] : [await runVisibly(process.execPath, [...ARGUMENTS, '--deploy-over', LAST_RELEASE])];
}

/**
 * @param {string} file that a run which could not begin has not written
 * @returns {import('../jest.mjs').Tally}
 */
function tallyOf(file) {
  try {
    /** @type {import('./chaos.mjs').Report} */
    const { recoveries, counts, violations } = JSON.parse(readFileSync(file, 'utf8'));
    const clean = VIOLATIONS.filter((name) => counts[name] === 0).length;
    const unrecovered = violations.filter((violation) => violation.startsWith('not recovered')).length;
    return {
      passed: recoveries.length - unrecovered + clean,
      failed: violations.length,
      failures: violations,
    };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
