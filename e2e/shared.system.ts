import { randomBytes } from 'node:crypto';
import { PrivateCopy } from '../tools/lib/private.copy.mjs';
import { DEPLOYED_URL } from './environment';

/** Names, in the environment of the specs, the copy that was started before the first of them. */
const VARIABLE = 'RUNBIN_SHARED_COPY';

/** What a spec needs to use a copy that it did not start. */
export interface SharedCopy {
  url: string;
  dataDir: string;
  canary: string;
}

let copy: PrivateCopy | undefined;

/** The environment of a copy in which `canary` must never come back from a program. */
export const canaryEnvironment = (canary: string) => ({ GATEWAY_CANARY: canary, RUNNER_CANARY: canary });
export const newCanary = () => `hcanary_${randomBytes(4).toString('hex')}`;

/** The copy that all specs share which neither configure nor restart it; undefined where none was started. */
export function sharedCopy(): SharedCopy | undefined {
  const text = process.env[VARIABLE];
  return text === undefined ? undefined : (JSON.parse(text) as SharedCopy);
}

/** Jest calls it before the first spec of the project. */
export async function startSharedCopy(): Promise<void> {
  if (DEPLOYED_URL !== undefined) return;
  const canary = newCanary();
  // All requests of all specs come from one address.
  const started = new PrivateCopy({
    ...canaryEnvironment(canary),
    GATEWAY_CLIENT_RATE_PER_S: '0',
    SUBMISSION_CLIENT_UNFINISHED_MAX: '10000',
  });
  copy = started;
  try {
    const url = await started.start();
    process.env[VARIABLE] = JSON.stringify({ url, dataDir: started.dataDir, canary } satisfies SharedCopy);
  } catch (error) {
    await started.discard();
    throw error;
  }
}

/**
 * Jest calls it after the last spec.
 * @throws Error when it did not end well, or left a process behind
 */
export async function stopSharedCopy(): Promise<void> {
  if (copy) await discard(copy);
}

/** @throws Error when it did not end well, or left a process behind */
export async function discard(started: PrivateCopy): Promise<void> {
  const { code, left } = await started.discard();
  if (code !== 0 || left.length > 0)
    throw new Error(`npm start ended with ${code} and left [${left.join('; ')}]\n${started.output}`);
}
