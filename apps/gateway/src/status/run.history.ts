import { Injectable, type OnModuleInit } from '@nestjs/common';
import { acceptedAt } from '@runbin/contracts/ids';
import type { Traffic } from '@runbin/contracts/service.status';
import type { ResultReady } from '@runbin/contracts/work';
import { ResultWaiters } from '../waiting/result.waiters';
import { Latencies } from './latencies';

const BUCKET_MS = 10_000;
const BUCKETS = 60;
const BUCKETS_OF_A_MINUTE = 6;

interface Bucket {
  /** Number since 1970; what is here of another number is over. */
  number: number;
  runs: number;
  internalErrors: number;
  readonly latencies: Latencies;
}

/** The time of day, by the monotonic clock: a clock that is set does not tear the history. */
const now = () => performance.timeOrigin + performance.now();

/** What this gateway has heard of runs in the last minutes. It hears of all of them, as long as it reaches the broker. */
@Injectable()
export class RunHistory implements OnModuleInit {
  /** One more than are told: the last is not over yet. */
  private readonly ring = Array.from({ length: BUCKETS + 1 }, (): Bucket => {
    return { number: -1, runs: 0, internalErrors: 0, latencies: new Latencies() };
  });
  private readonly first = Math.floor(now() / BUCKET_MS) + 1;

  constructor(private readonly waiters: ResultWaiters) {}

  onModuleInit(): void {
    this.waiters.onAnnounced((ready) => this.note(ready));
  }

  read(): Traffic {
    const present = Math.floor(now() / BUCKET_MS);
    const from = Math.max(present - BUCKETS, this.first);
    const numbers = Array.from({ length: Math.max(present - from, 0) }, (_, n) => from + n);
    return {
      bucket_ms: BUCKET_MS,
      buckets: numbers.map((number) => ({
        at: new Date(number * BUCKET_MS).toISOString(),
        ...told([this.bucket(number)]),
      })),
      last_minute: told(numbers.slice(-BUCKETS_OF_A_MINUTE).map((number) => this.bucket(number))),
    };
  }

  private note({ submission_id, run }: ResultReady): void {
    if (!run) return;
    const at = now();
    const bucket = this.bucket(Math.floor(at / BUCKET_MS));
    bucket.runs++;
    if (run.status === 'internal_error') bucket.internalErrors++;
    const accepted = acceptedAt(submission_id);
    // The id was made by the clock of the day.
    if (accepted !== undefined) bucket.latencies.add(Date.now() - accepted);
  }

  private bucket(number: number): Bucket {
    const bucket = this.ring[number % this.ring.length];
    if (!bucket) throw new RangeError(`there is no bucket ${number}`);
    if (bucket.number !== number) {
      Object.assign(bucket, { number, runs: 0, internalErrors: 0 });
      bucket.latencies.clear();
    }
    return bucket;
  }
}

function told(buckets: readonly Bucket[]): Traffic['last_minute'] {
  const latencies = new Latencies();
  for (const bucket of buckets) latencies.include(bucket.latencies);
  const [p50, p95] = [latencies.quantile(0.5), latencies.quantile(0.95)];
  return {
    runs: buckets.reduce((sum, { runs }) => sum + runs, 0),
    internal_errors: buckets.reduce((sum, { internalErrors }) => sum + internalErrors, 0),
    latency_ms: p50 === undefined || p95 === undefined ? null : { p50: round(p50), p95: round(p95) },
  };
}

const round = (ms: number) => Number(ms.toPrecision(3));
