// @ts-check
import path from 'node:path';
import { ROOT } from './root.mjs';

/**
 * What Jest's --json writes, as far as it is read here. Times are milliseconds since 1970.
 * @typedef {object} JestReport
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numRuntimeErrorTestSuites
 * @property {{name: string, startTime: number, endTime: number, assertionResults: Assertion[]}[]} testResults
 */
/**
 * @typedef {object} Assertion
 * @property {string} fullName
 * @property {string} status
 * @property {number | null} [duration] in milliseconds
 * @property {string[]} [failureMessages]
 */

/** @typedef {{name: string, status: string, seconds: number}} Case */
/** @typedef {{file: string, seconds: number, cases: Case[]}} Spec cases that were filtered out are not among them */
/** @typedef {{passed: number, failed: number, failures?: string[], specs?: Spec[]}} Tally tests, and what failed, a line each */
/** @typedef {Required<Tally> & {name: string, seconds: number}} Stage */

const SLOWEST = 10;

/**
 * What a report of Jest's counts. A file that could not be loaded counts as one failed test.
 * @param {JestReport} report
 * @returns {Tally}
 */
export function tallyOf({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults }) {
  const failures = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages = [] }) => `${fullName}: ${failureMessages[0]?.split('\n')[0] ?? ''}`);
  return {
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
    failures,
    specs: testResults.map(specOf),
  };
}

/**
 * @param {JestReport['testResults'][number]} result
 * @returns {Spec}
 */
function specOf({ name, startTime, endTime, assertionResults }) {
  return {
    file: path.relative(ROOT, name),
    seconds: Math.max(0, endTime - startTime) / 1000,
    cases: assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status, duration }) => ({ name: fullName, status, seconds: (duration ?? 0) / 1000 })),
  };
}

/**
 * The tally of what is no test of Jest's: one case for each name.
 * @param {string} file that it counts as
 * @param {{name: string, holds: boolean, seconds?: number}[]} cases
 * @returns {Tally}
 */
export function tallyOfCases(file, cases) {
  const failed = cases.filter(({ holds }) => !holds);
  return {
    passed: cases.length - failed.length,
    failed: failed.length,
    failures: failed.map(({ name }) => name),
    specs: [
      {
        file,
        seconds: cases.reduce((sum, { seconds = 0 }) => sum + seconds, 0),
        cases: cases.map(({ name, holds, seconds = 0 }) => ({
          name,
          status: holds ? 'passed' : 'failed',
          seconds,
        })),
      },
    ],
  };
}

/**
 * @param {Tally[]} tallies
 * @returns {Required<Tally>}
 */
export function sumOf(tallies) {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
    failures: tallies.flatMap(({ failures = [] }) => failures),
    specs: tallies.flatMap(({ specs = [] }) => specs),
  };
}

/**
 * How long each spec of a stage took, the slowest first, and the slowest ten cases of all.
 * @param {Spec[]} specs
 * @returns {string[]} lines
 */
export function durationLines(specs) {
  const slowestSpecs = [...specs].sort((a, b) => b.seconds - a.seconds);
  const slowestCases = specs
    .flatMap(({ file, cases }) => cases.map((one) => ({ file, ...one })))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST);
  return [
    'seconds by spec:',
    ...slowestSpecs.map(({ file, seconds, cases }) => `${column(seconds)}  ${file} (${cases.length})`),
    `slowest ${slowestCases.length} cases:`,
    ...slowestCases.map(({ file, name, seconds }) => `${column(seconds)}  ${file}: ${name}`),
  ];
}

/**
 * Every case by name, in an order of its own, so that two lists can be compared.
 * @param {Pick<Stage, 'name' | 'specs'>[]} stages
 * @returns {string[]} lines
 */
export function caseLines(stages) {
  return stages
    .flatMap(({ name: stage, specs }) =>
      specs.flatMap(({ file, cases }) => cases.map(({ name }) => `${stage}  ${file}  ${name}`)),
    )
    .sort();
}

/** @param {number} seconds */
const column = (seconds) => seconds.toFixed(1).padStart(7);
