// @ts-check
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runVisibly } from './command.mjs';

/** @typedef {{passed: number, failed: number}} Tally tests */

/**
 * Runs one of Jest's projects and counts its tests.
 * @param {string} project
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Tally>}
 */
export async function runJest(project, args, env = process.env) {
  const dir = mkdtempSync(path.join(tmpdir(), 'runbin-jest-'));
  const report = path.join(dir, 'report.json');
  try {
    const code = await runVisibly(
      'npx',
      ['jest', '--selectProjects', project, '--json', '--outputFile', report, ...args],
      env,
    );
    return count(report, code === 0);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/**
 * A file that could not be loaded counts as one failed test, and so does a Jest that failed for another reason.
 * @param {string} report
 * @param {boolean} succeeded
 * @returns {Tally}
 */
function count(report, succeeded) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return { passed: numPassedTests, failed: succeeded ? failed : Math.max(failed, 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
