import { LinkCodeSchema } from '@runbin/contracts/ids';
import { LinkCodes } from './link.code';

const MAX_SECRET = 2 ** 48 - 1;
const codes = new LinkCodes('a salt of the test');

describe('LinkCodes', () => {
  it.each([1, 2, 61, 4096, 999_999, 10_000_000])(
    'fits number %i with any secret into 16 characters',
    (number) => {
      for (const secret of [0, 1, 2 ** 24, MAX_SECRET - 1, MAX_SECRET]) {
        const code = codes.encode({ number, secret });
        expect(LinkCodeSchema.safeParse(code).error).toBeUndefined();
        expect(codes.decode(code)).toEqual({ number, secret });
      }
    },
  );

  it.each(['salt', 'another', 'x'.repeat(64), '1'])('keeps to 16 characters with salt %s', (salt) => {
    expect(new LinkCodes(salt).encode({ number: 10_000_000, secret: MAX_SECRET }).length).toBeLessThanOrEqual(
      16,
    );
  });

  it.each(['', 'nonsense!', 'äöü', '0', 'aaaaaaaa', ' ', '../../etc', 'a'.repeat(64), '\0'])(
    'does not decode %j, and does not throw',
    (code) => {
      expect(codes.decode(code)).toBeUndefined();
    },
  );

  it('does not decode a code of one or three numbers, or of another salt', () => {
    const other = new LinkCodes('another salt');
    expect(codes.decode(other.encode({ number: 7, secret: 123_456_789 }))).toBeUndefined();
  });

  it('refuses every other spelling of a code', () => {
    const code = codes.encode({ number: 42, secret: 281_474_976_710 });
    const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890';
    for (let position = 0; position < code.length; position++) {
      for (const letter of alphabet) {
        const other = code.slice(0, position) + letter + code.slice(position + 1);
        if (other === code) continue;
        const key = codes.decode(other);
        if (key) expect(codes.encode(key)).toBe(other);
        expect(key).not.toEqual({ number: 42, secret: 281_474_976_710 });
      }
    }
  });
});
