import { Logger } from '@nestjs/common';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';
import { isLeftBehind, ownMark } from './runner.marks';

/*
 * Where runners keep the files that live as long as they do: the launcher's socket and what sandboxes are made from.
 * Each runner makes a directory of its own there, and removes those of runners that were killed, by name. A name proves
 * nothing in a directory that others can write to: whoever can rename an entry between a check and its removal chooses
 * what is removed. So the parent belongs to the runner's user, and nobody else can write to it or move it.
 */

const WRITABLE_BY_OTHERS = 0o022;
const WRITABLE_BY_ALL = 0o002;
const STICKY = 0o1000;

const logger = new Logger('RuntimeDir');

/** RUNNER_RUNTIME_DIR, or the place for runtime files that this user has. */
export function runtimeParent(configured: string | undefined): string {
  if (configured !== undefined) return resolve(configured);
  return userId() === 0 ? '/run/runbin' : resolve('.data/run');
}

/**
 * Makes the directory of this runner, and removes what runners left that are no more.
 * @returns its path. Everybody can enter it: sandboxes have users of their own.
 * @throws Error when others can write to the parent
 */
export function makeRuntimeDir(configured: string | undefined): string {
  const parent = runtimeParent(configured);
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  assertOwn(parent);
  const real = realpathSync(parent);
  chmodSync(real, 0o755);
  for (const name of readdirSync(real).filter(isLeftBehind)) removeOwn(join(real, name));
  return mkdtempSync(join(real, `${ownMark()}-`));
}

/** sun_path of unix(7), with the NUL at its end. */
const SOCKET_PATH_BYTES = 108;

/**
 * A path of the same socket that an address has room for. It leads through a descriptor of ours, which stays open.
 * @param path in a directory that is there
 */
export function socketPath(path: string): string {
  if (Buffer.byteLength(path) < SOCKET_PATH_BYTES) return path;
  return join('/proc', String(process.pid), 'fd', String(openSync(dirname(path), 'r')), basename(path));
}

/** Of what has our name only what our user made is ours. A start never fails for what cannot be removed. */
function removeOwn(path: string): void {
  try {
    if (lstatSync(path).uid === userId()) rmSync(path, { recursive: true, force: true });
  } catch (error) {
    logger.warn(`left in place: ${path}: ${String(error)}`);
  }
}

/** @throws Error when another user than root could write to the directory, or put another one in its place */
function assertOwn(directory: string): void {
  for (const path of withAncestors(directory)) assertTrusted(path);
  for (const path of withAncestors(realpathSync(directory))) assertTrusted(path);
  const { uid, mode } = lstatSync(realpathSync(directory));
  if (uid !== userId() || (mode & WRITABLE_BY_OTHERS) !== 0) {
    throw new Error(
      `RUNNER_RUNTIME_DIR: ${directory} must belong to the runner's user, and nobody else may write there`,
    );
  }
}

/** In a sticky directory each entry is its owner's to replace, so there it is the entry's owner that counts. */
function assertTrusted(path: string): void {
  const { uid, mode } = lstatSync(path);
  const isTrusted = uid === 0 || uid === userId();
  const isOpen = (mode & WRITABLE_BY_ALL) !== 0 && (mode & STICKY) === 0 && !lstatSync(path).isSymbolicLink();
  if (isTrusted && !isOpen) return;
  throw new Error(`RUNNER_RUNTIME_DIR: others than the runner's user can replace ${path}`);
}

/** From the root down. */
function withAncestors(path: string): string[] {
  const { root } = parse(path);
  const segments = path.slice(root.length).split(sep).filter(Boolean);
  return segments.reduce((paths, segment) => [...paths, join(paths.at(-1) ?? root, segment)], [root]);
}

const userId = () => process.getuid?.() ?? 0;
