// @ts-check
// Builds the supervisor, PID 1 of every sandbox: one static program, so that it runs in any file system. With --sanitize
// one that ends at once when it does what C leaves undefined; it needs this machine's libraries.
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runQuietly } from './lib/command.mjs';
import { runTool } from './lib/failure.mjs';
import { ROOT } from './lib/root.mjs';

const SOURCE_DIR = path.join(ROOT, 'apps/runner/supervisor');
const WARNINGS = ['-Wall', '-Wextra', '-Werror', '-std=gnu11'];
const BUILDS = {
  plain: { program: 'dist/supervisor', flags: ['-static', '-O2'], beside: [] },
  sanitized: {
    program: 'dist/supervisor-sanitized',
    flags: ['-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
    beside: [path.join(SOURCE_DIR, 'fuzz/sanitizers.c')],
  },
};

await runTool(async () => {
  const { values } = parseArgs({ options: { sanitize: { type: 'boolean', default: false } } });
  const { program, flags, beside } = BUILDS[values.sanitize ? 'sanitized' : 'plain'];
  const built = path.join(ROOT, program);
  const files = [...readdirSync(SOURCE_DIR).map((name) => path.join(SOURCE_DIR, name)), ...beside];
  const changedAt = Math.max(...files.map((file) => statSync(file).mtimeMs));
  if (changedAt < (statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0)) return;
  mkdirSync(path.dirname(built), { recursive: true });
  const sources = files.filter((file) => file.endsWith('.c'));
  await runQuietly('gcc', [...flags, ...WARNINGS, '-o', `${built}.new`, ...sources]);
  // Renamed into place: a runner that is being started finds the old program or the new one, never half of one.
  renameSync(`${built}.new`, built);
});
