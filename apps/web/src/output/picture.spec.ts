import { MAX_PIXELS, picturesIn, pixelSize } from './picture';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const GIF = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
const base64 = (...parts: (string | number[])[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  ).toString('base64');

describe('picturesIn', () => {
  it('finds a picture within a line', () => {
    const line = `plot: data:image/png;base64,${PNG} done`;
    const [picture] = picturesIn(line);
    expect(picture).toMatchObject({ format: 'PNG', byteCount: 70, url: `data:image/png;base64,${PNG}` });
    expect(line.slice(picture?.start, picture?.end)).toBe(picture?.url);
  });

  it('finds several', () => {
    const line = `data:image/png;base64,${PNG} data:image/gif;base64,${GIF}`;
    expect(picturesIn(line).map(({ format }) => format)).toEqual(['PNG', 'GIF']);
  });

  it.each([
    ['as it is', '<svg xmlns="http://www.w3.org/2000/svg"><path fill="#f00"/></svg>'],
    [
      'encoded',
      '%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22%3E%3Cpath%20fill=%22%23f00%22/%3E%3C/svg%3E',
    ],
  ])('takes SVG %s, and gives it encoded', (_, content) => {
    const [picture] = picturesIn(`data:image/svg+xml;utf8,${content}`);
    expect(picture?.format).toBe('SVG');
    expect(picture?.url).toMatch(/^data:image\/svg\+xml,[^\s"<>#]+$/);
    expect(decodeURIComponent(picture?.url.split(',')[1] ?? '')).toBe(decodeURIComponent(content));
  });

  it.each([
    ['another type', 'data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='],
    ['a type that is not shown', `data:image/x-icon;base64,${PNG}`],
    ['a PNG that is none', `data:image/png;base64,${base64('this is no picture')}`],
    ['SVG in the middle of a line', 'see data:image/svg+xml,<svg/>'],
    ['what is no SVG', 'data:image/svg+xml,hello'],
    ['a line without any', 'hello'],
  ])('does not take %s', (_, line) => {
    expect(picturesIn(line)).toEqual([]);
  });

  it('does not unpack a picture that is huge', () => {
    const side = Math.ceil(Math.sqrt(MAX_PIXELS)) + 1;
    const size = [0, 0, side >> 8, side & 255];
    const head = base64('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', size, size, [8, 6, 0, 0, 0]);
    expect(picturesIn(`data:image/png;base64,${head}`)).toEqual([]);
  });
});

describe('pixelSize', () => {
  it.each<[string, string, number, number]>([
    ['PNG', PNG, 1, 1],
    ['GIF', GIF, 1, 1],
    [
      'JPEG behind a comment',
      base64([0xff, 0xd8, 0xff, 0xfe, 0, 4, 1, 2, 0xff, 0xc0, 0, 17, 8, 0, 9, 1, 4, 3]),
      260,
      9,
    ],
    ['WebP', base64('RIFF', [0, 0, 0, 0], 'WEBPVP8 ', Array<number>(10).fill(0), [7, 0, 5, 0]), 7, 5],
    [
      'lossless WebP',
      base64('RIFF', [0, 0, 0, 0], 'WEBPVP8L', [0, 0, 0, 0, 0x2f, 6, 0, 1, 0], Array<number>(6).fill(0)),
      7,
      5,
    ],
    [
      'WebP with more',
      base64('RIFF', [0, 0, 0, 0], 'WEBPVP8X', Array<number>(8).fill(0), [6, 0, 0, 4, 0, 0]),
      7,
      5,
    ],
  ])('%s', (_, picture, width, height) => {
    expect(pixelSize(picture)).toEqual({ width, height });
  });

  it('says nothing of what is cut or damaged', () => {
    for (const damaged of ['', 'AAAA', '****', base64([0xff, 0xd8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])]) {
      expect(pixelSize(damaged)).toBeUndefined();
    }
  });
});
