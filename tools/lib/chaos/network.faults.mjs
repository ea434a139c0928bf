// @ts-check
import { writeFileSync } from 'node:fs';
import { APPS, DATABASE_APPS } from '../apps.mjs';
import { clockFile } from './replica.mjs';

const CLOCK_OFFSETS_S = [3_600, -3_600, 600, -600, 1];

/** Between a second replica and what it needs. @type {readonly import('./faults.mjs').Fault<import('./local.system.mjs').LocalSystem>[]} */
export const NETWORK_FAULTS = [
  { kind: 'wire is cut', weight: 4, inject: (system, random) => broken(system, random, 'cut', [500, 8_000]) },
  {
    kind: 'wire is silent',
    weight: 4,
    inject: (system, random) => broken(system, random, 'stall', [500, 12_000]),
  },
  {
    kind: 'wire forgets its connections',
    weight: 4,
    inject: (system, random) => broken(system, random, 'forget', [500, 8_000]),
  },
  {
    kind: 'wire to a runner is silent for long',
    weight: 2,
    inject: (system, random) => {
      const wire = system.replicas.get('runner')?.wires.nats;
      wire?.stall();
      return {
        what: 'runner-2 to nats: stall',
        holdMs: random.between(22_000, 30_000),
        heal: () => wire?.heal(),
      };
    },
  },
  {
    kind: 'wire is slow',
    weight: 3,
    inject: (system, random) => {
      const { wire, name } = anyWire(system, random);
      wire.delayMs = random.between(100, 2_000);
      const what = `${name}: ${wire.delayMs} ms each way`;
      return { what, holdMs: random.between(2_000, 8_000), heal: () => wire.heal() };
    },
  },
  {
    kind: 'clock jumps',
    weight: 5,
    isPossible: (system) => system.hasClock,
    inject: (system, random) => {
      const app = random.pick(APPS);
      const offset = random.pick(CLOCK_OFFSETS_S);
      const set = (/** @type {number} */ seconds) =>
        writeFileSync(clockFile(system.dataDir, app), seconds < 0 ? `${seconds}` : `+${seconds}`);
      set(offset);
      return {
        what: `clock of ${app}-2 by ${offset} s`,
        holdMs: random.between(3_000, 8_000),
        heal: () => set(0),
      };
    },
  },
];

/**
 * @param {import('./local.system.mjs').LocalSystem} system
 * @param {import('./random.mjs').Random} random
 * @param {'cut' | 'stall' | 'forget'} how
 * @param {[number, number]} holdMs
 */
function broken(system, random, how, [least, most]) {
  const { wire, name } = anyWire(system, random);
  wire[how]();
  return { what: `${name}: ${how}`, holdMs: random.between(least, most), heal: () => wire.heal() };
}

/**
 * @param {import('./local.system.mjs').LocalSystem} system
 * @param {import('./random.mjs').Random} random
 */
function anyWire(system, random) {
  const app = random.pick(APPS);
  const end = random.pick(
    DATABASE_APPS.includes(app)
      ? /** @type {const} */ (['nats', 'postgres'])
      : /** @type {const} */ (['nats']),
  );
  const wire = system.replicas.get(app)?.wires[end];
  if (!wire) throw new Error(`${app} has no second replica`);
  return { wire, name: `${app}-2 to ${end}` };
}
