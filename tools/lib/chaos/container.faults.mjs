// @ts-check
import { serviceOf } from './composed.system.mjs';

/** @typedef {import('./composed.system.mjs').ComposedSystem} System */
/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {[least: number, most: number]} Range */

/** @type {Range} */
const HOLD_MS = [500, 8_000];
/** Past the ack deadline: what a runner runs goes to the other one, and then it wakes. @type {Range} */
const LONG_MS = [22_000, 30_000];

/** What happens to containers. What is killed from outside of Docker is for the restart policy to bring back. @type {readonly import('./faults.mjs').Fault<System>[]} */
export const CONTAINER_FAULTS = [
  { kind: 'container dies', weight: 8, inject: (system, random) => crashed(system, one(system, random)) },
  { kind: 'containers die', weight: 4, inject: (system, random) => crashed(system, some(system, random)) },
  { kind: 'all containers die', weight: 2, inject: (system) => crashed(system, system.members) },
  {
    kind: 'docker kill and start',
    weight: 4,
    inject: (system, random) => broken(system, random, 'kill', one(system, random)),
  },
  {
    kind: 'container is paused',
    weight: 8,
    inject: (system, random) => broken(system, random, 'pause', one(system, random)),
  },
  {
    kind: 'containers are paused',
    weight: 3,
    inject: (system, random) => broken(system, random, 'pause', some(system, random)),
  },
  {
    kind: 'runner is paused for long',
    weight: 3,
    inject: (system, random) =>
      broken(system, random, 'pause', [random.pick(system.members.filter(isRunner))], LONG_MS),
  },
  {
    kind: 'container is stopped and started',
    weight: 6,
    inject: (system, random) => broken(system, random, 'stop', one(system, random)),
  },
  {
    kind: 'containers are stopped and started',
    weight: 3,
    inject: (system, random) => broken(system, random, 'stop', some(system, random)),
  },
  {
    kind: 'all containers are stopped and started',
    weight: 2,
    inject: (system, random) => broken(system, random, 'stop', system.members),
  },
  {
    kind: 'container is restarted',
    weight: 4,
    inject: (system, random) => broken(system, random, 'restart', one(system, random), [0, 0]),
  },
  {
    kind: 'container loses a network',
    weight: 6,
    inject: async (system, random) => {
      const [member = ''] = one(system, random);
      const network = random.pick(system.networksOf(member));
      // Where no answer came it may have been done.
      await system.disconnect(member, network).catch(() => undefined);
      return {
        what: `${member} loses ${network}`,
        holdMs: random.between(...HOLD_MS),
        heal: () => system.mend([member]),
      };
    },
  },
  {
    kind: 'broker comes back empty',
    weight: 3,
    inject: async (system) => {
      // Frozen first, so that it does not write into the store that goes.
      await system.signal('nats-1', 'SIGSTOP');
      await system.run('nats-1', ['rm', '-rf', '/data/jetstream']).catch(() => undefined);
      await system.signal('nats-1', 'SIGKILL');
      return { what: 'nats-1 is killed and its store removed' };
    },
  },
  {
    kind: 'docker daemon restarts',
    weight: 4,
    isPossible: (system) => system.daemonCommand !== undefined,
    inject: async (system) => {
      await system.restartDaemon();
      return { what: 'the docker daemon, and every container with it' };
    },
  },
];

const isRunner = (/** @type {string} */ member) => serviceOf(member) === 'runner';

/** @param {System} system @param {Random} random */
const one = (system, random) => [random.pick(system.members)];

/** @param {System} system @param {Random} random */
const some = (system, random) => random.some(system.members, random.between(2, 4));

/** @param {string[]} members */
const named = (members) => (members.length > 5 ? `all ${members.length}` : members.join(', '));

/**
 * @param {System} system
 * @param {string[]} members
 */
async function crashed(system, members) {
  await Promise.all(members.map((member) => system.signal(member, 'SIGKILL')));
  return { what: `SIGKILL to ${named(members)}` };
}

/**
 * As a person does it with `docker`, and takes it back.
 * @param {System} system
 * @param {Random} random
 * @param {'kill' | 'pause' | 'stop' | 'restart'} how
 * @param {string[]} members
 * @param {Range} [holdMs]
 */
async function broken(system, random, how, members, holdMs = HOLD_MS) {
  // What is down already can not be paused; the others are broken nevertheless.
  await Promise.allSettled(members.map((member) => system.container(member)[how]()));
  return {
    what: `docker ${how} ${named(members)}`,
    holdMs: random.between(...holdMs),
    heal: () => system.mend(members),
  };
}
