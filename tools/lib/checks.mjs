// @ts-check
import { capture } from './command.mjs';
import { tallyOfCases } from './test.report.mjs';

const PARTS = ['types', 'lint', 'format'];

/**
 * Types, lint and format, side by side; each counts as a test.
 * @returns {Promise<import('./test.report.mjs').Tally>}
 */
export async function runChecks() {
  const parts = await Promise.all(
    PARTS.map(async (part) => {
      const since = performance.now();
      const { code, output } = await capture('npm', ['run', '--silent', `check:${part}`]);
      return { name: part, holds: code === 0, seconds: (performance.now() - since) / 1000, output };
    }),
  );
  for (const { output } of parts) console.log(output);
  return tallyOfCases('npm run check', parts);
}
