// @ts-check
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Failure } from './failure.mjs';
import { takeLock } from './lock.mjs';
import { endProcess } from './processes.mjs';
import { ROOT } from './root.mjs';
import { isRoot } from './unprivileged.mjs';

const LEFTOVER_GRACE_MS = 10_000;

/** @typedef {{postgresPort: number, natsPort: number}} Addresses */

/** The data directory of one copy of Runbin: one owner at a time, and a note of the processes that owner runs. */
export class DataDir {
  /** @param {string} dir relative to the clone, or absolute */
  constructor(dir) {
    this.path = path.resolve(ROOT, dir);
    this.notes = path.join(this.path, 'processes.json');
    this.addressNotes = path.join(this.path, 'addresses.json');
  }

  /**
   * Makes it ours.
   * @throws {Failure} when another copy runs on it
   */
  claim() {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    keepToOwner(this.path);
    const lock = takeLock(path.join(this.path, 'lock'));
    const { release } = lock;
    if (release) {
      return () => {
        rmSync(this.addressNotes, { force: true });
        release();
      };
    }
    throw new Failure(
      `Runbin already runs on ${this.path} (process ${lock.heldBy}). Stop it, or start this copy on another directory: RUNBIN_DATA_DIR=.data2 PORT=3001 npm start`,
    );
  }

  /** Ends what an earlier start left running when it was killed. It has usually ended by itself. */
  async endLeftovers() {
    if (!existsSync(this.notes)) return;
    /** @type {import('./processes.mjs').ProcessName[]} */
    const left = JSON.parse(readFileSync(this.notes, 'utf8'));
    await Promise.all(left.map((name) => endProcess(name, 'SIGTERM', LEFTOVER_GRACE_MS)));
    this.note([]);
  }

  /** @param {import('./processes.mjs').ProcessName[]} names the processes that run for this directory now */
  note(names) {
    writeFileSync(`${this.notes}.new`, JSON.stringify(names));
    renameSync(`${this.notes}.new`, this.notes);
  }

  /** @param {Addresses} addresses loopback ports of the copy that runs on it now, for the tools beside it */
  noteAddresses(addresses) {
    writeFileSync(this.addressNotes, JSON.stringify(addresses));
  }

  /** @returns {Addresses | undefined} undefined when no copy runs on it */
  get addresses() {
    if (!existsSync(this.addressNotes)) return undefined;
    return JSON.parse(readFileSync(this.addressNotes, 'utf8'));
  }
}

/**
 * Root writes there by name, kills what is noted there, and gives parts of it away: nobody else may have a hand in it, nor be
 * locked out of what is theirs.
 * @param {string} dir
 * @throws {Failure} when it is somebody else's
 */
function keepToOwner(dir) {
  if (!isRoot()) return;
  const { uid, mode } = statSync(dir);
  if (uid !== 0 || lstatSync(dir).uid !== 0)
    throw new Failure(
      `The data directory ${dir} belongs to another user (${uid}). Choose one with RUNBIN_DATA_DIR, or give it to the user that starts Runbin.`,
    );
  if ((mode & 0o022) !== 0) chmodSync(dir, mode & 0o7755);
}
