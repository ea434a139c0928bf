// @ts-check
import { APPS } from '../apps.mjs';

/**
 * A process as /proc shows it. `ownMs` is its CPU time, `waitedMs` that of the children it has waited for, and theirs.
 * @typedef {{pid: number, parent: number, command: string, ownMs: number, waitedMs: number}} ProcessUse
 */

/** Messages a client has sent to the broker, and was given by it. @typedef {{sent: number, received: number}} Messages */

/**
 * What a copy has used since it was started; the difference of two, what it used in between.
 * @typedef {object} Use
 * @property {number} seconds on the clock of the bench; of a difference, how long it took
 * @property {Record<string, number>} cpuMs by part
 * @property {number} machineMs CPU time of everything that the machine ran, the copy included
 * @property {number} benchMs CPU time of the bench itself
 * @property {Record<string, Messages> | undefined} messages by service, and all of them as the broker's; undefined when it does not tell
 * @property {{writes: number, walBytes: number} | undefined} database transactions that wrote, and what they logged
 */

/** The process that supervises the others. */
const MAIN = 'npm start';
const LAUNCHER = 'launcher';
const RUNNER = 'runner';
const SANDBOXES = 'sandboxes';
const BROKER = 'nats-server';
const DATABASE = 'postgres';

/** In the order in which they are shown. */
const PARTS = [...APPS, LAUNCHER, SANDBOXES, BROKER, DATABASE, MAIN];

/**
 * CPU time by part: a part's processes, what they started, and what these were before they ended. Below the launcher
 * everything is a sandbox, and what the launcher has waited for was one; but its own child may be the runner.
 * @param {readonly ProcessUse[]} processes of the machine
 * @param {number} root pid of the copy's main process
 * @returns {Record<string, number>} milliseconds
 */
export function cpuByPart(processes, root) {
  /** @type {Map<number, ProcessUse[]>} */
  const children = new Map();
  for (const process of processes)
    children.set(process.parent, [...(children.get(process.parent) ?? []), process]);
  const cpuMs = Object.fromEntries(PARTS.map((part) => [part, 0]));
  const add = (/** @type {ProcessUse} */ process, /** @type {string} */ inherited, parent = inherited) => {
    const own = partOf(process.command);
    const isSandbox = inherited === SANDBOXES && !(parent === LAUNCHER && own === RUNNER);
    const part = isSandbox ? SANDBOXES : (own ?? inherited);
    const below = part === LAUNCHER ? SANDBOXES : part;
    cpuMs[part] = (cpuMs[part] ?? 0) + process.ownMs;
    cpuMs[below] = (cpuMs[below] ?? 0) + process.waitedMs;
    for (const child of children.get(process.pid) ?? []) add(child, below, part);
  };
  const main = processes.find(({ pid }) => pid === root);
  if (main) add(main, MAIN);
  return cpuMs;
}

/**
 * @param {string} command words, each with a NUL after it
 * @returns {string | undefined} undefined when it belongs to the part that started it
 */
function partOf(command) {
  const [program = ''] = command.split('\0', 1);
  // Before the services: its command names the runner that it starts.
  if (program.endsWith('/launcher')) return LAUNCHER;
  const app = APPS.find((name) => command.includes(`/dist/apps/${name}/main.js\0`));
  if (app) return app;
  if (program.endsWith('nats-server')) return BROKER;
  return /(?:\/|^)postgres(?::|$)/.test(program) ? DATABASE : undefined;
}

/**
 * Messages by service: its connection is named after it.
 * @param {{in_msgs: number, out_msgs: number}} varz the server's own counters, of /varz
 * @param {{connections: {name?: string, in_msgs: number, out_msgs: number}[]}} connz those of each connection, of /connz
 * @returns {Record<string, Messages>}
 */
export function messagesByPart(varz, { connections }) {
  const of = (/** @type {{in_msgs: number, out_msgs: number}[]} */ counters) => ({
    sent: sumOf(counters.map(({ in_msgs }) => in_msgs)),
    received: sumOf(counters.map(({ out_msgs }) => out_msgs)),
  });
  const services = APPS.map((app) => [app, of(connections.filter(({ name }) => name === app))]);
  return { ...Object.fromEntries(services), [BROKER]: of([varz]) };
}

/**
 * What was used between two readings.
 * @param {Use} before
 * @param {Use} after
 * @returns {Use}
 */
export function useBetween(before, after) {
  return combine(after, before, (late, early) => late - early);
}

/**
 * @param {Use} one
 * @param {Use} other
 * @returns {Use}
 */
export function sumOfUse(one, other) {
  return combine(one, other, (some, more) => some + more);
}

/**
 * What was used beyond what is used at rest in as much time.
 * @param {Use} use
 * @param {Use} rest of any time
 * @returns {Use}
 */
export function useAboveRest(use, rest) {
  return combine(use, rest, (used, idle) => used - (idle * use.seconds) / rest.seconds);
}

/**
 * @param {Use} one
 * @param {Use} other
 * @param {(one: number, other: number) => number} of
 * @returns {Use}
 */
function combine(one, other, of) {
  const { messages, database } = other;
  return {
    seconds: of(one.seconds, other.seconds),
    cpuMs: each(one.cpuMs, (value, part) => of(value, other.cpuMs[part] ?? 0)),
    machineMs: of(one.machineMs, other.machineMs),
    benchMs: of(one.benchMs, other.benchMs),
    messages:
      one.messages &&
      messages &&
      each(one.messages, ({ sent, received }, part) => ({
        sent: of(sent, messages[part]?.sent ?? 0),
        received: of(received, messages[part]?.received ?? 0),
      })),
    database: one.database &&
      database && {
        writes: of(one.database.writes, database.writes),
        walBytes: of(one.database.walBytes, database.walBytes),
      },
  };
}

/**
 * @typedef {object} Profile
 * @property {string} name of the instance
 * @property {number} count of runs, or of seconds: what the figures are per
 * @property {number} [programMs] CPU time of the programs, as their results tell it
 * @property {Use} use
 */

/**
 * A table: a line for each part, three columns for each instance.
 * @param {string} title
 * @param {readonly Profile[]} profiles
 */
export function profileTable(title, profiles) {
  const per = (/** @type {Profile} */ { count }, /** @type {number | undefined} */ value, digits = 2) =>
    value === undefined ? '' : (value / count).toFixed(digits);
  const line = (/** @type {string} */ label, /** @type {(profile: Profile) => string[]} */ cells) =>
    `| ${[label, ...profiles.flatMap(cells)].join(' | ')} |`;
  const rest = (/** @type {Profile} */ { use }) =>
    use.machineMs - use.benchMs - sumOf(Object.values(use.cpuMs));
  return [
    `**${title}**`,
    '',
    line('', ({ name }) => [`${name}: CPU ms`, 'messages sent', 'received']),
    `|---|${profiles.map(() => '---:|---:|---:|').join('')}`,
    ...PARTS.flatMap((part) => [
      line(part === BROKER ? `${BROKER}, and all messages` : part, (profile) => [
        per(profile, profile.use.cpuMs[part]),
        per(profile, profile.use.messages?.[part]?.sent),
        per(profile, profile.use.messages?.[part]?.received),
      ]),
      ...(part === SANDBOXES && profiles.some(({ programMs }) => programMs !== undefined)
        ? [line('… of which the programs', (profile) => [per(profile, profile.programMs), '', ''])]
        : []),
    ]),
    line('the copy in all', (profile) => [per(profile, sumOf(Object.values(profile.use.cpuMs))), '', '']),
    line('the bench', (profile) => [per(profile, profile.use.benchMs), '', '']),
    line('the rest of the machine', (profile) => [per(profile, rest(profile)), '', '']),
    '',
    ...profiles.map(
      (profile) =>
        `${profile.name}: of ${profile.count.toFixed(0)}` +
        (profile.use.database
          ? `; Postgres: ${per(profile, profile.use.database.writes)} transactions that wrote, ${per(profile, profile.use.database.walBytes, 0)} bytes of WAL`
          : ''),
    ),
  ];
}

/** @param {readonly number[]} numbers */
function sumOf(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/**
 * @template T
 * @template R
 * @param {Record<string, T>} record
 * @param {(value: T, key: string) => R} of
 * @returns {Record<string, R>}
 */
function each(record, of) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value, key)]));
}
