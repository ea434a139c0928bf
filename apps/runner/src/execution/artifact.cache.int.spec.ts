import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StageFacts } from '../sandbox/sandbox';
import { ArtifactCache } from './artifact.cache';
import { factsOf } from './artifact.entry';

const KIB = 1024;
const MIB = 1024 * KIB;

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'runbin-artifacts-test-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const opened = (maxBytes = 16 * MIB, memoryBytes = 0) =>
  new ArtifactCache({ directory, maxBytes, memoryBytes });
const keyOf = (number: number) => number.toString(16).padStart(64, '0');
const ONE = keyOf(1);
const artifact = (content: string | Buffer) =>
  factsOf({
    output: Buffer.from('a warning'),
    outputTruncated: false,
    artifacts: [{ name: 'main', content: Buffer.from(content), mode: 0o755 }],
  });

const TIMES = { readyAt: 1, releasedAt: 2, endedAt: 3 };

/** A compiler that counts. */
function compiler(
  make: () => StageFacts | Promise<StageFacts> = () => ({ ...artifact('made'), cpuTimeMs: 7 }),
) {
  const counting = { count: 0, run: async () => (counting.count++, { ...(await make()), times: TIMES }) };
  return counting;
}
const unending = new AbortController().signal;
const never = compiler(() => {
  throw new Error('compiled once more');
}).run;

it.each([0, MIB])(
  'compiles once, and again only the facts differ (memory: %d bytes)',
  async (memoryBytes) => {
    const cache = opened(16 * MIB, memoryBytes);
    const once = compiler();
    const first = await cache.compile(ONE, once.run, unending);
    expect(first).toMatchObject({ times: TIMES, cpuTimeMs: 7 });
    const second = await cache.compile(ONE, never, unending);
    expect(second).toEqual(artifact('made'));
    expect(once.count).toBe(1);
    await cache.onApplicationShutdown();
  },
);

it('finds after a restart, and beside another runner, what was made before', async () => {
  const cache = opened();
  const beside = opened();
  await cache.compile(ONE, compiler().run, unending);
  await cache.onApplicationShutdown();
  expect(await beside.compile(ONE, never, unending)).toMatchObject({ times: null });
  expect(await opened().compile(ONE, never, unending)).toMatchObject({ times: null });
});

it('lets those who want the same at the same time wait for one compile', async () => {
  const cache = opened();
  const once = compiler();
  const all = await Promise.all(Array.from({ length: 8 }, () => cache.compile(ONE, once.run, unending)));
  expect(once.count).toBe(1);
  expect(all.map(({ times }) => times)).toEqual([TIMES, ...Array<null>(7).fill(null)]);
  await cache.onApplicationShutdown();
});

it('keeps no failure: who waited for it compiles, and so does who comes later', async () => {
  const cache = opened();
  const failing = compiler(() => ({ ...artifact(''), exitCode: 1 }));
  const answers = await Promise.all([
    cache.compile(ONE, failing.run, unending),
    cache.compile(ONE, failing.run, unending),
  ]);
  expect(answers.map(({ times, exitCode }) => [times, exitCode])).toEqual([
    [TIMES, 1],
    [TIMES, 1],
  ]);
  const lost = compiler(() => Promise.reject(new Error('told to stop')));
  const good = compiler();
  const [aborted, waited] = await Promise.allSettled([
    cache.compile(ONE, lost.run, unending),
    cache.compile(ONE, good.run, unending),
  ]);
  expect(aborted).toMatchObject({ status: 'rejected', reason: new Error('told to stop') });
  expect(waited).toMatchObject({ status: 'fulfilled', value: { times: TIMES } });
  expect(good.count).toBe(1);
  expect(await cache.compile(ONE, never, unending)).toMatchObject({ times: null });
  await cache.onApplicationShutdown();
});

it('does not wait for another when it is told to stop', async () => {
  const cache = opened();
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const slow = compiler(() => gate.then(() => artifact('made')));
  const first = cache.compile(ONE, slow.run, unending);
  const stopping = new AbortController();
  const second = cache.compile(ONE, never, stopping.signal);
  stopping.abort();
  await expect(second).rejects.toThrow('told to stop');
  release();
  expect(await first).toMatchObject({ times: TIMES });
  await cache.onApplicationShutdown();
});

it.each<[string, (file: string) => void]>([
  ['cut off', (file) => truncateSync(file, 60)],
  ['emptied', (file) => truncateSync(file, 0)],
  ['changed', (file) => writeFileSync(file, readFileSync(file).fill(0, 60))],
])('takes an entry that was %s for none, and replaces it', async (_, damage) => {
  const cache = opened();
  await cache.compile(ONE, compiler().run, unending);
  await cache.onApplicationShutdown();
  damage(join(directory, ONE));
  const again = compiler();
  expect(await cache.compile(ONE, again.run, unending)).toMatchObject({ times: TIMES });
  await cache.onApplicationShutdown();
  expect(await cache.compile(ONE, never, unending)).toMatchObject({ times: null });
});

const bytesBelow = () =>
  readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);

it('stays within its bound by what was not used for longest', async () => {
  const cache = opened(MIB);
  const big = Buffer.alloc(60 * KIB, 'x');
  for (let number = 1; number <= 40; number++) {
    await cache.compile(keyOf(number), compiler(() => artifact(big)).run, unending);
    await cache.onApplicationShutdown();
    expect(bytesBelow()).toBeLessThanOrEqual(MIB);
    // As if a minute passed between any two; the first one is used in each.
    const minute = new Date(Date.now() - (1_000 - number) * 60_000);
    utimesSync(join(directory, keyOf(number)), minute, minute);
    expect(await cache.compile(ONE, never, unending)).toMatchObject({ times: null });
    await cache.onApplicationShutdown();
  }
  expect(existsSync(join(directory, keyOf(2)))).toBe(false);
  expect(existsSync(join(directory, keyOf(40)))).toBe(true);
  expect(bytesBelow()).toBeGreaterThan(MIB / 2);
});

it('keeps nothing that would fill it alone', async () => {
  const cache = opened(MIB);
  const huge = compiler(() => artifact(Buffer.alloc(MIB / 4)));
  await cache.compile(ONE, huge.run, unending);
  await cache.onApplicationShutdown();
  expect(readdirSync(directory)).toEqual([]);
  await cache.compile(ONE, huge.run, unending);
  expect(huge.count).toBe(2);
});

it('compiles every time when it is turned off', async () => {
  const cache = new ArtifactCache({ directory: join(directory, 'none'), maxBytes: 0, memoryBytes: MIB });
  const each = compiler();
  await cache.compile(ONE, each.run, unending);
  expect(await cache.compile(ONE, each.run, unending)).toMatchObject({ times: TIMES });
  expect(each.count).toBe(2);
  expect(existsSync(join(directory, 'none'))).toBe(false);
});

it('goes on compiling when its directory is gone', async () => {
  const cache = opened();
  rmSync(directory, { recursive: true });
  expect(await cache.compile(ONE, compiler().run, unending)).toMatchObject({ times: TIMES });
  await cache.onApplicationShutdown();
});

it('refuses a directory that others may write to', () => {
  mkdirSync(join(directory, 'open'));
  chmodSync(join(directory, 'open'), 0o777);
  expect(
    () => new ArtifactCache({ directory: join(directory, 'open'), maxBytes: MIB, memoryBytes: 0 }),
  ).toThrow(/RUNNER_CACHE_DIR/);
});
