// @ts-check
// Builds the runner's small programs: the probe, which tries the walls of a sandbox from inside, and
// the launcher, which starts sandboxes. They are static, so that they run in any file system. With --sanitize, a launcher
// that ends at once when it does what C leaves undefined.
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runQuietly } from './lib/command.mjs';
import { runTool } from './lib/failure.mjs';
import { ROOT } from './lib/root.mjs';

const WARNINGS = ['-Wall', '-Wextra', '-Werror', '-std=gnu11'];
const PLAIN = { suffix: '', flags: ['-static', '-O2'] };
const SANITIZED = {
  suffix: '-sanitized',
  flags: ['-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
};

await runTool(async () => {
  const { values } = parseArgs({ options: { sanitize: { type: 'boolean', default: false } } });
  if (values.sanitize) await build('launcher', SANITIZED);
  else await Promise.all(['probe', 'launcher'].map((name) => build(name, PLAIN)));
});

/**
 * @param {string} name
 * @param {{suffix: string, flags: string[]}} how
 */
async function build(name, { suffix, flags }) {
  const directory = path.join(ROOT, 'apps/runner', name);
  const files = readdirSync(directory).map((file) => path.join(directory, file));
  const program = path.join(ROOT, 'dist', `${name}${suffix}`);
  const builtAt = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Math.max(...files.map((file) => statSync(file).mtimeMs)) < builtAt) return;
  mkdirSync(path.dirname(program), { recursive: true });
  const sources = files.filter((file) => file.endsWith('.c'));
  await runQuietly('gcc', [...flags, ...WARNINGS, '-o', `${program}.new`, ...sources]);
  // Renamed into place: a runner that is being started finds the old program or the new one, never half of one.
  renameSync(`${program}.new`, program);
}
