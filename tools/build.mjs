// @ts-check
// `npm run build`: the services, the pages and the runner's programs into dist/, side by side.
import path from 'node:path';
import { runVisibly } from './lib/command.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { ROOT } from './lib/root.mjs';

/** @type {[string, ...string[]][]} */
const BUILDERS = [
  [path.join(ROOT, 'node_modules/.bin/nest'), 'build', '--all'],
  [path.join(ROOT, 'node_modules/.bin/vite'), 'build', path.join(ROOT, 'apps/web')],
  [process.execPath, path.join(ROOT, 'tools/build-supervisor.mjs')],
  [process.execPath, path.join(ROOT, 'tools/build-static.mjs')],
];

await runTool(async () => {
  // Whoever starts a build from a test means the pages that people get, all the same.
  const env = { ...process.env, NODE_ENV: 'production' };
  const codes = await Promise.all(BUILDERS.map(([program, ...args]) => runVisibly(program, args, env)));
  const failed = BUILDERS.filter((_, at) => codes[at] !== 0);
  if (failed.length > 0) throw new Failure(`failed: ${failed.map((words) => words.join(' ')).join('; ')}`);
});
