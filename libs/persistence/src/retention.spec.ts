import { v7 as uuidv7 } from 'uuid';
import { firstIdAt, Retention } from './retention';

const DAY_MS = 24 * 3_600_000;

describe('firstIdAt', () => {
  it.each([0, 1, 1_763_700_000_000, 2 ** 47])(
    'stands before every id of moment %i, and after those of before',
    (msecs) => {
      const bound = firstIdAt(new Date(msecs));
      const ids = Array.from({ length: 50 }, () => uuidv7({ msecs }));
      expect(ids.every((id) => id > bound)).toBe(true);
      if (msecs > 0) expect(uuidv7({ msecs: msecs - 1 }) < bound).toBe(true);
    },
  );
});

/** Removes from a list, a batch at a time. */
function tableOf(ids: string[]) {
  const rows = new Set(ids);
  return {
    rows,
    findExpired: (_before: Date, after: string, limit: number) =>
      Promise.resolve(
        [...rows]
          .sort()
          .filter((id) => id > after)
          .slice(0, Math.min(limit, 2)),
      ),
    remove: (gone: readonly string[]) => Promise.resolve(gone.forEach((id) => rows.delete(id))),
  };
}

describe('Retention', () => {
  it('goes through everything once, and keeps what is linked', async () => {
    const table = tableOf(['a', 'b', 'c', 'd', 'e']);
    const linked = (ids: readonly string[]) => Promise.resolve(ids.filter((id) => 'ac'.includes(id)));
    await new Retention(table, 1, linked).runNow();
    expect([...table.rows]).toEqual(['a', 'c']);
  });

  it('removes nothing when it can not be told what is linked', async () => {
    const table = tableOf(['a', 'b']);
    await new Retention(table, 1, () => Promise.reject(new Error('away'))).runNow();
    expect(table.rows.size).toBe(2);
  });

  it('counts in days from now', async () => {
    const asked: Date[] = [];
    const store = {
      findExpired: (before: Date) => {
        asked.push(before);
        return Promise.resolve([]);
      },
      remove: () => Promise.resolve(),
    };
    await new Retention(store, 30, () => Promise.resolve([])).runNow();
    expect(Math.abs(Date.now() - 30 * DAY_MS - (asked[0]?.getTime() ?? 0))).toBeLessThan(60_000);
  });
});
