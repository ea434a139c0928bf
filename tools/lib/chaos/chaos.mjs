// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { tally } from './classify.mjs';
import { FAULTS, schedule } from './faults.mjs';
import { census, leftSince } from './leftovers.mjs';
import { Ledger } from './ledger.mjs';
import { Load } from './load.mjs';
import { LocalSystem } from './local.system.mjs';
import { probeProgram } from './programs.mjs';
import { Random } from './random.mjs';
import { recovered } from './recovery.mjs';

/** In which all is well again after a fault. */
const RECOVERY_MS = 30_000;
/** In which everything that was accepted has its result, after the last fault has ended (I1). */
const REST_MS = 120_000;
const WARM_UP_MS = 4_000;
/** How many old results and links are read again after each fault. */
const READ_AGAIN = 10;
const NONCE = /\bn\d+x[0-9a-z]+/g;

/**
 * @typedef {object} Options
 * @property {string} seed
 * @property {number} minutes in which faults begin
 * @property {number} perSecond submissions
 * @property {number} patience stretches every bound, for a machine that others use too
 * @property {string[]} only kinds of faults; all when empty
 * @property {string} logFile
 * @property {(line: string) => void} print
 */
/**
 * @typedef {object} Recovery
 * @property {number} number
 * @property {string} kind
 * @property {string} what
 * @property {number} atMs since the start of the load
 * @property {number} heldMs
 * @property {number} recoveryMs from its end until all was well
 */
/**
 * @typedef {object} Report
 * @property {string} seed
 * @property {number} minutes
 * @property {Recovery[]} faults
 * @property {Record<import('./classify.mjs').Class, number>} counts
 * @property {Load['requests']} requests
 * @property {number} links
 * @property {string[]} violations
 */

/**
 * Keeps a load going, breaks the system again and again, and judges what became of every submission.
 * @param {Options} options
 * @returns {Promise<Report>}
 */
export async function chaos(options) {
  const { seed, minutes, patience, print } = options;
  const random = new Random(seed);
  const marker = `chaos-${process.pid}-${seed}`;
  const ledger = new Ledger();
  const system = new LocalSystem(options.logFile);
  /** @type {string[]} */
  const violations = [];
  try {
    await system.start((text, id) => text.match(NONCE)?.forEach((nonce) => ledger.sawExecution(nonce, id)));
    const load = new Load(system.urls, ledger, random.fork('load'), { perSecond: options.perSecond, marker });
    const hasKeys = await knowsKeys(load);
    if (!hasKeys) print('this server does not know Idempotency-Key: a retry may make a second submission');
    load.start();
    await delay(WARM_UP_MS);
    const first = await recovered(system, load, 'n0x', RECOVERY_MS * patience);
    if (first.missing.length > 0) throw new Error(`not well before any fault: ${first.missing.join('; ')}`);
    const before = await census(system, marker);
    const faults = await breakAndMend(system, load, options, violations);

    print('no more faults; waiting until everything has come to rest');
    await load.stop();
    await rest(load, REST_MS * patience);
    violations.push(
      ...(await leftSince(system, marker, before, RECOVERY_MS * patience)).map((left) => `left: ${left}`),
    );
    await readAll(load);
    violations.push(...(await brokenLinks(load)));
    load.close();
    const left = await system.stop();
    violations.push(...left.map((process) => `left after the stop: ${process}`));
    const judged = tally(ledger.entries.values(), hasKeys);
    violations.push(...judged.violations);
    return {
      seed,
      minutes,
      faults,
      counts: judged.counts,
      requests: load.requests,
      links: load.links.size,
      violations,
    };
  } finally {
    await system.discard();
  }
}

/**
 * @param {LocalSystem} system
 * @param {Load} load
 * @param {Options} options
 * @param {string[]} violations
 */
async function breakAndMend(system, load, { seed, minutes, patience, only, print }, violations) {
  const kinds = FAULTS.filter(
    ({ kind, isPossible }) => (only.length === 0 || only.includes(kind)) && (isPossible?.(system) ?? true),
  );
  if (kinds.length === 0) throw new Error(`no such fault: ${only.join(', ')}`);
  const startedAt = performance.now();
  /** @type {Recovery[]} */
  const faults = [];
  for (const { number, pauseMs, fault, random } of schedule(kinds, new Random(seed).fork('faults'))) {
    await delay(pauseMs);
    const at = performance.now();
    if (at - startedAt > minutes * 60_000) return faults;
    const { what, holdMs = 0, heal } = await fault.inject(system, random, load.ledger);
    await delay(holdMs);
    await heal?.();
    const heldMs = Math.round(performance.now() - at);
    const { ms, missing } = await recovered(system, load, `n0x${number}`, RECOVERY_MS * patience);
    const line = `${clock(at - startedAt)} ${fault.kind}: ${what}; ${(heldMs / 1000).toFixed(1)} s, well after ${(ms / 1000).toFixed(1)} s`;
    if (missing.length > 0) violations.push(`not recovered: ${line}: ${missing.join('; ')}`);
    print(missing.length > 0 ? `${line} NOT: ${missing.join('; ')}` : line);
    faults.push({ number, kind: fault.kind, what, atMs: Math.round(at - startedAt), heldMs, recoveryMs: ms });
    await readAgain(load, random);
  }
  return faults;
}

/** Whether a second submission under one key is the first one again. @param {Load} load */
async function knowsKeys(load) {
  const first = await load.runOnce(probeProgram('n0xkey'), 'n0xkey', RECOVERY_MS);
  const again = await load.runOnce(probeProgram('n0xkey'), 'n0xkey', RECOVERY_MS);
  return first.ids.length === 1 && first.ids[0] === again.ids[0];
}

/**
 * Old results and links: they must be what they were.
 * @param {Load} load
 * @param {Random} random
 */
async function readAgain(load, random) {
  const finished = load.ledger.accepted.filter(({ finals }) => finals.length > 0);
  await Promise.all(random.some(finished, READ_AGAIN).map((entry) => load.read(entry)));
  await Promise.all(random.some([...load.links.keys()], READ_AGAIN).map((code) => load.open(code)));
}

/**
 * Waits until everything that was accepted is final, or time is up.
 * @param {Load} load
 * @param {number} patienceMs
 */
async function rest(load, patienceMs) {
  const deadline = performance.now() + patienceMs;
  while (load.ledger.unfinished.length > 0 && performance.now() < deadline) {
    await inParallel(load.ledger.unfinished, (entry) => load.read(entry));
    await delay(250);
  }
}

/** A last reading of every result, with as many tries as it takes to get an answer. @param {Load} load */
async function readAll(load) {
  await inParallel(load.ledger.accepted, async (entry) => {
    for (let round = 0; round < 5 && !(await load.read(entry)); round++) await delay(200);
  });
}

/** @param {Load} load */
async function brokenLinks(load) {
  /** @type {string[]} */
  const broken = [];
  await inParallel([...load.links.keys()], async (code) => {
    if (!(await load.open(code))) broken.push(`lost: the link ${code} does not show its submission`);
  });
  return broken;
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<unknown>} action
 */
async function inParallel(items, action) {
  const entries = items.values();
  const worker = async () => {
    for (const item of entries) await action(item);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** @param {number} ms */
function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}
