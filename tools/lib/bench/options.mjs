// @ts-check
import { parseArgs } from 'node:util';
import { Failure } from '../failure.mjs';

/** The instance that the others are measured beside. */
export const OURS = 'ours';

const NAME = /^[A-Za-z][\w.-]*$/;
/** Rounds beside bare processes, and turns beside other instances: each of both orders equally often. */
const ROUNDS = { full: 3, quick: 1 };
const TURNS = { full: 6, quick: 2 };
const SECONDS = { full: 1.5, quick: 0.6 };
/** How much slower than another instance is still "not slower": less than this cannot be told apart on a shared machine. */
const ALLOWED = 0.05;

/**
 * An instance beside ours: one that runs at a URL, or a clone's folder or a commit of this clone, of which a copy is started.
 * @typedef {{name: string, kind: 'url' | 'folder' | 'commit', where: string}} Beside
 */

/**
 * @param {string[]} args the command line without the program
 * @throws {Failure} that names the option
 */
export function parseBenchOptions(args) {
  const { values, positionals: languages } = parse(args);
  const beside = (values.beside ?? []).map(parseBeside);
  for (const [at, { name }] of beside.entries()) {
    if (name === OURS || beside.findIndex((other) => other.name === name) !== at)
      throw new Failure(`--beside: two instances are named ${name}.`);
  }
  if (values.profile && values.url !== undefined)
    throw new Failure('--profile needs a copy that the bench starts itself: leave out --url.');
  const length = values.quick ? 'quick' : 'full';
  const alternates = beside.length > 0 || values.profile;
  const turns = numberOf('--turns', values.turns, (alternates ? TURNS : ROUNDS)[length], Number.isInteger, 1);
  if (beside.length > 0 && turns % 2 !== 0)
    throw new Failure('--turns must be even, so that each instance is as often first as last.');
  const selects = languages.length > 0 || values.rows !== undefined;
  const shortens = values.quick || values.turns !== undefined || values.seconds !== undefined;
  return {
    url: values.url,
    languages,
    rows: patternOf(values.rows),
    turns,
    turnMs: numberOf('--seconds', values.seconds, SECONDS[length], Number.isFinite, 0.01) * 1000,
    beside,
    allow: numberOf('--allow', values.allow, ALLOWED, Number.isFinite, 0),
    profile: values.profile,
    /** Whether to wait before each turn until the machine is quiet. */
    quiet: values.quiet,
    /** Whether the figures go into the document: only those of a whole run beside bare processes. */
    write: values.write && !alternates && !selects && !shortens,
  };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        quick: { type: 'boolean', default: false },
        write: { type: 'boolean', default: true },
        rows: { type: 'string' },
        turns: { type: 'string' },
        seconds: { type: 'string' },
        beside: { type: 'string', multiple: true },
        allow: { type: 'string' },
        profile: { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: true },
      },
      allowNegative: true,
    });
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} text NAME=URL, NAME=FOLDER (it begins with `.` or `/`) or NAME=COMMIT
 * @returns {Beside}
 */
function parseBeside(text) {
  const at = text.indexOf('=');
  const [name, where] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (!NAME.test(name) || where === '')
    throw new Failure(`--beside ${text}: expected NAME=URL, NAME=FOLDER or NAME=COMMIT.`);
  if (!/^[a-z]+:\/\//i.test(where)) return { name, kind: /^[./]/.test(where) ? 'folder' : 'commit', where };
  if (!URL.canParse(where) || new URL(where).protocol !== 'http:')
    throw new Failure(`--beside ${text}: the bench speaks http only.`);
  return { name, kind: 'url', where };
}

/**
 * @param {string} option
 * @param {string | undefined} text
 * @param {number} usual
 * @param {(value: number) => boolean} isFit
 * @param {number} least
 */
function numberOf(option, text, usual, isFit, least) {
  if (text === undefined) return usual;
  const value = text.trim() === '' ? NaN : Number(text);
  if (!isFit(value) || value < least)
    throw new Failure(`${option} ${text}: expected a number from ${least}.`);
  return value;
}

/** @param {string | undefined} text */
function patternOf(text) {
  try {
    return text === undefined ? undefined : new RegExp(text);
  } catch {
    throw new Failure(`--rows ${text}: not a regular expression.`);
  }
}
