// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { tally } from './classify.mjs';
import { census, leftSince } from './leftovers.mjs';
import { Ledger } from './ledger.mjs';
import { Load } from './load.mjs';
import { probeProgram } from './programs.mjs';
import { Random } from './random.mjs';
import { recovered } from './recovery.mjs';
import { brokenLinks, readAll, rest } from './rest.mjs';
import { schedule } from './schedule.mjs';

/** In which all is well again after a fault. */
const RECOVERY_MS = 30_000;
/** In which everything that was accepted has its result, after the last fault has ended (I1). */
const REST_MS = 120_000;
/** A recovery that takes longer than this is worth a word. */
const SLOW_MS = 10_000;
const WARM_UP_MS = 4_000;
/** How many old results and links are read again after each fault. */
const READ_AGAIN = 10;
const NONCE = /\bn\d+x[0-9a-z]+/g;

/** @typedef {import('./faults.mjs').System} System */
/**
 * @template {System} S
 * @typedef {object} Options
 * @property {S} system to be started
 * @property {readonly import('./faults.mjs').Fault<S>[]} faults
 * @property {string} seed
 * @property {number} minutes in which faults begin
 * @property {number} perSecond submissions
 * @property {number} patience stretches every bound, for a machine that others use too
 * @property {string[]} only kinds of faults; all when empty
 * @property {(line: string) => void} print
 * @property {AbortSignal} signal ends it before its time, in good order
 */
/**
 * @typedef {object} Recovery
 * @property {string[]} kinds of the faults that came together
 * @property {number} atMs since the start of the load
 * @property {number} heldMs
 * @property {number} recoveryMs from its end until all was well
 */
/**
 * @typedef {object} Report
 * @property {string} seed
 * @property {number} minutes
 * @property {Recovery[]} recoveries
 * @property {Record<import('./classify.mjs').Class, number>} counts
 * @property {Load['requests']} requests
 * @property {number} links
 * @property {string[]} violations
 */

/**
 * Keeps a load going, breaks the system again and again, and judges what became of every submission.
 * @template {System} S
 * @param {Options<S>} options
 * @returns {Promise<Report>}
 */
export async function chaos(options) {
  const { system, seed, minutes, patience, print } = options;
  const random = new Random(seed);
  const marker = `chaos-${process.pid}-${seed}`;
  const ledger = new Ledger();
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
    const recoveries = await breakAndMend(load, options, violations);

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
      recoveries,
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
 * @template {System} S
 * @param {Load} load
 * @param {Options<S>} options
 * @param {string[]} violations
 */
async function breakAndMend(load, options, violations) {
  const { system, seed, minutes, patience, only, print, signal } = options;
  const kinds = options.faults.filter(
    ({ kind, isPossible }) => (only.length === 0 || only.includes(kind)) && (isPossible?.(system) ?? true),
  );
  if (kinds.length === 0) throw new Error(`no such fault: ${only.join(', ')}`);
  const startedAt = performance.now();
  /** @type {Recovery[]} */
  const recoveries = [];
  for (const { number, pauseMs, faults } of schedule(kinds, new Random(seed).fork('faults'))) {
    await delay(pauseMs);
    const at = performance.now();
    if (at - startedAt > minutes * 60_000 || signal.aborted) return recoveries;
    const kind = faults.map(({ fault }) => fault.kind).join(' + ');
    const happened = await Promise.all(
      faults.map((one) => happen(one.fault, system, one.random, load.ledger)),
    );
    const heldMs = Math.round(performance.now() - at);
    const { ms, missing, last } = await recovered(system, load, `n0x${number}`, RECOVERY_MS * patience);
    const line = `${clock(at - startedAt)} ${kind}: ${happened.join(' + ')}; ${(heldMs / 1000).toFixed(1)} s, well after ${(ms / 1000).toFixed(1)} s`;
    if (missing.length > 0) violations.push(`not recovered: ${line}: ${missing.join('; ')}`);
    if (missing.length > 0) print(`${line} NOT: ${missing.join('; ')}`);
    else print(ms > SLOW_MS ? `${line}; last: ${last.join('; ')}` : line);
    recoveries.push({
      kinds: faults.map(({ fault }) => fault.kind),
      atMs: Math.round(at - startedAt),
      heldMs,
      recoveryMs: ms,
    });
    await readAgain(load, new Random(`${seed}/${number}`));
  }
  return recoveries;
}

/**
 * One fault from its beginning to its end.
 * @template {System} S
 * @param {import('./faults.mjs').Fault<S>} fault
 * @param {S} system
 * @param {Random} random
 * @param {Ledger} ledger
 */
async function happen(fault, system, random, ledger) {
  /** @type {import('./faults.mjs').Injected} */
  let injected;
  try {
    injected = await fault.inject(system, random, ledger);
  } catch (error) {
    // What is broken already may be out of its reach.
    injected = { what: `not possible now (${error})` };
  }
  await delay(injected.holdMs ?? 0);
  await injected.heal?.();
  return injected.what;
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

/** @param {number} ms */
function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}
