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

  describe('with two lanes', () => {
    it('serves them in turns, so that who is alone in one is next', async () => {
      const permits = new Permits(1);
      const held = await permits.take();
      const served: string[] = [];
      const wait = async (name: string, lane: 'light' | 'bulk') => {
        using _permit = await permits.take(lane);
        served.push(name);
      };
      const flood = Array.from({ length: 5 }, (_, number) => wait(`bulk ${number}`, 'bulk'));
      const single = wait('light', 'light');
      held[Symbol.dispose]();
      await Promise.all([...flood, single]);
      expect(served).toEqual(['light', 'bulk 0', 'bulk 1', 'bulk 2', 'bulk 3', 'bulk 4']);
    });

    it('does not let a flood of light work stop the rest', async () => {
      const permits = new Permits(1);
      const held = await permits.take();
      const served: string[] = [];
      const wait = async (lane: 'light' | 'bulk') => {
        using _permit = await permits.take(lane);
        served.push(lane);
      };
      const waiters = (['light', 'light', 'light', 'bulk', 'bulk'] as const).map(wait);
      held[Symbol.dispose]();
      await Promise.all(waiters);
      expect(served).toEqual(['light', 'bulk', 'light', 'bulk', 'light']);
    });

    it('lets light work be looked for while only the rest waits', async () => {
      const permits = new Permits(1);
      await permits.take();
      const told: string[] = [];
      void permits.whenFree('light').then(() => told.push('light'));
      void permits.whenFree('bulk').then(() => told.push('bulk'));
      await new Promise(setImmediate);
      expect(told).toEqual([]);
      void permits.take('bulk');
      await new Promise(setImmediate);
      expect(told).toEqual(['light']);
      void permits.take('light');
      void permits.whenFree('light').then(() => told.push('light again'));
      await new Promise(setImmediate);
      expect(told).toEqual(['light']);
    });
  });
});
