import { setTimeout as delay } from 'node:timers/promises';

/** What leaves most behind, and what is most common. All end at once. */
const PROGRAMS = [
  { language: 'python', code: 'print("hello")' },
  { language: 'bash', code: 'sleep 60 & (trap "" HUP TERM; sleep 60) & echo hello' },
  {
    language: 'python',
    code: 'import ctypes, os\nfor d in ("/tmp", "/dev/shm", "/box"):\n  for n in range(50): open(f"{d}/{n}", "w").write("x" * 9999)\nctypes.CDLL(None).shmget(7, 4096, 0o1600)\nprint("hello")',
  },
  { language: 'bash', code: 'head -c 100000 /dev/zero | tr "\\0" x >&2; echo hello' },
  { language: 'python', code: 'print("hello")', code_input: 'x'.repeat(50_000) },
  { language: 'bash', code: 'echo hello; kill -9 $$' },
];

/** What the runner of a soak is told: as many sandboxes wait before as after, so that they can be counted. */
export const SOAK_ENV = {
  RUNNER_LANGUAGES: 'bash,python',
  RUNNER_POOL_MIN: '3',
  RUNNER_POOL_MAX: '3',
};

const IN_FLIGHT = 4;
const SETTLE_MS = 60_000;
const LOOK_MS = 500;
const SAMPLES = 10;
/** More than the memory of a process varies by itself. */
const MEMORY_GROWTH = 0.05;
const MIB = 1024 * 1024;

/**
 * Runs programs in a row, and looks at what the runner holds before and after.
 * @param host of an instance with SOAK_ENV
 * @param warmUp runs before the first look
 * @param onProgress told how many have run
 * @returns `{before, after, problems}`
 */
export async function soak(client, host, { runs, warmUp, judgeMemory, onProgress = () => undefined }) {
  await runMany(client, warmUp, () => undefined);
  const before = await settled(host, judgeMemory, () => true);
  await runMany(client, runs, onProgress);
  const after = await settled(host, judgeMemory, (now) => leaks(before, now).length === 0);
  const problems = leaks(before, after);
  const growth = after.runnerBytes / before.runnerBytes - 1;
  if (judgeMemory && growth > MEMORY_GROWTH)
    problems.push(`the runner's memory grew by ${Math.round(growth * 100)} %`);
  return { before, after, problems };
}

async function runMany(client, count, onProgress) {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const turn = next++;
      const { status, stdout } = await client.run(PROGRAMS[turn % PROGRAMS.length]);
      if (stdout !== 'hello\n') throw new Error(`run ${turn} got ${status}`);
      if (turn % 500 === 499) onProgress(turn + 1);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

/** A look once the pool is full again and what was dismissed is gone; memory that is judged is a median, for it breathes. */
async function settled(host, judgeMemory, isGood) {
  const deadline = performance.now() + SETTLE_MS;
  let last = '';
  for (;;) {
    await delay(LOOK_MS);
    const now = host.snapshot();
    const counts = JSON.stringify([now.sandboxes, now.descriptors, now.cgroups, now.processes]);
    if ((counts === last && isGood(now)) || performance.now() > deadline)
      return judgeMemory ? { ...now, runnerBytes: await memory(host) } : now;
    last = counts;
  }
}

async function memory(host) {
  const samples = [];
  while (samples.length < SAMPLES) {
    samples.push(host.runnerBytes());
    await delay(LOOK_MS);
  }
  return samples.sort((a, b) => a - b)[SAMPLES / 2];
}

function leaks(before, now) {
  const found = [];
  for (const kind of [
    'processes',
    'descriptors',
    'sandboxes',
    'cgroups',
    'containers',
    'mounts',
    'temporary',
    'ipc',
  ]) {
    if (now[kind] > before[kind]) found.push(`${kind}: ${now[kind]}, ${before[kind]} before`);
  }
  for (const [service, pid] of Object.entries(before.pids)) {
    if (now.pids[service] !== pid) found.push(`${service} is another process than before`);
  }
  return found;
}

/** Rows of a table: what was counted, before and after. */
export function soakTable({ before, after }) {
  const rows = ['processes', 'descriptors', 'cgroups', 'mounts', 'containers', 'temporary', 'ipc'].map(
    (kind) => `| ${kind} | ${before[kind]} | ${after[kind]} |`,
  );
  const mebibytes = (bytes) => (bytes / MIB).toFixed(1);
  return [
    '| of the runner | before | after |',
    '|---|---:|---:|',
    ...rows,
    `| memory, MiB | ${mebibytes(before.runnerBytes)} | ${mebibytes(after.runnerBytes)} |`,
  ].join('\n');
}
