import { MicroBatch } from './micro.batch';

/** A write that ends when it is told to. */
function heldWrites() {
  const batches: string[][] = [];
  const releases: (() => void)[] = [];
  const write = (items: string[]) => {
    batches.push(items);
    return new Promise<void>((resolve) => releases.push(resolve));
  };
  return { batches, write, release: () => releases.shift()?.() };
}

/** Lets everything that is only waiting for the next turn happen. */
const turn = async () => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('MicroBatch', () => {
  it('writes what arrives during a write together in the next one', async () => {
    const { batches, write, release } = heldWrites();
    const batch = new MicroBatch(write, { maxItems: 10 });
    batch.add('a');
    await turn();
    batch.add('b');
    batch.add('c');
    await turn();
    expect(batches).toEqual([['a']]);
    release();
    await turn();
    expect(batches).toEqual([['a'], ['b', 'c']]);
    release();
    await batch.idle();
  });

  it('keeps within its bounds, but writes one item whatever its size', async () => {
    const batches: string[][] = [];
    const batch = new MicroBatch<string>((items) => Promise.resolve(void batches.push(items)), {
      maxItems: 3,
      maxBytes: 4,
      bytesOf: (item) => item.length,
    });
    for (const item of ['a', 'b', 'c', 'd', 'huge one', 'ee', 'ff']) batch.add(item);
    await batch.idle();
    expect(batches).toEqual([['a', 'b', 'c'], ['d'], ['huge one'], ['ee', 'ff']]);
  });

  it('takes an item that is added at the very end of a run', async () => {
    const written: string[] = [];
    const batch = new MicroBatch<string>(
      (items) => {
        written.push(...items);
        // Resolves in the microtask after which the run looks for more, or ends.
        if (items.includes('first'))
          void Promise.resolve()
            .then(() => Promise.resolve())
            .then(() => batch.add('last'));
        return Promise.resolve();
      },
      { maxItems: 1 },
    );
    batch.add('first');
    await turn();
    await batch.idle();
    expect(written).toEqual(['first', 'last']);
  });
});
