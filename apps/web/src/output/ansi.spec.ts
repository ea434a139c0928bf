import {
  BOLD,
  folded,
  INCOMPLETE,
  PLAIN,
  rgbOf,
  sequenceEnd,
  spansOf,
  TRUE_COLOUR,
  UNDERLINE,
  type Pen,
} from './ansi';

const ESC = '\u001b';
const pen = (changes: Partial<Pen>): Pen => ({ ...PLAIN, ...changes });
const textOf = (text: string) =>
  spansOf(text)
    .map((span) => span.text)
    .join('');

describe('spansOf', () => {
  it.each<[string, string, [string, Pen][]]>([
    ['plain text', 'hello', [['hello', PLAIN]]],
    ['nothing', '', []],
    [
      'a colour and its end',
      `a${ESC}[31mred${ESC}[0mb`,
      [
        ['a', PLAIN],
        ['red', pen({ foreground: 2 })],
        ['b', PLAIN],
      ],
    ],
    [
      'an empty reset',
      `${ESC}[1mx${ESC}[my`,
      [
        ['x', pen({ attributes: BOLD })],
        ['y', PLAIN],
      ],
    ],
    [
      'several at once',
      `${ESC}[1;4;93;44mx`,
      [['x', pen({ attributes: BOLD | UNDERLINE, foreground: 12, background: 5 })]],
    ],
    ['one of 256', `${ESC}[38;5;208;48;5;0mx`, [['x', pen({ foreground: 209, background: 1 })]]],
    ['true colour', `${ESC}[38;2;1;2;3mx`, [['x', pen({ foreground: TRUE_COLOUR + 0x010203 })]]],
    ['true colour with colons', `${ESC}[38:2::1:2:3mx`, [['x', pen({ foreground: TRUE_COLOUR + 0x010203 })]]],
    [
      'a curly underline',
      `${ESC}[4:3mx${ESC}[4:0my`,
      [
        ['x', pen({ attributes: UNDERLINE })],
        ['y', PLAIN],
      ],
    ],
    ['what is out of range', `${ESC}[38;5;256;38;2;999;0;0mx`, [['x', PLAIN]]],
    ['off again', `${ESC}[1;2;3m${ESC}[22;23mx`, [['x', PLAIN]]],
  ])('%s', (_, text, wanted) => {
    expect(spansOf(text).map((span) => [span.text, span.pen])).toEqual(wanted);
  });

  it.each([
    ['cursor movements', `a${ESC}[2J${ESC}[10;20Hb${ESC}[?25l`, 'ab'],
    ['titles', `${ESC}]0;title\u0007x${ESC}]0;title${ESC}\\y`, 'xy'],
    ['links, but not their text', `${ESC}]8;;http://a.example${ESC}\\text${ESC}]8;;${ESC}\\`, 'text'],
    ['character sets and resets', `${ESC}(Bx${ESC}c${ESC}7${ESC}8`, 'x'],
    ['device control', `${ESC}Pq#0;2;0;0;0${ESC}\\x`, 'x'],
    ['private parameters of m', `${ESC}[>4;2mx`, 'x'],
  ])('leaves out %s', (_, text, wanted) => {
    expect(textOf(text)).toBe(wanted);
  });

  it('keeps what is no sequence, for it to be made visible', () => {
    expect(textOf(`${ESC}[31\u0001m`)).toBe(`${ESC}[31\u0001m`);
    expect(textOf(`x${ESC}`)).toBe(`x${ESC}`);
  });

  it.each([
    ['a progress bar', '10%\r20%\r100%', '100%'],
    ['something longer below', 'abcdef\rxy', 'xycdef'],
    ['the end of a line of Windows', 'abc\r', 'abc'],
    ['backspaces', 'abd\bc', 'abc'],
    ['a backspace at the start', '\bx', 'x'],
    ['erasing to the end', `abcdef\r${ESC}[Kxy`, 'xy'],
    ['erasing all', `abcdef${ESC}[2K\rxy`, 'xy'],
    ['erasing to the start', `abcdef\b\b${ESC}[1K`, '     f'],
    ['going to a column', `${ESC}[5Gx`, '    x'],
    ['characters of several units', '🎉🎉\r🎈', '🎈🎉'],
    ['marks with their letters', 'e\u0301x\ra', 'ax'],
  ])('does as a terminal does with %s', (_, text, wanted) => {
    expect(textOf(text)).toBe(wanted);
  });

  it('keeps colours of what is not written over', () => {
    expect(spansOf(`${ESC}[31mabc\r${ESC}[32mx`)).toEqual([
      { text: 'x', pen: pen({ foreground: 3 }) },
      { text: 'bc', pen: pen({ foreground: 2 }) },
    ]);
  });
});

describe('sequenceEnd', () => {
  it('knows what may still be completed', () => {
    for (const text of [ESC, `${ESC}[`, `${ESC}[31`, `${ESC}]0;tit`, `${ESC}]0;x${ESC}`, `${ESC}(`]) {
      expect(sequenceEnd(text, 0)).toBe(INCOMPLETE);
    }
  });

  it('gives up on what never ends', () => {
    expect(sequenceEnd(`${ESC}]0;${'x'.repeat(5000)}`, 0)).toBe(0);
    expect(sequenceEnd(`${ESC}[${'1;'.repeat(3000)}m`, 0)).toBe(0);
    expect(sequenceEnd(`${ESC}]0;x\n`, 0)).toBe(0);
  });
});

describe('folded', () => {
  it.each([
    ['cdef', '20%'],
    ['\rx', `${ESC}[1;31m10%${ESC}[39m of all\r20`],
    [`${ESC}[K!`, 'abc\rd'],
    ['x', `ab${ESC}[38;2;1;2;3;48;5;9mcd\r`],
    ['💡', 'a🎉b\r'],
  ])('comes to the same, with %j behind it', (rest, text) => {
    expect(spansOf((folded(text, PLAIN, 100) ?? '') + rest)).toEqual(spansOf(text + rest));
  });

  it('does not shorten what is all to be seen', () => {
    expect(folded('x'.repeat(101), PLAIN, 100)).toBeUndefined();
  });
});

it('knows the palette of 256', () => {
  expect(rgbOf(16 + 1)).toEqual([0, 0, 0]);
  expect(rgbOf(196 + 1)).toEqual([255, 0, 0]);
  expect(rgbOf(231 + 1)).toEqual([255, 255, 255]);
  expect(rgbOf(232 + 1)).toEqual([8, 8, 8]);
  expect(rgbOf(TRUE_COLOUR + 0x0a0b0c)).toEqual([10, 11, 12]);
});
