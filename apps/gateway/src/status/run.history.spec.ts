import type { FinalStatus } from '@runbin/contracts/status';
import type { ResultReady } from '@runbin/contracts/work';
import { v7 as uuidv7 } from 'uuid';
import type { ResultWaiters } from '../waiting/result.waiters';
import { RunHistory } from './run.history';

const BUCKET_MS = 10_000;

let announce: (ready: ResultReady) => void;
let history: RunHistory;

beforeEach(() => {
  jest.useFakeTimers();
  untilNextBucket();
  history = new RunHistory({
    onAnnounced: (listener: typeof announce) => (announce = listener),
  } as unknown as ResultWaiters);
  history.onModuleInit();
  untilNextBucket();
});
afterEach(() => jest.useRealTimers());

function untilNextBucket(): void {
  const sinceMs = (performance.timeOrigin + performance.now()) % BUCKET_MS;
  jest.advanceTimersByTime(Math.ceil(BUCKET_MS - sinceMs));
}

/** A run that took so long has ended now. */
function end(tookMs: number, status: FinalStatus = 'succeeded'): void {
  const submission_id = uuidv7({ msecs: Date.now() - tookMs });
  announce({ submission_id, final: true, run: { status, language: 'python' } });
}

const runs = () => history.read().buckets.map((bucket) => bucket.runs);

it('has no past before it has heard for as long as a bucket', () => {
  end(1);
  expect(history.read()).toEqual({
    bucket_ms: BUCKET_MS,
    buckets: [],
    last_minute: { runs: 0, internal_errors: 0, latency_ms: null },
  });
});

it('counts what has ended in each bucket that is over, and how long it took', () => {
  for (const ms of [10, 10, 10, 500]) end(ms);
  end(10, 'internal_error');
  untilNextBucket();
  end(10);
  const [bucket, ...others] = history.read().buckets;
  expect(others).toEqual([]);
  expect(bucket).toMatchObject({ runs: 5, internal_errors: 1 });
  expect(Math.abs((bucket?.latency_ms?.p50 ?? 0) - 10)).toBeLessThan(1);
  expect(Math.abs((bucket?.latency_ms?.p95 ?? 0) - 500)).toBeLessThan(25);
  expect(Date.parse(bucket?.at ?? '') % BUCKET_MS).toBe(0);
  untilNextBucket();
  expect(runs()).toEqual([5, 1]);
});

it('says that nothing has happened where nothing has', () => {
  end(1);
  untilNextBucket();
  untilNextBucket();
  expect(history.read().buckets[1]).toMatchObject({ runs: 0, internal_errors: 0, latency_ms: null });
});

it('keeps ten minutes, and forgets what was before', () => {
  for (let bucket = 0; bucket < 130; bucket++) {
    for (let run = 0; run <= bucket % 7; run++) end(1);
    untilNextBucket();
  }
  expect(runs()).toEqual(Array.from({ length: 60 }, (_, n) => ((n + 70) % 7) + 1));
  expect(history.read().last_minute.runs).toBe(
    runs()
      .slice(-6)
      .reduce((sum, n) => sum + n, 0),
  );
  jest.advanceTimersByTime(3_600_000);
  expect(runs()).toEqual(Array.from({ length: 60 }, () => 0));
});

it('does not count what has only begun, was known before, or was deleted', () => {
  announce({ submission_id: uuidv7(), final: false });
  announce({ submission_id: uuidv7(), final: true });
  untilNextBucket();
  expect(runs()).toEqual([0]);
});

it('counts a run whose id does not tell when it was accepted', () => {
  announce({
    submission_id: '1b4e28ba-2fa1-4d2b-a3f5-ef19b5a7633b',
    final: true,
    run: { status: 'succeeded', language: 'c' },
  });
  untilNextBucket();
  expect(history.read().buckets).toMatchObject([{ runs: 1, latency_ms: null }]);
});
