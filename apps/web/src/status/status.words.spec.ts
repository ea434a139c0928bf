import type { GetStatusResponse, RunnerStatus } from '@runbin/contracts/service.status';
import { headlineOf, keptReady, parkedLanguages, weaknessesOf } from './status.words';

const RUNNER: RunnerStatus = {
  ...{ name: 'a1', ready: true, reason: null, engine: 'bubblewrap', degraded: [] },
  permits: { total: 2, free: 2 },
  languages: [{ id: 'python', version: '3.11.2' }],
  pool: { parked: { lua: 1, python: 3, ruby: 0, bash: 1 }, empty: 2, memory_bytes: 1 },
};

const status = (change: Partial<GetStatusResponse> = {}): GetStatusResponse => ({
  at: '2026-11-21T10:00:00.000Z',
  status: 'ok',
  services: [
    { name: 'gateway', ok: true, message: 'ok' },
    { name: 'url', ok: true, message: 'ok' },
  ],
  degraded: [],
  runners: [RUNNER],
  queue: { unfinished: 0, unfinished_max: 10, languages: [] },
  traffic: {
    bucket_ms: 10_000,
    buckets: [],
    last_minute: { runs: 0, internal_errors: 0, latency_ms: null },
  },
  ...change,
});

it('says in one line how it is', () => {
  expect(headlineOf(status())).toEqual({ tone: 'good', text: 'Everything works' });
  const services = [{ name: 'url', ok: false, message: 'does not answer' } as const];
  expect(headlineOf(status({ services }))).toEqual({ tone: 'bad', text: 'Not working: url' });
  const queue = { unfinished: 10, unfinished_max: 10, languages: [] };
  expect(headlineOf(status({ queue })).text).toMatch(/^The queue is full/);
  expect(headlineOf(status({ queue: null })).tone).toBe('good');
  const runners = [RUNNER, { ...RUNNER, name: 'b2', ready: false, reason: 'stopping' }];
  expect(headlineOf(status({ runners }))).toEqual({
    tone: 'wait',
    text: 'Working; 1 of 2 runners take no work',
  });
});

it('says each weakness once, and whose it is', () => {
  const runners = ['a', 'b'].map((name) => ({ ...RUNNER, name, degraded: ['no cgroup'] }));
  expect(weaknessesOf(status({ degraded: ['old nats'], runners }))).toEqual([
    { mode: 'old nats', of: [] },
    { mode: 'no cgroup', of: ['a', 'b'] },
  ]);
});

it('says what is kept ready, as far as it is told', () => {
  expect(keptReady(RUNNER)).toBe('5 started, 2 empty');
  expect(keptReady({ ...RUNNER, pool: null })).toBe('not told');
  expect(parkedLanguages(RUNNER)).toEqual([
    ['python', 3],
    ['bash', 1],
    ['lua', 1],
  ]);
  expect(parkedLanguages({ ...RUNNER, pool: null })).toEqual([]);
});
