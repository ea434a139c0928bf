// @ts-check
// Builds the supervisor, PID 1 of every sandbox: one static program, so that it runs in any file system.
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from './lib/command.mjs';
import { runTool } from './lib/failure.mjs';
import { ROOT } from './lib/root.mjs';

const SOURCE_DIR = path.join(ROOT, 'apps/runner/supervisor');
const PROGRAM = path.join(ROOT, 'dist/supervisor');
const FLAGS = ['-static', '-O2', '-Wall', '-Wextra', '-Werror', '-std=gnu11'];

await runTool(async () => {
  const files = readdirSync(SOURCE_DIR).map((name) => path.join(SOURCE_DIR, name));
  const changedAt = Math.max(...files.map((file) => statSync(file).mtimeMs));
  if (changedAt < (statSync(PROGRAM, { throwIfNoEntry: false })?.mtimeMs ?? 0)) return;
  mkdirSync(path.dirname(PROGRAM), { recursive: true });
  const sources = files.filter((file) => file.endsWith('.c'));
  await runQuietly('gcc', [...FLAGS, '-o', `${PROGRAM}.new`, ...sources]);
  // Renamed into place: a runner that is being started finds the old program or the new one, never half of one.
  renameSync(`${PROGRAM}.new`, PROGRAM);
});
