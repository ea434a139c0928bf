import { Latencies } from './latencies';

const of = (...values: number[]) => {
  const latencies = new Latencies();
  for (const value of values) latencies.add(value);
  return latencies;
};

it('knows nothing of nothing', () => {
  expect(of().quantile(0.5)).toBeUndefined();
});

it.each([1, 3, 17.5, 250, 9_999, 3_600_000])('tells %d ms within 5 %%', (ms) => {
  const told = of(ms).quantile(0.5) ?? NaN;
  expect(Math.abs(told / ms - 1)).toBeLessThan(0.05);
});

it('tells the part that is asked for', () => {
  const hundred = of(...Array.from({ length: 100 }, (_, n) => n + 1));
  for (const [part, wanted] of [
    [0.01, 1],
    [0.5, 50],
    [0.95, 95],
    [1, 100],
  ] as const) {
    expect(Math.abs((hundred.quantile(part) ?? NaN) / wanted - 1)).toBeLessThan(0.05);
  }
});

it('counts what is below a millisecond, before its time, or longer than anything', () => {
  expect(of(0.1, 0, -5).quantile(1)).toBeLessThan(1.1);
  expect(of(Number.MAX_SAFE_INTEGER).quantile(0.5)).toBeGreaterThan(10_000_000);
});

it('can be put together, and emptied', () => {
  const both = of(10, 10);
  both.include(of(1_000));
  expect(both.quantile(0.5)).toBeLessThan(11);
  expect(both.quantile(0.9)).toBeGreaterThan(950);
  both.clear();
  expect(both.quantile(0.5)).toBeUndefined();
});
