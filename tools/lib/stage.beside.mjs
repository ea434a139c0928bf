// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { capture } from './command.mjs';
import { readReport } from './report.file.mjs';

/**
 * Lets whatever follows have what others leave of the processors. Where the kernel shares them out among sessions first
 * (CONFIG_SCHED_AUTOGROUP), the niceness of a process counts within its session only, and the session has one of its own.
 */
const WHEN_IDLE = ['sh', '-c', 'echo 15 2>/dev/null > /proc/self/autogroup; exec nice -n 19 "$@"', 'sh'];

/**
 * Runs stages of `npm test` in a session of their own, beside others.
 * @param {string[]} stages
 * @param {{whenIdle: boolean}} options `whenIdle`: only when nothing else wants the processors
 * @returns {(stage: string) => Promise<import('./test.report.mjs').Tally>} waits for the end of all of them, shows with the
 *   first of them what they printed, and answers what one counted
 */
export function beginBeside(stages, { whenIdle }) {
  const dir = mkdtempSync(path.join(tmpdir(), 'runbin-beside-'));
  const report = path.join(dir, 'report.json');
  const command = [...(whenIdle ? WHEN_IDLE : []), process.execPath, 'tools/test.mjs', ...stages];
  const [program, ...args] = /** @type {[string, ...string[]]} */ (command);
  const ended = capture(program, args, { env: { ...process.env, RUNBIN_TEST_REPORT: report } }).then(
    ({ output }) => {
      const known = readReport(report);
      rmSync(dir, { recursive: true });
      return { output, known };
    },
  );
  let isShown = false;
  return async (stage) => {
    const { output, known } = await ended;
    if (!isShown) console.log(output);
    isShown = true;
    const { passed, failed, failures, specs } = known.find(({ name }) => name === stage) ?? {
      ...{ passed: 0, failed: 1, failures: ['it came to no end'], specs: [] },
    };
    return { passed, failed, failures, specs };
  };
}
