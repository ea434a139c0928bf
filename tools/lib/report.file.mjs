// @ts-check
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.mjs';

/** @typedef {import('./test.report.mjs').Stage} Stage */

/** What the last `npm test` of each stage ran; another file where the environment names one. */
const FILE = process.env.RUNBIN_TEST_REPORT || path.join(ROOT, 'dist/test-report.json');

/**
 * @param {string} [file]
 * @returns {Stage[]} in the order in which they were first run; none where nothing was
 */
export function readReport(file = FILE) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Replaces what is known of these stages, and keeps what is known of others.
 * @param {Stage[]} stages
 */
export function writeReport(stages) {
  const known = new Map([...readReport(), ...stages].map((stage) => [stage.name, stage]));
  mkdirSync(path.dirname(FILE), { recursive: true });
  writeFileSync(`${FILE}.new`, JSON.stringify([...known.values()]));
  renameSync(`${FILE}.new`, FILE);
}
