import { base64Line, ByteRows, hexLine } from './byte.rows';

const bytes = (text: string) => new TextEncoder().encode(text);

it('reads rows across the pieces that the bytes came in', () => {
  const rows = new ByteRows(4);
  for (const piece of ['ab', '', 'cdefg', 'h', 'i']) rows.append(bytes(piece));
  expect(rows.rowCount).toBe(3);
  expect(rows.byteCount).toBe(9);
  expect([0, 1, 2].map((row) => new TextDecoder().decode(rows.row(row)))).toEqual(['abcd', 'efgh', 'i']);
});

it('writes a line of a dump', () => {
  expect(hexLine(bytes('hello\n\u0000é'), 0x1f0)).toEqual({
    offset: '000001f0',
    hex: '68 65 6c 6c 6f 0a 00 c3  a9                     ',
    ascii: 'hello....',
  });
});

it('writes base64', () => {
  expect(base64Line(Uint8Array.of(0, 255, 254))).toBe('AP/+');
});
