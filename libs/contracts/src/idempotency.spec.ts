import { randomBytes, randomUUID } from 'node:crypto';
import { isSecretKey } from './idempotency';

describe('a key that nobody else would choose', () => {
  it.each([
    ['a random UUID', randomUUID],
    ['32 hexadecimal digits', () => randomBytes(16).toString('hex')],
    ['16 hexadecimal digits', () => randomBytes(8).toString('hex')],
    ['22 letters of base64url', () => randomBytes(16).toString('base64url')],
  ])('is %s', (_, key) => {
    const keys = Array.from({ length: 50 }, key);
    expect(keys.filter((one) => !isSecretKey(one))).toEqual([]);
  });

  it.each(['1', 'retry', '2026-11-30', '1764537600000', 'a'.repeat(255), '1212121212121212', '0'.repeat(36)])(
    'is not %s',
    (key) => {
      expect(isSecretKey(key)).toBe(false);
    },
  );
});
