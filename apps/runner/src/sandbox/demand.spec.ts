import { Demand } from './demand';

describe('Demand', () => {
  let now = 0;
  const advance = (ms: number) => (now += ms);
  const demand = () => new Demand(() => now);

  it('wants one ready of what is rarely asked for', () => {
    const rare = demand();
    expect(rare.atOnce()).toBe(1);
    rare.arrive();
    advance(60_000);
    expect(rare.atOnce()).toBeLessThanOrEqual(2);
    expect(rare.idleMs()).toBe(60_000);
  });

  it('wants more, the more often it is asked for and the longer preparing takes', () => {
    const often = demand();
    for (let i = 0; i < 400; i++) {
      often.arrive();
      advance(50); // 20 a second
    }
    const quick = often.atOnce();
    expect(quick).toBeGreaterThan(2);
    for (let i = 0; i < 30; i++) often.prepared(500);
    // 10 arrive meanwhile, give or take two deviations.
    expect(often.atOnce()).toBeGreaterThan(14);
    expect(often.atOnce()).toBeLessThan(20);
  });

  it('remembers a burst for minutes', () => {
    const bursty = demand();
    for (let i = 0; i < 30; i++) bursty.arrive();
    expect(bursty.inABurst()).toBe(30);
    advance(60_000);
    bursty.arrive(); // one at a time is no burst, and does not make the last one forgotten
    expect(bursty.inABurst()).toBeGreaterThan(20);
    expect(bursty.inABurst()).toBeLessThan(30);
    advance(20 * 60_000);
    expect(bursty.inABurst()).toBe(1);
  });

  it('forgets', () => {
    const busy = demand();
    for (let i = 0; i < 400; i++) {
      busy.arrive();
      advance(10);
    }
    const before = busy.atOnce();
    advance(120_000);
    expect(busy.atOnce()).toBeLessThan(before);
    expect(busy.atOnce()).toBeLessThanOrEqual(2);
  });
});
