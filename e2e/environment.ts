import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * What the end-to-end tests read from the environment, in one place.
 *
 * - nothing: they start a copy of their own, as `npm start` makes it, and break it as they like;
 * - `RUNBIN_URL`: they use the instance at that address and leave its processes alone;
 * - `RUNBIN_URL` and `RUNBIN_COMPOSE=1`: that instance is this folder's `docker compose` project, on this
 *   machine, and may be broken;
 * - `RUNNER_LANGUAGES`: what is offered there, where that is not everything; their own copy reads it too;
 * - `RUNBIN_HOSTILE_DIR`: a catalogue of hostile programs to use instead of ours.
 */
const { RUNBIN_URL, RUNBIN_COMPOSE, RUNBIN_HOSTILE_DIR, RUNNER_LANGUAGES } = process.env;

export const DEPLOYED_URL = RUNBIN_URL || undefined;
export const IS_COMPOSE = DEPLOYED_URL !== undefined && RUNBIN_COMPOSE === '1';

/** Ids; undefined: everything. */
export const OFFERED_LANGUAGES = RUNNER_LANGUAGES ? RUNNER_LANGUAGES.split(',') : undefined;

const OURS = path.join(__dirname, '../hostile');
/** A catalogue that lies beside this folder knows more than ours does. */
const BESIDE = path.join(__dirname, '../../shared/cases/hostile');

export const HOSTILE_DIR = RUNBIN_HOSTILE_DIR || (existsSync(BESIDE) ? BESIDE : OURS);
