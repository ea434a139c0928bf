// @ts-check
import { capture } from './command.mjs';
import { timed } from './progress.mjs';
import { tallyOfCases } from './test.report.mjs';

const PARTS = ['types', 'lint', 'format'];

/**
 * Types, lint and format, side by side; each counts as a test.
 * @returns {Promise<import('./test.report.mjs').Tally>}
 */
export async function runChecks() {
  const parts = await Promise.all(
    PARTS.map(async (part) => {
      const { result, seconds } = await timed(() => capture('npm', ['run', '--silent', `check:${part}`]));
      return { name: part, holds: result.code === 0, seconds, output: result.output };
    }),
  );
  for (const { output } of parts) console.log(output);
  return tallyOfCases('npm run check', parts);
}
