import { visibleParts } from './visible';

const shown = (text: string) =>
  visibleParts(text)
    .map((part) => (typeof part === 'string' ? part : `[${part.label}]`))
    .join('');

describe('visibleParts', () => {
  it.each([
    ['direction overrides', 'a\u202eb\u2066c', 'a[U+202E]b[U+2066]c'],
    ['control characters', 'a\u0000\u001b\u007f\u0085', 'a[NUL][ESC][DEL][U+0085]'],
    ['what has no width', 'a\u200bb\ufeffc\u00add', 'a[U+200B]b[U+FEFF]c[U+00AD]d'],
    ['letters that are blank', '\u3164\u115f', '[U+3164][U+115F]'],
    ['hidden tags', 'a\u{e0041}b', 'a[U+E0041]b'],
    ['bytes that are no text', 'a\udcffb', 'a[\\xff]b'],
    ['a joiner between Latin letters', 'a\u200db', 'a[U+200D]b'],
  ])('marks %s', (_, text, wanted) => {
    expect(shown(text)).toBe(wanted);
  });

  it.each([
    ['tabs', 'a\tb'],
    ['a family', '👨\u200d👩\u200d👧'],
    ['a heart, whose picture is asked for', '❤\ufe0f\u200d🔥'],
    ['Persian', 'می\u200cخواهم'],
    ['Devanagari', 'क्\u200dष'],
    ['the flag of Scotland', '\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
    ['Hebrew', 'שלום'],
  ])('leaves %s alone', (_, text) => {
    expect(visibleParts(text)).toEqual([text]);
  });

  it('loses nothing', () => {
    const text = 'a\u202e\u0000b\udcff\u{e0041}';
    const raw = visibleParts(text).map((part) => (typeof part === 'string' ? part : part.raw));
    expect(raw.join('')).toBe(text);
  });

  it('says what a mark is', () => {
    expect(visibleParts('\u202e')).toEqual([
      { raw: '\u202e', label: 'U+202E', title: 'U+202E, right-to-left override' },
    ]);
  });
});
