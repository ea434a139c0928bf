// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { capture, outputOf } from './command.mjs';
import { Failure } from './failure.mjs';
import { ROOT } from './root.mjs';
import { installDependencies } from './workspace.mjs';

/**
 * The files of a commit below dist, not built. It has node_modules already where its lock file is ours.
 * @param {string} revision whatever git takes for a commit
 * @returns {Promise<string>} its root; the same for the same commit
 * @throws {Failure} when this clone does not know it
 */
export async function checkoutOf(revision) {
  const commit = outputOf('git', ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
  if (commit === '') throw new Failure(`This clone does not know the commit ${revision}.`);
  const root = path.join(ROOT, 'dist/releases', commit.slice(0, 12));
  if (existsSync(root)) return root;
  const unfinished = `${root}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['--extract', '--directory', unfinished], { input: archive });
  if (lockOf(unfinished) === lockOf(ROOT)) await shareDependencies(unfinished);
  renameSync(unfinished, root);
  return root;
}

/** @param {string} clone */
function lockOf(clone) {
  return readFileSync(path.join(clone, 'package-lock.json'), 'utf8');
}

/**
 * Hard links: what the other clone removes or installs there leaves ours alone, as it would not through a symbolic link.
 * Where there can be none, the other clone installs its own.
 * @param {string} clone
 */
async function shareDependencies(clone) {
  await installDependencies();
  /** @type {{workspaces: string[]}} */
  const { workspaces } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const folders = ['.', ...workspaces].map((workspace) => path.join(workspace, 'node_modules'));
  for (const folder of folders.filter((folder) => existsSync(path.join(ROOT, folder)))) {
    const copy = path.join(clone, folder);
    const { code } = await capture('cp', ['--archive', '--link', path.join(ROOT, folder), copy]);
    if (code === 0) continue;
    for (const folder of folders) rmSync(path.join(clone, folder), { recursive: true, force: true });
    return;
  }
}
