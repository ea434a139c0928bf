import { decodeBytes, encodeBytes, splitUtf8 } from './text';

const cases: [string, Buffer, 'utf-8' | 'base64'][] = [
  ['nothing', Buffer.alloc(0), 'utf-8'],
  ['text', Buffer.from('héllo ✓ 🎈'), 'utf-8'],
  ['NUL bytes', Buffer.from([0, 0x61, 0]), 'utf-8'],
  ['a byte order mark', Buffer.from('\ufeffx'), 'utf-8'],
  ['a cut-off sequence', Buffer.from([0x61, 0xe2, 0x9c]), 'base64'],
  ['an encoded surrogate', Buffer.from([0xed, 0xa0, 0x80]), 'base64'],
  ['every byte', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), 'base64'],
];

describe('encodeBytes', () => {
  it.each(cases)('carries %s through JSON unchanged', (_, bytes, encoding) => {
    const encoded = encodeBytes(bytes);
    expect(encoded.encoding).toBe(encoding);
    expect(decodeBytes(JSON.parse(JSON.stringify(encoded)) as typeof encoded)).toEqual(bytes);
  });
});

describe('a large text', () => {
  const MIB = 1024 * 1024;
  it.each<[string, Buffer, 'utf-8' | 'base64']>([
    ['text', Buffer.alloc(16 * MIB, 'Grüß Gott ✓').subarray(0, -1), 'utf-8'],
    ['lines', Buffer.alloc(16 * MIB, 'y\n'), 'utf-8'],
    ['a MB of NUL', Buffer.alloc(MIB), 'utf-8'],
    ['NUL', Buffer.alloc(16 * MIB), 'base64'],
    ['quotes', Buffer.alloc(16 * MIB, '"'), 'base64'],
    ['other control characters', Buffer.alloc(2 * MIB, '\x1b'), 'base64'],
  ])('of %s stays bearable in JSON', (_, bytes, encoding) => {
    const encoded = encodeBytes(bytes);
    expect(encoded.encoding).toBe(encoding);
    const form = JSON.stringify(encoded);
    expect(form.length).toBeLessThan(Math.max((bytes.length * 3) / 2, bytes.length + 8 * MIB) + 100);
    expect(decodeBytes(JSON.parse(form) as typeof encoded).equals(bytes)).toBe(true);
  });
});

describe('splitUtf8', () => {
  it('cuts text anywhere without cutting a character', () => {
    const text = Buffer.from('aé✓🎈 \u0000\ud7ff\ue000\u{10ffff}z');
    for (let at = 0; at <= text.length; at++) {
      const [whole, rest] = splitUtf8(text.subarray(0, at));
      expect(Buffer.concat([whole, rest])).toEqual(text.subarray(0, at));
      expect(encodeBytes(whole).encoding).toBe('utf-8');
      expect(rest.length).toBeLessThan(4);
      expect(splitUtf8(Buffer.concat([rest, text.subarray(at)]))).toEqual([
        Buffer.concat([rest, text.subarray(at)]),
        Buffer.alloc(0),
      ]);
    }
  });

  it.each([
    ['nothing', []],
    ['a byte that begins no character', [0x61, 0xff]],
    ['an overlong beginning', [0xc0]],
    ['continuations of nothing', [0x80, 0x80, 0x80, 0x80]],
    ['a character with too many continuations', [0xc3, 0xa9, 0xa9]],
  ])('holds nothing back of %s: no rest would mend it', (_, bytes) => {
    expect(splitUtf8(Buffer.from(bytes))).toEqual([Buffer.from(bytes), Buffer.alloc(0)]);
  });
});
