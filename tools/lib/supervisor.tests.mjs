// @ts-check
import path from 'node:path';
import { findProgram, runQuietly } from './command.mjs';
import { fuzzSupervisor, installFuzzer } from './fuzzer.mjs';
import { runJest } from './jest.mjs';
import { step } from './progress.mjs';
import { ROOT } from './root.mjs';
import { sumOf, tallyOfCases } from './test.report.mjs';

/** @typedef {import('./test.report.mjs').Tally} Tally */

const SPECS = 'apps/runner/src/sandbox/(bubblewrap.engine|launcher|streams).int';
const FUZZ_SECONDS = 30;

/** Why the supervisor can not be fuzzed here; undefined when it can. */
export function whyNoFuzzer() {
  return findProgram('clang') || process.getuid?.() === 0 ? undefined : 'it takes clang';
}

/**
 * Runs the engine's tests with a launcher and a supervisor that end at the first thing they do that C leaves undefined (a sandbox
 * that ends without a report fails its test, with what the sanitizer said), then fuzzes it for a while.
 * @returns {Promise<Tally>} the fuzzing counts as one test
 */
export async function runSupervisorTests() {
  for (const builder of ['build-supervisor.mjs', 'build-static.mjs']) {
    const build = path.join(ROOT, 'tools', builder);
    await step('building with sanitizers', () => runQuietly(process.execPath, [build, '--sanitize']));
  }
  const env = {
    ...process.env,
    RUNBIN_SUPERVISOR: 'dist/supervisor-sanitized',
    RUNBIN_LAUNCHER: 'dist/launcher-sanitized',
  };
  const tests = await runJest('int', ['--runInBand', SPECS], env);
  await installFuzzer();
  const holds = await fuzzSupervisor({ seconds: FUZZ_SECONDS });
  return sumOf([
    tests,
    tallyOfCases('npm run fuzz', [
      { name: 'the supervisor holds against random frames', holds, seconds: FUZZ_SECONDS },
    ]),
  ]);
}
