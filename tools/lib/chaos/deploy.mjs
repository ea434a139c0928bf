// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { APPS } from '../apps.mjs';
import { tally } from './classify.mjs';
import { buildRelease } from './release.mjs';
import { Ledger } from './ledger.mjs';
import { Load } from './load.mjs';
import { LocalSystem } from './local.system.mjs';
import { Random } from './random.mjs';
import { recovered } from './recovery.mjs';
import { brokenLinks, readAll, rest } from './rest.mjs';

/** How long both builds work side by side before the first replica is replaced, and after each. */
const SIDE_BY_SIDE_MS = 5_000;
const BETWEEN_MS = 1_000;
const WELL_MS = 30_000;
const REST_MS = 120_000;

/**
 * Deploys this clone's build over another one under load, as on a cluster: broker, databases and one replica of each
 * service are new already, the second replicas are old, and are replaced one after the other.
 *
 * @param {{release: string, logFile: string, seed: string, perSecond: number, patience: number, print: (line: string) => void}} options
 * @returns {Promise<{counts: ReturnType<typeof tally>['counts'], violations: string[]}>}
 */
export async function deploy({ release, logFile, seed, perSecond, patience, print }) {
  const old = await buildRelease(release);
  const random = new Random(seed);
  const ledger = new Ledger();
  const system = new LocalSystem(logFile, old);
  /** @type {string[]} */
  const violations = [];
  try {
    await system.start(() => undefined);
    const load = new Load(system.urls, ledger, random, { perSecond, marker: `deploy-${seed}` });
    load.start();
    let probe = 0;
    const whenWell = async (/** @type {string} */ what) => {
      const { ms, missing } = await recovered(system, load, `n0xd${probe++}`, WELL_MS * patience);
      if (missing.length > 0) violations.push(`not well: ${what}: ${missing.join('; ')}`);
      print(`${what}: well after ${(ms / 1000).toFixed(1)} s`);
    };
    await whenWell(`both builds side by side`);
    await delay(SIDE_BY_SIDE_MS);
    for (const app of APPS) {
      await system.replace(app);
      await whenWell(`${app} replaced`);
      await delay(BETWEEN_MS);
    }
    await load.stop();
    await rest(load, REST_MS * patience);
    await readAll(load);
    violations.push(...(await brokenLinks(load)));
    load.close();
    // An old gateway may not know Idempotency-Key.
    const judged = tally(ledger.entries.values(), false);
    return { counts: judged.counts, violations: [...violations, ...judged.violations] };
  } finally {
    await system.discard();
  }
}
