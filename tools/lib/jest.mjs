// @ts-check
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runVisibly } from './command.mjs';
import { tallyOf } from './test.report.mjs';

/**
 * Runs one of Jest's projects and counts its tests. A Jest that failed for another reason counts as a failed test.
 * @param {string} project
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<import('./test.report.mjs').Tally>}
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
 * @returns {import('./test.report.mjs').Tally}
 */
function count(report, succeeded) {
  try {
    const tally = tallyOf(JSON.parse(readFileSync(report, 'utf8')));
    return { ...tally, failed: succeeded ? tally.failed : Math.max(tally.failed, 1) };
  } catch {
    return { passed: 0, failed: 1, failures: ['Jest wrote no report'] };
  }
}
