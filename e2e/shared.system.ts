import { randomBytes } from 'node:crypto';
import { PrivateCopy } from '../tools/lib/private.copy.mjs';
import { DEPLOYED_URL } from './environment';

/** Names, in the environment of the specs, the copies that were started before the first of them: one for each of Jest's workers. */
const VARIABLE = 'RUNBIN_SHARED_COPIES';

/** What a spec needs to use a copy that it did not start. */
export interface SharedCopy {
  url: string;
  dataDir: string;
  canary: string;
}

const copies: PrivateCopy[] = [];

/** The environment of a copy in which `canary` must never come back from a program. */
export const canaryEnvironment = (canary: string) => ({ GATEWAY_CANARY: canary, RUNNER_CANARY: canary });
export const newCanary = () => `hcanary_${randomBytes(4).toString('hex')}`;

/** The copy that all specs of this worker share which neither configure nor restart it; undefined where none was started. */
export function sharedCopy(): SharedCopy | undefined {
  const text = process.env[VARIABLE];
  const worker = Number(process.env.JEST_WORKER_ID ?? 1);
  return text === undefined ? undefined : (JSON.parse(text) as SharedCopy[])[worker - 1];
}

/** Jest calls it before the first spec of the project. */
export async function startSharedCopies({ maxWorkers }: { maxWorkers: number }): Promise<void> {
  if (DEPLOYED_URL !== undefined) return;
  try {
    const shared: SharedCopy[] = [];
    // One after the other: the first may have to build.
    while (shared.length < maxWorkers) shared.push(await startSharedCopy());
    process.env[VARIABLE] = JSON.stringify(shared);
  } catch (error) {
    await Promise.all(copies.map((copy) => copy.discard()));
    throw error;
  }
}

async function startSharedCopy(): Promise<SharedCopy> {
  const canary = newCanary();
  // All requests of all specs come from one address.
  const copy = new PrivateCopy({
    ...canaryEnvironment(canary),
    GATEWAY_CLIENT_RATE_PER_S: '0',
    SUBMISSION_CLIENT_UNFINISHED_MAX: '10000',
  });
  copies.push(copy);
  return { url: await copy.start(), dataDir: copy.dataDir, canary };
}

/**
 * Jest calls it after the last spec.
 * @throws Error when one did not end well, or left a process behind
 */
export async function stopSharedCopies(): Promise<void> {
  await Promise.all(copies.map(discard));
}

/** @throws Error when it did not end well, or left a process behind */
export async function discard(started: PrivateCopy): Promise<void> {
  const { code, left } = await started.discard();
  if (code !== 0 || left.length > 0)
    throw new Error(`npm start ended with ${code} and left [${left.join('; ')}]\n${started.output}`);
}
