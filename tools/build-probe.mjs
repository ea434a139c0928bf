// @ts-check
// Builds the probe, which tries the walls of a sandbox from inside: one static program, so that it runs in any file system.
import { mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from './lib/command.mjs';
import { runTool } from './lib/failure.mjs';
import { ROOT } from './lib/root.mjs';

const SOURCE = path.join(ROOT, 'apps/runner/probe/probe.c');
const PROGRAM = path.join(ROOT, 'dist/probe');
const FLAGS = ['-static', '-Os', '-Wall', '-Wextra', '-Werror', '-std=gnu11'];

await runTool(async () => {
  const builtAt = statSync(PROGRAM, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (statSync(SOURCE).mtimeMs < builtAt) return;
  mkdirSync(path.dirname(PROGRAM), { recursive: true });
  await runQuietly('gcc', [...FLAGS, '-o', `${PROGRAM}.new`, SOURCE]);
  // Renamed into place: a runner that is being started finds the old program or the new one, never half of one.
  renameSync(`${PROGRAM}.new`, PROGRAM);
});
