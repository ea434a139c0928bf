import { Permits } from './permits';

describe('Permits', () => {
  it('hands out so many and lets the next wait', async () => {
    const permits = new Permits(2);
    const first = await permits.take();
    await permits.take();
    expect(permits.free).toBe(0);
    const waiting = jest.fn();
    const third = permits.take().then(waiting);
    await Promise.resolve();
    expect(waiting).not.toHaveBeenCalled();
    first[Symbol.dispose]();
    await third;
    expect(permits.free).toBe(0);
  });

  it('serves waiters in order', async () => {
    const permits = new Permits(1);
    const held = await permits.take();
    const served: number[] = [];
    const waiters = [1, 2, 3].map(async (number) => {
      using _permit = await permits.take();
      served.push(number);
    });
    held[Symbol.dispose]();
    await Promise.all(waiters);
    expect(served).toEqual([1, 2, 3]);
  });

  it('giving back twice gives back once', async () => {
    const permits = new Permits(1);
    const permit = await permits.take();
    permit[Symbol.dispose]();
    permit[Symbol.dispose]();
    expect(permits.free).toBe(1);
  });

  it('whenFree tells only once there is one, and leaves it', async () => {
    const permits = new Permits(1);
    const permit = await permits.take();
    let told = false;
    const telling = permits.whenFree().then(() => (told = true));
    await Promise.resolve();
    expect(told).toBe(false);
    permit[Symbol.dispose]();
    await telling;
    expect(permits.free).toBe(1);
  });

  it('tells all who watch, and none when the permit goes to a waiter', async () => {
    const permits = new Permits(1);
    const first = await permits.take();
    const taken = permits.take();
    let told = 0;
    const watching = [1, 2].map(() => permits.whenFree().then(() => told++));
    first[Symbol.dispose]();
    const second = await taken;
    expect(told).toBe(0);
    second[Symbol.dispose]();
    await Promise.all(watching);
    expect(told).toBe(2);
  });
});
