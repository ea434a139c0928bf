import { decodeBytes, encodeBytes } from './text';

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
