import { Random } from './random.mjs';
import { schedule } from './schedule.mjs';

const KINDS = [
  { kind: 'rare', weight: 1 },
  { kind: 'common', weight: 9 },
];

function firstOf(seed: string, count: number) {
  const steps = schedule(KINDS, new Random(seed));
  return Array.from({ length: count }, () => {
    const { number, pauseMs, faults } = steps.next().value;
    return { number, pauseMs, faults: faults.map(({ fault, random }) => [fault.kind, random.fraction()]) };
  });
}

describe('the schedule of faults', () => {
  it('is the same for the same seed, with all that they decide by chance', () => {
    expect(firstOf('a', 50)).toEqual(firstOf('a', 50));
  });

  it('is another one for another seed', () => {
    expect(firstOf('a', 50)).not.toEqual(firstOf('b', 50));
  });

  it('has each kind as often as its weight says', () => {
    const kinds = firstOf('a', 2_000).flatMap(({ faults }) => faults.map(([kind]) => kind));
    const share = kinds.filter((kind) => kind === 'common').length / kinds.length;
    expect(share).toBeCloseTo(0.9, 1);
  });
});

describe('random numbers', () => {
  it('of a fork do not depend on how far the first sequence was read', () => {
    const one = new Random('seed');
    const other = new Random('seed');
    other.fraction();
    expect(one.fork('x').fraction()).toBe(other.fork('x').fraction());
  });

  it('reach both ends of a range, and nothing beyond', () => {
    const random = new Random('seed');
    const seen = new Set(Array.from({ length: 500 }, () => random.between(3, 6)));
    expect([...seen].sort()).toEqual([3, 4, 5, 6]);
  });

  it('take none twice', () => {
    expect(new Random('seed').some([1, 2, 3], 5).sort()).toEqual([1, 2, 3]);
  });
});
