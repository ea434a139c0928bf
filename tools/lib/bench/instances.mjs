// @ts-check
import path from 'node:path';
import { submitting } from '../bench.mjs';
import { checkoutOf } from '../checkout.mjs';
import { Client } from '../client.mjs';
import { freePort } from '../ports.mjs';
import { PrivateCopy } from '../private.copy.mjs';
import { step } from '../progress.mjs';
import { ROOT } from '../root.mjs';
import { OURS } from './options.mjs';
import { UsageReader } from './usage.mjs';

/** What answers the API: one that runs somewhere, or a copy that the bench has started. */
class Instance {
  /**
   * @param {string} name
   * @param {string} url
   * @param {UsageReader} [usage]
   */
  constructor(name, url, usage) {
    this.name = name;
    this.client = new Client(url);
    this.usage = usage;
    /** CPU time of the programs that it ran, as its results tell it. */
    this.programMs = 0;
  }

  /** @param {import('../bench.mjs').Subject} subject */
  running(subject) {
    return submitting(this.client, subject, ({ usage, compile }) => {
      this.programMs += (usage?.cpu_time_ms ?? 0) + (compile && !compile.cached ? compile.cpu_time_ms : 0);
    });
  }

  /** What it runs: only the same versions compare. @param {string[]} languages that are measured */
  async versions(languages) {
    const answer = await this.client.request('GET', '/v1/languages').catch(() => undefined);
    if (answer?.status !== 200) return 'does not tell its versions';
    const offered = /** @type {{languages?: {id: string, version: string | null}[]}} */ (answer.json)
      .languages;
    return (offered ?? [])
      .filter(({ id }) => languages.includes(id))
      .map(({ id, version }) => `${id} ${version}`)
      .join(', ');
  }
}

/** Ours first, then those beside it. Discard them when they are not needed any more. */
export class Instances {
  constructor() {
    /** @type {Instance[]} */
    this.all = [];
    /** @type {PrivateCopy[]} */
    this.copies = [];
  }

  /** @param {Pick<import('./options.mjs').BenchOptions, 'url' | 'beside' | 'profile'>} options */
  async start({ url, beside, profile }) {
    /** @type {import('./options.mjs').Beside} */
    const ours =
      url === undefined
        ? { name: OURS, kind: 'folder', where: ROOT }
        : { name: OURS, kind: 'url', where: url };
    for (const { name, kind, where } of [ours, ...beside]) {
      if (kind === 'url') this.all.push(new Instance(name, where));
      else {
        const root = kind === 'commit' ? await checkoutOf(where) : path.resolve(where);
        this.all.push(await step(`starting ${name}`, () => this.startCopy(name, root, profile)));
      }
    }
  }

  /**
   * @private
   * @param {string} name
   * @param {string} root
   * @param {boolean} profile
   */
  async startCopy(name, root, profile) {
    const monitorPort = await freePort();
    /** @type {Record<string, string>} */
    const env = profile ? { RUNBIN_NATS_MONITOR_PORT: String(monitorPort) } : {};
    const copy = new PrivateCopy(env, undefined, root);
    this.copies.push(copy);
    const url = await copy.start();
    return new Instance(name, url, profile ? new UsageReader(copy, monitorPort) : undefined);
  }

  async discard() {
    for (const { client, usage } of this.all) {
      client.close();
      await usage?.close();
    }
    for (const copy of this.copies) await copy.discard();
  }
}
