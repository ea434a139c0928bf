// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from './failure.mjs';
import { freePort, isFree } from './ports.mjs';

const DEFAULT_PORT = 3000;
const POLL_INTERVAL_MS = 50;
const PATIENCE_MS = 30_000;
const EVERY_ADDRESS = ['0.0.0.0', '::'];

/**
 * Where the gateway listens: `local` is how we reach it, `url` is what a person types.
 * @typedef {{port: number, local: string, url: string}} Address
 */

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<Address>}
 * @throws {Failure} when the port is taken
 */
export async function chooseAddress({ PORT, GATEWAY_HOST, GATEWAY_PUBLIC_URL }) {
  const host = GATEWAY_HOST || '127.0.0.1';
  const wanted = Number(PORT || DEFAULT_PORT);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_535)
    throw new Failure(`PORT=${PORT} is not a port.`);
  const port = wanted === 0 ? await freePort() : wanted;
  if (!(await isFree(port, host))) {
    throw new Failure(
      `Port ${port} is taken. Stop what listens there, or choose another: PORT=${port + 1} npm start`,
    );
  }
  const reachable = EVERY_ADDRESS.includes(host) ? '127.0.0.1' : host;
  const local = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
  return {
    port,
    local,
    url: GATEWAY_PUBLIC_URL || (reachable === '127.0.0.1' ? `http://localhost:${port}` : local),
  };
}

/**
 * Polls /readyz until it is green, and says what is missing when that takes long.
 * @param {string} local
 * @param {AbortSignal} signal
 */
export async function untilReady(local, signal) {
  let complainAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const problem = await readinessProblem(local, signal);
    signal.throwIfAborted();
    if (problem === undefined) return;
    if (performance.now() > complainAt) {
      console.log(`\nnot ready yet: ${problem}`);
      complainAt += PATIENCE_MS;
    }
    await delay(POLL_INTERVAL_MS, undefined, { signal });
  }
}

/**
 * @param {string} local
 * @param {AbortSignal} signal
 * @returns {Promise<string | undefined>} undefined when it is ready
 */
async function readinessProblem(local, signal) {
  try {
    const response = await fetch(`${local}/readyz`, { signal });
    return response.ok ? undefined : await response.text();
  } catch {
    return 'the gateway does not answer';
  }
}

/**
 * Ids of the languages that live runners offer.
 * @param {string} local
 */
export async function offeredLanguages(local) {
  const response = await fetch(`${local}/v1/languages`);
  const { languages } = /** @type {{languages: {id: string, available: boolean}[]}} */ (
    await response.json()
  );
  return languages.filter(({ available }) => available).map(({ id }) => id);
}
