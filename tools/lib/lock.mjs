// @ts-check
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive, nameProcess } from './processes.mjs';

/**
 * Takes a lock that ends with this process, however it ends: the file names its owner, and a lock whose owner
 * is gone is nobody's.
 * @param {string} file
 * @returns {{release: () => void, heldBy?: undefined} | {heldBy: number, release?: undefined}} `heldBy` is a pid
 */
export function takeLock(file) {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(nameProcess(process.pid)));
  try {
    for (;;) {
      const holder = readHolder(file);
      if (holder && isAlive(holder)) return { heldBy: holder.pid };
      if (holder) rmSync(file, { force: true });
      try {
        // A link appears whole or not at all, so nobody reads a half-written lock.
        linkSync(mine, file);
        return { release: () => rmSync(file, { force: true }) };
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {import('./processes.mjs').ProcessName | undefined}
 */
function readHolder(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
