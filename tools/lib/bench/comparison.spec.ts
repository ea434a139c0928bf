import { COMPARISON_HEAD, comparisonLine, orderOf, ratiosOf, spreadOf, verdictOf } from './comparison.mjs';

const turn = (p50Ms: number, perSecond: number) => ({ durationsMs: [p50Ms], perSecond });
const same = (value: number) => ({ min: value, median: value, max: value });

describe('the order of turns', () => {
  it('is turned round every second time', () => {
    expect([0, 1, 2, 3].map((at) => orderOf(at, ['a', 'b', 'c']).join(''))).toEqual([
      'abc',
      'cba',
      'abc',
      'cba',
    ]);
  });

  it('lets a machine that gets slower meet both alike', () => {
    let now = 100;
    const durations: Record<string, number[]> = { a: [], b: [] };
    for (let at = 0; at < 6; at++)
      for (const name of orderOf(at, ['a', 'b'])) durations[name]?.push((now += 10));
    const turnsOf = (name: string) => (durations[name] ?? []).map((ms) => turn(ms, 1000 / ms));
    const { p50, perSecond } = ratiosOf(turnsOf('a'), turnsOf('b'));
    expect(p50.median).toBeCloseTo(1, 1);
    expect(perSecond.median).toBeCloseTo(1, 1);
    expect(p50.min).toBeLessThan(1);
    expect(p50.max).toBeGreaterThan(1);
  });
});

describe('the spread of ratios', () => {
  it.each([
    [[3], { min: 3, median: 3, max: 3 }],
    [[10, 9, 1], { min: 1, median: 9, max: 10 }],
    [[4, 1, 2, 10], { min: 1, median: 3, max: 10 }],
    [[], { min: NaN, median: NaN, max: NaN }],
  ])('of %j', (values, expected) => {
    expect(spreadOf(values)).toEqual(expected);
  });

  it('compares each turn with the one beside it', () => {
    const ours = [turn(10, 100), turn(40, 25)];
    const theirs = [turn(20, 50), turn(20, 50)];
    expect(ratiosOf(ours, theirs)).toEqual({
      p50: { min: 0.5, median: 1.25, max: 2 },
      perSecond: { min: 0.5, median: 1.25, max: 2 },
    });
  });
});

describe('the verdict of a row', () => {
  const options = { allow: 0.05, paused: false };
  it.each([
    ['as fast', 1, 1, options, 'not slower'],
    ['faster', 0.5, 2, options, 'not slower'],
    ['just allowed', 1.05, 1 / 1.05, options, 'not slower'],
    ['later', 1.06, 1, options, 'slower: p50 is 1.060 times theirs (allowed: 1.050)'],
    ['fewer', 1, 0.95, options, 'slower: runs/s are 0.950 times theirs (allowed: 0.952)'],
    ['both', 1.2, 0.8, options, /^slower: p50 is 1\.200 .*, runs\/s are 0\.800 /],
    ['fewer, by the pauses of the client', 1, 0.5, { ...options, paused: true }, 'not slower'],
    ['later, which is allowed', 1.2, 0.85, { ...options, allow: 0.2 }, 'not slower'],
    ['a little later, with nothing allowed', 1.001, 1, { ...options, allow: 0 }, /^slower/],
    ['nothing measured', NaN, NaN, options, /^slower/],
  ])('%s', (_, p50, perSecond, given, sentence) => {
    const verdict = verdictOf({ p50: same(p50), perSecond: same(perSecond) }, given);
    expect(verdict.sentence).toMatch(sentence);
    expect(verdict.isSlower).toBe(verdict.sentence !== 'not slower');
  });
});

describe('a line of the table', () => {
  const ours = [turn(30, 20), turn(33, 22)];
  const theirs = [turn(20, 30), turn(22, 33)];

  it('has both figures, their ratios and the verdict', () => {
    const { line, isSlower } = comparisonLine('python, 8', 'before', ours, theirs, {
      allow: 0.05,
      paused: false,
    });
    expect(line).toBe(
      '| python, 8 | before | 30.0 | 20.0 | 1.50 (1.50 to 1.50) | 21.0 | 31.5 | 0.67 (0.67 to 0.67) ' +
        '| slower: p50 is 1.500 times theirs (allowed: 1.050), runs/s are 0.667 times theirs (allowed: 0.952) |',
    );
    expect(isSlower).toBe(true);
  });

  it('has as many cells as the head, with and without pauses', () => {
    const cells = (line: string) => line.split('|').length;
    for (const paused of [true, false]) {
      const { line } = comparisonLine('a', 'b', ours, theirs, { allow: 1, paused });
      expect([...new Set([line, ...COMPARISON_HEAD].map(cells))]).toHaveLength(1);
    }
  });
});
