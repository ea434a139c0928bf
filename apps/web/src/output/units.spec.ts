import { byteText, countText, durationText } from './units';

it.each([
  [0.4, '<1 ms'],
  [1, '1 ms'],
  [12.4, '12 ms'],
  [999.6, '1.0 s'],
  [5000, '5.0 s'],
  [59_960, '1 min 0 s'],
  [125_000, '2 min 5 s'],
])('%d ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1536, '1.5 KiB'],
  [1024 * 1024 - 1, '1 MiB'],
  [256 * 1024 * 1024, '256 MiB'],
  [5 * 1024 ** 4, '5120 GiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(byteText(bytes)).toBe(text);
});

it('parts large numbers', () => {
  expect(countText(1234567)).toBe('1,234,567');
});
