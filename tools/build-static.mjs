// @ts-check
// Builds the runner's small programs of one source file: the probe, which tries the walls of a sandbox from inside, and
// the launcher, which starts sandboxes. They are static, so that they run in any file system.
import { mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from './lib/command.mjs';
import { runTool } from './lib/failure.mjs';
import { ROOT } from './lib/root.mjs';

const PROGRAMS = ['probe', 'launcher'];
const FLAGS = ['-static', '-O2', '-Wall', '-Wextra', '-Werror', '-std=gnu11'];

await runTool(() => Promise.all(PROGRAMS.map(build)));

/** @param {string} name */
async function build(name) {
  const source = path.join(ROOT, 'apps/runner', name, `${name}.c`);
  const program = path.join(ROOT, 'dist', name);
  const builtAt = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (statSync(source).mtimeMs < builtAt) return;
  mkdirSync(path.dirname(program), { recursive: true });
  await runQuietly('gcc', [...FLAGS, '-o', `${program}.new`, source]);
  // Renamed into place: a runner that is being started finds the old program or the new one, never half of one.
  renameSync(`${program}.new`, program);
}
