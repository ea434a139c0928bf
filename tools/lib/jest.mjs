// @ts-check
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runVisibly } from './command.mjs';

/** @typedef {{passed: number, failed: number, failures?: string[]}} Tally tests, and what failed, a line each */
/**
 * What Jest's --json writes, as far as it is read here.
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numRuntimeErrorTestSuites
 * @property {{assertionResults: Assertion[]}[]} testResults
 */
/**
 * @typedef {object} Assertion
 * @property {string} fullName
 * @property {string} status
 * @property {string[]} [failureMessages]
 */

/**
 * Runs one of Jest's projects and counts its tests. A Jest that failed for another reason counts as a failed test.
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
 * @param {string} report
 * @param {boolean} succeeded
 * @returns {Tally}
 */
function count(report, succeeded) {
  try {
    const { passed, failed, failures } = tallyOf(JSON.parse(readFileSync(report, 'utf8')));
    return { passed, failed: succeeded ? failed : Math.max(failed, 1), failures };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/**
 * What a report of Jest's counts. A file that could not be loaded counts as one failed test.
 * @param {Report} report
 * @returns {Tally}
 */
export function tallyOf({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults }) {
  const failures = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages = [] }) => `${fullName}: ${failureMessages[0]?.split('\n')[0] ?? ''}`);
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, failures };
}
