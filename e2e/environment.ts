import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * What the end-to-end tests read from the environment, in one place.
 *
 * - nothing: they start a copy of their own, as `npm start` makes it, and break it as they like;
 * - `RUNBIN_URL`: they use the instance at that address and leave its processes alone;
 * - `RUNBIN_URL` and `RUNBIN_COMPOSE=1`: that instance is this folder's `docker compose` project, on this
 *   machine, and may be broken;
 * - `RUNBIN_HOSTILE_DIR`: a catalogue of hostile programs to use instead of ours.
 */
const { RUNBIN_URL, RUNBIN_COMPOSE, RUNBIN_HOSTILE_DIR } = process.env;

export const DEPLOYED_URL = RUNBIN_URL || undefined;
export const IS_COMPOSE = DEPLOYED_URL !== undefined && RUNBIN_COMPOSE === '1';

const OURS = path.join(__dirname, '../hostile');
/** A catalogue that lies beside this folder knows more than ours does. */
const BESIDE = path.join(__dirname, '../../shared/cases/hostile');

export const HOSTILE_DIR = RUNBIN_HOSTILE_DIR || (existsSync(BESIDE) ? BESIDE : OURS);
