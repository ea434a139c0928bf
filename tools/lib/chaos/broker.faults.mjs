// @ts-check
import { rmSync } from 'node:fs';
import { natsStore } from './local.system.mjs';

/** @type {readonly import('./faults.mjs').Fault<import('./local.system.mjs').LocalSystem>[]} */
export const BROKER_FAULTS = [
  {
    kind: 'broker restarts',
    weight: 4,
    inject: (system, random) => {
      const signal = random.pick(/** @type {const} */ (['SIGTERM', 'SIGKILL']));
      system.signal('nats', signal);
      return { what: `${signal} to nats, which keeps its store` };
    },
  },
  {
    kind: 'broker comes back empty',
    weight: 4,
    inject: (system) => {
      // Frozen first, so that it does not write into the store that goes.
      system.signal('nats', 'SIGSTOP');
      rmSync(natsStore(system.dataDir), { recursive: true, force: true });
      system.signal('nats', 'SIGKILL');
      return { what: 'nats is killed and its store removed' };
    },
  },
];
