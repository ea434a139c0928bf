import { spawn } from 'node:child_process';
import { once } from 'node:events';

const HELLO = { language: 'python', code: 'print("hello")' };
const IDLE_RUNS = 30;
/** Beside an attack a plain program may take twice as long as the slowest on an idle machine, and this much. */
const FACTOR = 2;
const SLACK_MS = 100;

/** How long a plain program takes, submit to final, in milliseconds. @throws Error when it does not say its line */
export async function helloMs(client) {
  const since = performance.now();
  const { status, stdout } = await client.run(HELLO);
  if (stdout !== 'hello\n') throw new Error(`a neighbour got ${status}`);
  return performance.now() - since;
}

/** Times of as many plain programs, one after the other, in ascending order. */
export async function helloTimes(client, count = IDLE_RUNS) {
  const times = [];
  while (times.length < count) times.push(await helloMs(client));
  return times.sort((a, b) => a - b);
}

export const p99 = (sorted) => sorted[Math.ceil(sorted.length * 0.99) - 1];
export const p50 = (sorted) => sorted[Math.floor(sorted.length / 2)];

/**
 * Runs plain programs, one after the other, until it is asked what became of them.
 * @param idleMs p99 of an idle system
 */
export function watchNeighbour(client, idleMs) {
  let isOver = false;
  const times = [];
  const failures = [];
  const running = (async () => {
    while (!isOver) {
      await helloMs(client).then(
        (ms) => times.push(ms),
        (error) => failures.push(String(error)),
      );
    }
  })();
  return {
    async problems() {
      isOver = true;
      await running;
      const slowest = p99(times.sort((a, b) => a - b)) ?? 0;
      const allowed = FACTOR * idleMs + SLACK_MS;
      return slowest > allowed
        ? [...failures, `a neighbour took ${Math.round(slowest)} ms of ${Math.round(allowed)}`]
        : failures;
    },
  };
}

/**
 * A neighbour on the host that draws on a pool of the machine: it attaches a filter to a socket, again and again, until its
 * input ends. Its first line says that it has begun; then it prints each error once.
 */
const FILTER_NEIGHBOUR = `
import ctypes, select, socket, struct, sys
code = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0xffff))
program = struct.pack("@HP", 1, ctypes.addressof(code))
errors = set()
def load():
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.setsockopt(socket.SOL_SOCKET, 26, program)
    except OSError as error:
        errors.add(error.strerror)
load()
print("begun", flush=True)
while not select.select([sys.stdin], [], [], 0.005)[0]: load()
load()
print(*errors, sep="\\n")
`;

/**
 * Loads filters on this machine, beside the system, until it is asked what became of them.
 * @returns once it has begun; undefined where there is no Python to do it with
 */
export async function watchFilters() {
  const child = spawn('python3', ['-c', FILTER_NEIGHBOUR], { stdio: ['pipe', 'pipe', 'ignore'] });
  let printed = '';
  child.stdout.on('data', (data) => (printed += data));
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').catch(() => undefined);
  await Promise.race([once(child.stdout, 'data'), ended]);
  if (printed === '') return undefined;
  return {
    async problems() {
      child.stdin.end();
      await ended;
      const [, ...errors] = printed.trim().split('\n');
      return errors.map((error) => `a neighbour could not load a filter: ${error}`);
    },
  };
}
