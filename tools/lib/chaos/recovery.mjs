// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '../client.mjs';
import { probeProgram } from './programs.mjs';

const LOOK_MS = 300;
/** Requests to each service through each gateway: one of its replicas that is dead to the broker gets some of them. */
const QUESTIONS = 5;

/**
 * Waits until all is as before a fault: every replica says that it is ready, every request is answered, programs that
 * are submitted now end (through both gateways), and every runner takes work.
 * @param {import('./faults.mjs').System} system
 * @param {import('./load.mjs').Load} load
 * @param {string} name of the probes, new each time
 * @param {number} boundMs
 * @returns {Promise<{ms: number, missing: string[], last: string[]}>} `missing`: what was not back within the bound;
 *   `last`: what came back last
 */
export async function recovered(system, load, name, boundMs) {
  const since = performance.now();
  const deadline = since + boundMs;
  system.onlooker?.forget();
  const probes = Promise.all(
    system.urls.map(async (_, number) => {
      // A probe that is given up stays in the ledger: it was accepted like any other.
      const nonce = `${name}x${number}`;
      const { finals } = await load.runOnce(probeProgram(nonce), nonce, boundMs);
      return finals.length > 0;
    }),
  );
  let probed = false;
  void probes.then((ended) => (probed = ended.every(Boolean)));
  /** @type {string[]} */
  let last = [];
  for (;;) {
    const missing = [
      ...(await unready(system)),
      ...(await unanswered(load)),
      ...(probed ? [] : ['a probe has not ended']),
      ...((system.onlooker?.working ?? 0) >= system.runnersExpected ? [] : ['a runner takes no work']),
    ];
    const now = performance.now();
    if (missing.length === 0 || now > deadline) return { ms: Math.round(now - since), missing, last };
    last = missing;
    await delay(LOOK_MS);
  }
}

/**
 * @param {import('./load.mjs').Load} load
 * @returns {Promise<string[]>} what was asked and not answered
 */
async function unanswered({ clients, ledger, links }) {
  const id = ledger.accepted[0]?.ids[0];
  const [code] = links.keys();
  const paths = [`/v1/submissions/${id}`, `/v1/submissions/${id}/result`, `/v1/urls/${code ?? 'none'}`];
  const answers = await Promise.all(
    clients.flatMap((client) =>
      Array.from({ length: QUESTIONS }, () => paths.map((path) => statusOf(client, path))).flat(),
    ),
  );
  return [...new Set(answers.flatMap(([path, status]) => (status < 500 ? [] : [`${path}: ${status}`])))];
}

/**
 * @param {Client} client
 * @param {string} path
 * @returns {Promise<[string, number]>} 599 when no answer came
 */
async function statusOf(client, path) {
  const answer = await client.request('GET', path, { timeoutMs: 7_000 }).catch(() => undefined);
  return [path, answer?.status ?? 599];
}

/**
 * @param {import('./faults.mjs').System} system
 * @returns {Promise<string[]>} what says that it is not ready
 */
export async function unready(system) {
  const answers = await Promise.all(
    system.readinessUrls.map(async (url) => {
      const client = new Client(url);
      try {
        const answer = await client.request('GET', '/readyz', { timeoutMs: 7_000 });
        return answer.status === 200 ? [] : [`${url}: ${answer.text.slice(0, 300)}`];
      } catch (error) {
        return [`${url}: ${String(error)}`];
      } finally {
        client.close();
      }
    }),
  );
  return answers.flat();
}
