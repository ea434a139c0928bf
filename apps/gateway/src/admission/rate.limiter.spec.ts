import { RateLimiter } from './rate.limiter';

describe('RateLimiter', () => {
  const burst = (limiter: RateLimiter, count: number, nowMs: number) =>
    Array.from({ length: count }, () => limiter.take('a', nowMs)).filter(({ allowed }) => allowed).length;

  it('lets a burst through, then one per interval, and says when', () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 5 });
    expect(burst(limiter, 20, 1_000)).toBe(5);
    expect(limiter.take('a', 1_000)).toEqual({ allowed: false, remaining: 0, fullInMs: 500, retryInMs: 100 });
    expect(limiter.take('a', 1_099).allowed).toBe(false);
    expect(limiter.take('a', 1_100).allowed).toBe(true);
    expect(burst(limiter, 20, 1_400)).toBe(3);
    expect(burst(limiter, 20, 60_000)).toBe(5);
  });

  it('is not moved by what it refuses', () => {
    const limiter = new RateLimiter({ perSecond: 1, burst: 1 });
    limiter.take('a', 0);
    for (let nowMs = 1; nowMs < 1_000; nowMs++) expect(limiter.take('a', nowMs).allowed).toBe(false);
    expect(limiter.take('a', 1_000).allowed).toBe(true);
  });

  it('holds the rate over an hour of asking all the time', () => {
    const limiter = new RateLimiter({ perSecond: 3, burst: 7 });
    let allowed = 0;
    for (let nowMs = 0; nowMs < 3_600_000; nowMs += 50) if (limiter.take('a', nowMs).allowed) allowed++;
    expect(Math.abs(allowed - (3 * 3_600 + 7))).toBeLessThanOrEqual(2);
  });

  it('tells what remains, and clients apart', () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 3 });
    expect([1, 2, 3].map(() => limiter.take('a', 0).remaining)).toEqual([2, 1, 0]);
    expect(limiter.take('b', 0)).toMatchObject({ allowed: true, remaining: 2 });
  });

  it('counts what was let through elsewhere, never beyond the burst', () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 5 });
    for (let noted = 0; noted < 3; noted++) limiter.note('a', 0);
    expect(burst(limiter, 10, 0)).toBe(2);
    for (let noted = 0; noted < 1_000; noted++) limiter.note('a', 0);
    expect(limiter.take('a', 0).retryInMs).toBeCloseTo(100);
  });

  it('takes what costs more for as many, and what costs a part for a part', () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 10 });
    expect(limiter.take('a', 0, 5)).toMatchObject({ allowed: true, remaining: 5, fullInMs: 500 });
    expect(limiter.take('a', 0, 6)).toMatchObject({ allowed: false, retryInMs: 100 });
    expect(limiter.take('a', 0, 0.5)).toMatchObject({ allowed: true, remaining: 4 });
    limiter.note('a', 0, 1_000);
    expect(limiter.take('a', 0, 0.1).allowed).toBe(false);
    expect(limiter.take('a', 1_000, 1_000)).toMatchObject({ allowed: true, remaining: 0, fullInMs: 1_000 });
  });

  it('forgets who has waited, and bounds how many it remembers', () => {
    const limiter = new RateLimiter({ perSecond: 10, burst: 5 });
    for (let client = 0; client < 1_000; client++) limiter.take(`early ${client}`, 0);
    limiter.take('late', 200);
    expect(limiter.size).toBe(1);
    for (let client = 0; client < 60_000; client++) limiter.take(`many ${client}`, 200);
    expect(limiter.size).toBe(50_000);
  });
});
