import { escapedBytes, unescapedBytes, utf8Length } from './bytes';

const base64 = (bytes: number[] | Buffer) => Buffer.from(bytes).toString('base64');

describe('bytes as text', () => {
  it.each<[string, number[], string]>([
    ['text', [0x61, 0xc3, 0xa9], 'aé'],
    ['a byte that begins nothing', [0x61, 0xff, 0x62], 'a\udcffb'],
    ['a character that is cut', [0xe2, 0x82], '\udce2\udc82'],
    ['a form that is too long', [0xc0, 0x80], '\udcc0\udc80'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
    ['beyond the last character', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
    ['a byte order mark', [0xef, 0xbb, 0xbf], '\ufeff'],
    ['NUL', [0], '\0'],
  ])('%s', (_, bytes, text) => {
    expect(escapedBytes(base64(bytes))).toBe(text);
    expect([...unescapedBytes(text)]).toEqual(bytes);
    expect(utf8Length(text)).toBe(bytes.length);
  });

  it('loses none of any bytes', () => {
    let seed = 7;
    for (let round = 0; round < 200; round++) {
      const bytes = Buffer.from(
        Array.from({ length: 64 }, () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16) & 255),
      );
      const text = escapedBytes(base64(bytes));
      expect(Buffer.from(unescapedBytes(text))).toEqual(bytes);
      expect(utf8Length(text)).toBe(bytes.length);
    }
  });

  it('agrees with the decoder of the platform about what is text', () => {
    for (const text of ['🎉 é 漢字 \u{10ffff}', 'plain', '']) {
      expect(escapedBytes(base64(Buffer.from(text)))).toBe(text);
      expect(Buffer.from(unescapedBytes(text)).toString()).toBe(text);
    }
  });
});
