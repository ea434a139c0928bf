// @ts-check
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { APPS } from '../apps.mjs';
import { checkoutOf } from '../checkout.mjs';
import { outputOf } from '../command.mjs';
import { mainOf } from '../workspace.mjs';

const execute = promisify(execFile);

/** The release before this one: whoever deploys this one has it running. To be set to the other at each release. */
export const LAST_RELEASE = '2b72e40';

/** Why there is nothing to deploy over; undefined when there is. @param {string} release */
export const whyNoRelease = (release) =>
  outputOf('git', ['rev-parse', '--verify', '--quiet', `${release}^{commit}`]) === ''
    ? `this clone does not know ${release}`
    : undefined;

/**
 * A build of a revision.
 * @param {string} revision
 * @returns {Promise<string>} its root
 */
export async function buildRelease(revision) {
  const root = await checkoutOf(revision);
  if (APPS.every((app) => existsSync(mainOf(app, root)))) return root;
  if (!existsSync(path.join(root, 'node_modules')))
    await execute('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root });
  await execute('npm', ['run', '--silent', 'build'], { cwd: root });
  return root;
}
