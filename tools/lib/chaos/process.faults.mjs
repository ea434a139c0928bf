// @ts-check
/** @typedef {import('./faults.mjs').Fault<import('./local.system.mjs').LocalSystem>} Fault */

const isService = (/** @type {string} */ member) => !['nats', 'postgres'].includes(member);

/** @type {readonly Fault[]} */
export const PROCESS_FAULTS = [
  {
    kind: 'kill',
    weight: 10,
    inject: (system, random) => signalled(system, [random.pick(system.members)], 'SIGKILL'),
  },
  {
    kind: 'kill several',
    weight: 5,
    inject: (system, random) =>
      signalled(system, random.some(system.members, random.between(2, 4)), 'SIGKILL'),
  },
  { kind: 'kill everything', weight: 3, inject: (system) => signalled(system, system.members, 'SIGKILL') },
  {
    kind: 'kill twice',
    weight: 2,
    inject: (system, random) => {
      const [member] = random.some(system.members.filter(isService), 1);
      const killed = signalled(system, [/** @type {string} */ (member)], 'SIGKILL');
      // Again while it starts.
      const heal = () => void system.signal(/** @type {string} */ (member), 'SIGKILL');
      return { ...killed, holdMs: random.between(200, 1_500), heal };
    },
  },
  {
    kind: 'freeze',
    weight: 8,
    inject: (system, random) => frozen(system, [random.pick(system.members)], random.between(500, 8_000)),
  },
  {
    kind: 'freeze several',
    weight: 2,
    inject: (system, random) =>
      frozen(system, random.some(system.members, random.between(2, 4)), random.between(500, 8_000)),
  },
  {
    // Past the ack deadline: what it runs goes to the other one, and then it wakes.
    kind: 'freeze a runner for long',
    weight: 3,
    inject: (system, random) =>
      frozen(system, [random.pick(['runner', 'runner-2'])], random.between(12_000, 20_000)),
  },
  {
    kind: 'stop',
    weight: 7,
    inject: (system, random) => signalled(system, [random.pick(system.members.filter(isService))], 'SIGTERM'),
  },
  {
    kind: 'stop twice',
    weight: 2,
    inject: (system, random) => {
      const member = random.pick(system.members.filter(isService));
      const stopped = signalled(system, [member], 'SIGTERM');
      return {
        ...stopped,
        holdMs: random.between(50, 600),
        heal: () => void system.signal(member, 'SIGTERM'),
      };
    },
  },
  {
    kind: 'stop all services',
    weight: 2,
    inject: (system) => signalled(system, system.members.filter(isService), 'SIGTERM'),
  },
];

/**
 * @param {import('./local.system.mjs').LocalSystem} system
 * @param {string[]} members
 * @param {NodeJS.Signals} signal
 */
function signalled(system, members, signal) {
  for (const member of members) system.signal(member, signal);
  return { what: `${signal} to ${members.length > 5 ? `all ${members.length}` : members.join(', ')}` };
}

/**
 * @param {import('./local.system.mjs').LocalSystem} system
 * @param {string[]} members
 * @param {number} holdMs
 */
function frozen(system, members, holdMs) {
  const pids = members.flatMap((member) => system.signal(member, 'SIGSTOP') ?? []);
  return { what: `SIGSTOP to ${members.join(', ')}`, holdMs, heal: () => pids.forEach(wake) };
}

/** @param {number} pid */
function wake(pid) {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It was killed meanwhile.
  }
}
