import { Client } from '../tools/lib/client.mjs';
import { PrivateCopy } from '../tools/lib/private.copy.mjs';
import { ComposeServices } from './compose.services';
import { DEPLOYED_URL, IS_COMPOSE } from './environment';
import { LocalServices } from './local.services';
import type { Services } from './services';
import { canaryEnvironment, discard, newCanary, type SharedCopy, sharedCopy } from './shared.system';

const READY_TIMEOUT_MS = 60_000;
/** The first start in a fresh clone installs and builds. */
const START_TIMEOUT_MS = 600_000;
const STOP_TIMEOUT_MS = 120_000;

/** The whole system as a user meets it. */
export interface System {
  readonly client: Client;
  /** Text that stands in the environment of our own services and must never come back; undefined when they are not ours. */
  readonly canary: string | undefined;
  /** Undefined when its processes are not ours to break. */
  readonly services: Services | undefined;
  /** The copy that was started for this; undefined when the system was there already. */
  readonly copy: PrivateCopy | undefined;
}

/** A system, and how to be done with it. */
interface Opened extends System {
  /**
   * Stops what was started for this.
   * @throws Error when it did not end well, or left a process behind
   */
  close(): Promise<void>;
}

/**
 * The system for the tests of one file: the instance that the environment names; else the copy that all specs share;
 * else, for a spec with an environment of its own, a private one, started before its first test and stopped after its last.
 * @param env of a private one; a spec that restarts the system as a whole asks for one, too
 */
export function useSystem(env?: Record<string, string>): System {
  let opened: Opened | undefined;
  beforeAll(async () => {
    opened = await open(env);
  }, START_TIMEOUT_MS);
  afterAll(() => opened?.close(), STOP_TIMEOUT_MS);
  const now = () => {
    if (!opened) throw new Error('the system is used before it was started');
    return opened;
  };
  return {
    get client() {
      return now().client;
    },
    get canary() {
      return now().canary;
    },
    get services() {
      return now().services;
    },
    get copy() {
      return now().copy;
    },
  };
}

function open(env: Record<string, string> | undefined): Promise<Opened> {
  if (DEPLOYED_URL !== undefined) return connectTo(DEPLOYED_URL);
  const shared = env === undefined ? sharedCopy() : undefined;
  return shared ? join(shared) : startSystem(env ?? {});
}

async function connectTo(url: string): Promise<Opened> {
  const client = new Client(url);
  await client.untilReady(READY_TIMEOUT_MS);
  return {
    client,
    canary: undefined,
    services: IS_COMPOSE ? new ComposeServices() : undefined,
    copy: undefined,
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

/** As another spec left it, which may be with a part that is still on its way back. */
async function join(shared: SharedCopy): Promise<Opened> {
  const client = new Client(shared.url);
  await client.untilReady(READY_TIMEOUT_MS);
  const copy = PrivateCopy.startedElsewhere(shared);
  return {
    client,
    canary: shared.canary,
    services: new LocalServices(copy),
    copy,
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

async function startSystem(env: Record<string, string>): Promise<Opened> {
  const canary = newCanary();
  const copy = new PrivateCopy({ ...canaryEnvironment(canary), ...env });
  let client: Client;
  try {
    client = new Client(await copy.start());
  } catch (error) {
    await copy.discard();
    throw error;
  }
  return {
    client,
    canary,
    services: new LocalServices(copy),
    copy,
    close: () => {
      client.close();
      return discard(copy);
    },
  };
}
