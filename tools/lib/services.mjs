// @ts-check
import { environmentFor } from './apps.mjs';
import { ROOT } from './root.mjs';
import { mainOf } from './workspace.mjs';

/** A service gets this much more than its own grace before it is killed. */
const STOP_GRACE_MS = 15_000;

/**
 * One service as a process: with its own part of our environment and its own secrets, and nothing else.
 * @param {string} app
 * @param {Record<string, string | undefined>} defaults for what the person has not set
 * @param {Record<string, string | undefined>} decided whatever the person has set
 * @param {string} [root] of the clone whose build it is
 * @returns {import('./supervised.process.mjs').ProcessSpec}
 */
export function serviceSpec(app, defaults, decided, root = ROOT) {
  return {
    name: app,
    program: process.execPath,
    // Without source maps: reading those of every package costs a third of the start.
    args: [mainOf(app, root)],
    env: {
      PATH: process.env.PATH,
      // Whoever reads our output through a pipe wants text.
      ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
      ...defaults,
      ...environmentFor(app, process.env),
      ...decided,
    },
    cwd: root,
    stopSignal: 'SIGTERM',
    stopGraceMs: STOP_GRACE_MS,
  };
}
