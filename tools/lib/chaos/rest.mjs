// @ts-check
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until everything that was accepted is final, or time is up.
 * @param {import('./load.mjs').Load} load
 * @param {number} patienceMs
 */
export async function rest(load, patienceMs) {
  const deadline = performance.now() + patienceMs;
  while (load.ledger.unfinished.length > 0 && performance.now() < deadline) {
    await inParallel(load.ledger.unfinished, (entry) => load.read(entry));
    await delay(250);
  }
}

/** A last reading of every result, with as many tries as it takes to get an answer. @param {import('./load.mjs').Load} load */
export async function readAll(load) {
  await inParallel(load.ledger.accepted, async (entry) => {
    for (let round = 0; round < 5 && !(await load.read(entry)); round++) await delay(200);
  });
}

/** @param {import('./load.mjs').Load} load */
export async function brokenLinks(load) {
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
