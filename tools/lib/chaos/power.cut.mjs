// @ts-check
import { execFile } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PrivateCopy } from '../private.copy.mjs';
import { tally } from './classify.mjs';
import { Ledger } from './ledger.mjs';
import { Load } from './load.mjs';
import { Random } from './random.mjs';
import { brokenLinks, readAll, rest } from './rest.mjs';

/** A submission is looked into soon, so that what the broker lost need not be waited for. */
const ENVIRONMENT = { SUBMISSION_RECONCILE_AFTER_MS: '5000', LOG_LEVEL: 'error' };
const LOAD_MS = 12_000;
const REST_MS = 120_000;

/**
 * Plays a power cut: copies the data directories while all runs and is loaded, in an order in which a file system
 * could have left them, starts another system on the copy, and judges what had been accepted before the copying.
 *
 * The broker does not sync each write (before nats-server 2.10 it can not), so its store may be older than the rest
 * by seconds. Postgres syncs its log with each commit and the rest with a checkpoint: the control file may be
 * older than the tables, and the tables than the log. So they are copied in this order.
 *
 * @param {{seed: string, perSecond: number, patience: number, print: (line: string) => void}} options
 * @returns {Promise<{counts: ReturnType<typeof tally>['counts'], violations: string[]}>}
 */
export async function powerCut({ seed, perSecond, patience, print }) {
  const random = new Random(seed);
  const ledger = new Ledger();
  const before = new PrivateCopy(ENVIRONMENT);
  const after = new PrivateCopy(ENVIRONMENT);
  try {
    const load = new Load([await before.start()], ledger, random, { perSecond, marker: `power-${seed}` });
    load.start();
    await delay(LOAD_MS);
    await copy(before, after, 'nats');
    await delay(random.between(0, 10_000));
    const promised = ledger.accepted;
    const links = new Map([...load.links].filter(([, entry]) => promised.includes(entry)));
    await copy(before, after, 'secrets.json');
    await copyPostgres(before, after);
    print(`${promised.length} submissions and ${links.size} links were answered before the power went`);
    load.abandon();
    await before.stop();

    // What a client saw after the cut began may not have happened.
    const judge = new Load([await after.start()], ledger, random, { perSecond, marker: '' });
    judge.links = links;
    for (const entry of promised)
      Object.assign(entry, { finals: [], last: 'unread', wentBack: false, executedAs: [] });
    ledger.entries = new Map(promised.map((entry) => [entry.nonce, entry]));
    await rest(judge, REST_MS * patience);
    await readAll(judge);
    const violations = await brokenLinks(judge);
    judge.close();
    const judged = tally(promised, true);
    return { counts: judged.counts, violations: [...violations, ...judged.violations] };
  } finally {
    await Promise.all([before.discard(), after.discard()]);
  }
}

/**
 * @param {PrivateCopy} from
 * @param {PrivateCopy} to
 */
async function copyPostgres(from, to) {
  const control = 'global/pg_control';
  const source = path.join(from.dataDir, 'postgres');
  const target = path.join(to.dataDir, 'postgres');
  const kept = path.join(to.dataDir, 'pg_control');
  copyFileSync(path.join(source, control), kept);
  await copyTree(source, target);
  await copyTree(path.join(source, 'pg_wal'), target);
  // Into the file that is there: it has the right owner.
  copyFileSync(kept, path.join(target, control));
}

/**
 * @param {PrivateCopy} from
 * @param {PrivateCopy} to
 * @param {string} name
 */
const copy = (from, to, name) => copyTree(path.join(from.dataDir, name), to.dataDir);

/**
 * With owners and modes. What vanishes while it is copied is as if it had vanished before.
 * @param {string} source
 * @param {string} folder
 */
const copyTree = (source, folder) =>
  promisify(execFile)('cp', ['--archive', source, folder]).catch(() => undefined);
