import { Logger } from '@nestjs/common';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { isLeftBehind, isOfOtherNamespace } from './runner.marks';

/*
 * Runners of several containers divide one directory of the host, and none of them sees whether another still lives.
 * So each holds a lock on its group, which the kernel takes from it whatever it dies of, and who gets the lock of
 * another's group may remove it. On v1 a runner has a group in each hierarchy; the lock is on that of the first,
 * which is made first and removed last.
 */

/** Longer than anyone takes to look into a group. */
const LOCK_TIMEOUT_S = '10';

const logger = new Logger('Cgroup');

/**
 * Makes our group, and has it for ourselves.
 * @returns what gives it up
 */
export function claim(group: string): () => void {
  for (;;) {
    mkdirSync(group, { recursive: true });
    const fd = openIfThere(group);
    if (fd === undefined) continue;
    locked(fd, ['--timeout', LOCK_TIMEOUT_S]);
    // Whoever came between making and locking it took it for one that was left.
    if (existsSync(group)) return closing(fd);
    closeSync(fd);
  }
}

/** A number that was closed may be another file's by now, so it is closed once. */
function closing(fd: number): () => void {
  let isOpen = true;
  return () => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
}

/** Removes the groups of runners that are no more. @param parents of each hierarchy, that of the locks first */
export function sweep(parents: readonly string[]): void {
  const marks = new Set(parents.flatMap((parent) => readdirSync(parent)));
  for (const mark of marks) {
    const groups = parents.map((parent) => join(parent, mark));
    if (isLeftBehind(mark)) remove(groups);
    else if (isOfOtherNamespace(mark)) removeUnclaimed(groups);
  }
}

function removeUnclaimed(groups: readonly string[]): void {
  const [first = ''] = groups;
  const fd = openIfThere(first);
  if (fd === undefined) return;
  try {
    // Runners before this one took no locks.
    if (locked(fd, ['--nonblock']) && !groups.some(isInhabited)) remove(groups);
  } finally {
    closeSync(fd);
  }
}

/** The lock belongs to the descriptor, which outlives the command. Without the command nothing is locked, and nothing found so. */
function locked(fd: number, options: readonly string[]): boolean {
  const { status } = spawnSync('/usr/bin/flock', [...options, '3'], {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', fd],
  });
  return status === 0;
}

function isInhabited(group: string): boolean {
  return [group, ...childrenOf(group)].some((one) => {
    const procs = join(one, 'cgroup.procs');
    return existsSync(procs) && readFileSync(procs, 'utf8') !== '';
  });
}

function remove(groups: readonly string[]): void {
  for (const group of [...groups].reverse()) {
    try {
      for (const child of childrenOf(group)) rmdirSync(child);
      if (existsSync(group)) rmdirSync(group);
    } catch (error) {
      logger.warn(`left in place: ${group}: ${String(error)}`);
    }
  }
}

function openIfThere(group: string): number | undefined {
  try {
    return openSync(group, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export function childrenOf(group: string): string[] {
  if (!existsSync(group)) return [];
  return readdirSync(group, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(group, entry.name));
}
