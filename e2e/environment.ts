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
 * - `RUNBIN_HOSTILE_DIR`: a catalogue of hostile programs to use instead of ours;
 * - `RUNBIN_TEST_LONG=1`: everything, wherever it was tried before.
 */
const { RUNBIN_URL, RUNBIN_COMPOSE, RUNBIN_HOSTILE_DIR, RUNBIN_TEST_LONG, RUNNER_ENGINE, RUNNER_LANGUAGES } =
  process.env;

export const DEPLOYED_URL = RUNBIN_URL || undefined;
export const IS_COMPOSE = DEPLOYED_URL !== undefined && RUNBIN_COMPOSE === '1';

/** What was tried on the host's own processes before, and is here because of what containers may change. */
const IS_AGAIN = RUNBIN_TEST_LONG !== '1' && (IS_COMPOSE || RUNNER_ENGINE === 'docker');

/** Whether only one program of each language is tried; `npm run test:long` has the others. */
export const HAS_SHORT_CORPUS = IS_AGAIN;

/** First letters of the ids of the hostile programs that containers may change; undefined: all. */
export const HOSTILE_FAMILIES = IS_AGAIN && IS_COMPOSE ? 'INSKWFZ' : undefined;

/** Ids; undefined: everything. */
export const OFFERED_LANGUAGES = RUNNER_LANGUAGES ? RUNNER_LANGUAGES.split(',') : undefined;

export const OUR_HOSTILE_DIR = path.join(__dirname, '../hostile');
/** A catalogue that lies beside this folder knows more than ours does, in the groups that it has. */
const BESIDE = path.join(__dirname, '../../shared/cases/hostile');

export const HOSTILE_DIR = RUNBIN_HOSTILE_DIR || (existsSync(BESIDE) ? BESIDE : OUR_HOSTILE_DIR);
