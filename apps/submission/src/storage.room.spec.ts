import { tmpdir } from 'node:os';
import { Admission } from './admission';
import type { AdmissionStore } from './admission.store';
import { StorageRoom, type StorageOptions } from './storage.room';

const room = (change: Partial<StorageOptions>) =>
  new StorageRoom({
    ...{ directories: [tmpdir()], freeBytesMin: 0, databaseBytesMax: 0 },
    databaseBytes: () => Promise.resolve(1000 * 1024 * 1024),
    ...change,
  });

describe('room for new work', () => {
  it.each([
    ['nothing is bounded', {}],
    ['a byte must be free', { freeBytesMin: 1 }],
    ['the database is at its bound', { databaseBytesMax: 1000 * 1024 * 1024 }],
  ])('is there when %s', async (_, change) => {
    await expect(room(change).check()).resolves.toBeUndefined();
  });

  it.each([
    ['has \\d+ MiB free, and new work needs 1048576 MiB', { freeBytesMin: 2 ** 40 }],
    [
      'the database has 1000 MiB, and new work is taken up to 999 MiB',
      { databaseBytesMax: 999 * 1024 * 1024 },
    ],
  ])('is not there: %s; then submitting is refused', async (words, change) => {
    const full = room(change);
    await expect(full.check()).rejects.toThrow(new RegExp(words));
    const admission = new Admission({} as AdmissionStore, 10, 10, 0, full);
    const store = jest.fn();
    await expect(admission.admit('a', store, () => true)).rejects.toMatchObject({ code: 'storage_full' });
    expect([store.mock.calls, admission.isClosed]).toEqual([[], true]);
  });
});
