import { Budget } from './budget';

const bounded = (id: string) => ({ id, isBounded: true });

describe('Budget', () => {
  it('bounds each client and all together, to the byte', () => {
    const budget = new Budget(100, 40);
    expect(typeof budget.take(bounded('a'), 40)).toBe('object');
    expect(budget.take(bounded('a'), 1)).toBe('client');
    expect(typeof budget.take(bounded('b'), 40)).toBe('object');
    expect(typeof budget.take(bounded('c'), 20)).toBe('object');
    expect(budget.take(bounded('d'), 1)).toBe('total');
    expect(budget.inUse).toBe(100);
  });

  it('gets back what is given back, once', () => {
    const budget = new Budget(10, 10);
    const share = budget.take(bounded('a'), 10);
    if (typeof share === 'string') throw new Error(share);
    share[Symbol.dispose]();
    share[Symbol.dispose]();
    expect(budget.inUse).toBe(0);
    expect(typeof budget.take(bounded('a'), 10)).toBe('object');
  });

  it('gives one to who holds nothing, whatever its size', () => {
    const budget = new Budget(10, 5);
    expect(typeof budget.take(bounded('a'), 50)).toBe('object');
    expect(budget.take(bounded('b'), 1)).toBe('total');
  });

  it('bounds this machine by the whole only', () => {
    const budget = new Budget(100, 10);
    const local = { id: '127.0.0.1', isBounded: false };
    expect(typeof budget.take(local, 60)).toBe('object');
    expect(typeof budget.take(local, 40)).toBe('object');
    expect(budget.take(local, 1)).toBe('total');
  });
});
