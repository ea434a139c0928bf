import { spansOf } from './ansi';
import { MAX_PICTURE_CHARACTERS, MAX_ROW_CHARACTERS, OutputStore, type Stream } from './output.store';

const ESC = '\u001b';

function store(...pieces: [Stream, string, number?][]): OutputStore {
  const made = new OutputStore();
  for (const [stream, data, at_ms = 0] of pieces) made.append({ stream, data, encoding: 'utf-8', at_ms });
  return made;
}

const rows = (of: OutputStore) => Array.from({ length: of.rowCount }, (_, i) => of.row(i));
/** `1` or `2` for the stream, `+` where a line goes on, and what is to be seen. */
const shown = (of: OutputStore) =>
  rows(of).map(
    ({ stream, continues, text, pen }) =>
      `${stream === 'stdout' ? 1 : 2}${continues ? '+' : ':'}${spansOf(text, pen)
        .map((span) => span.text)
        .join('')}`,
  );
const written = (of: OutputStore, stream?: Stream) => Buffer.concat(of.bytes(stream)).toString('latin1');

describe('rows', () => {
  it.each<[string, [Stream, string][], string[]]>([
    ['nothing', [], []],
    ['lines in one piece', [['stdout', 'a\nb\n']], ['1:a', '1:b']],
    ['an empty line', [['stdout', '\n\na\n']], ['1:', '1:', '1:a']],
    [
      'a line in several pieces',
      [
        ['stdout', 'a'],
        ['stdout', 'b'],
        ['stdout', 'c\nd'],
      ],
      ['1:abc', '1:d'],
    ],
    [
      'lines of Windows',
      [
        ['stdout', 'a\r'],
        ['stdout', '\nb\r\n'],
      ],
      ['1:a', '1:b'],
    ],
    [
      'both streams',
      [
        ['stdout', 'a\n'],
        ['stderr', 'b\n'],
        ['stdout', 'c\n'],
      ],
      ['1:a', '2:b', '1:c'],
    ],
    [
      'a line that the other stream interrupts',
      [
        ['stdout', 'Name: '],
        ['stderr', 'warning\n'],
        ['stdout', 'Ada\n'],
        ['stdout', 'x\n'],
      ],
      ['1:Name: ', '2:warning', '1+Ada', '1:x'],
    ],
    [
      'both in the middle',
      [
        ['stdout', 'a'],
        ['stderr', 'b'],
        ['stdout', 'c'],
        ['stderr', 'd'],
      ],
      ['1:a', '2:b', '1+c', '2+d'],
    ],
    [
      'a line that is drawn again',
      [
        ['stdout', '1%\r2%'],
        ['stdout', '\r3%\ndone\n'],
      ],
      ['1:3%', '1:done'],
    ],
  ])('%s', (_, pieces, wanted) => {
    expect(shown(store(...pieces))).toEqual(wanted);
  });

  it('counts lines', () => {
    expect(store(['stdout', 'a\nb'], ['stderr', 'c\n'], ['stdout', 'd\n']).lineCount).toBe(3);
  });

  it('knows when each began', () => {
    const of = store(['stdout', 'a', 1.5], ['stdout', 'b\nc\n', 20], ['stdout', 'd\n', 40]);
    expect(rows(of).map(({ atMs }) => atMs)).toEqual([1.5, 20, 40]);
  });

  it('forgets all at once', () => {
    const of = store(['stdout', `${ESC}[31ma`], ['stderr', 'b']);
    of.clear();
    expect([of.rowCount, of.lineCount, of.byteCount('stdout'), written(of)]).toEqual([0, 0, 0, '']);
    of.append({ stream: 'stdout', data: 'c\n', encoding: 'utf-8', at_ms: 0 });
    expect(shown(of)).toEqual(['1:c']);
    expect(of.row(0).pen.foreground).toBe(0);
  });
});

describe('colours', () => {
  it('go on in the next line, each stream its own', () => {
    const of = store(
      ['stdout', `${ESC}[31mred\nstill\n`],
      ['stderr', 'plain\n'],
      ['stdout', `red${ESC}[0m\nplain\n`],
    );
    expect(rows(of).map(({ pen }) => pen.foreground)).toEqual([0, 2, 0, 2, 0]);
  });

  it('are known though their code comes in two pieces', () => {
    const of = store(['stdout', `a${ESC}`], ['stdout', '[3'], ['stderr', 'x\n'], ['stdout', '1mb\nc\n']);
    expect(shown(of)).toEqual(['1:a', '2:x', '1+b', '1:c']);
    expect(of.row(3).pen.foreground).toBe(2);
  });

  it('shows what never became a code, in the end', () => {
    const of = store(['stdout', `a${ESC}[3`]);
    expect(shown(of)).toEqual(['1:a']);
    of.end();
    expect(shown(of)).toEqual([`1:a${ESC}[3`]);
  });
});

describe('long lines', () => {
  it('are several rows', () => {
    const of = store(['stdout', `${'x'.repeat(10_000)}\ny\n`]);
    expect(rows(of).map(({ text, continues }) => [text.length, continues])).toEqual([
      [MAX_ROW_CHARACTERS, false],
      [MAX_ROW_CHARACTERS, true],
      [10_000 - 2 * MAX_ROW_CHARACTERS, true],
      [1, false],
    ]);
    expect(of.lineCount).toBe(2);
  });

  it('are cut neither in a character nor in a colour', () => {
    const text = `${'x'.repeat(MAX_ROW_CHARACTERS - 1)}🎉`;
    expect(rows(store(['stdout', text])).map((row) => row.text.isWellFormed())).toEqual([true, true]);
    const coloured = `${'x'.repeat(MAX_ROW_CHARACTERS - 2)}${ESC}[31mred`;
    expect(shown(store(['stdout', coloured])).at(-1)).toBe('1+red');
  });

  it('that are drawn again and again stay one row', () => {
    const of = new OutputStore();
    for (let i = 0; i <= 20_000; i++) {
      of.append({
        stream: 'stdout',
        data: `\r${ESC}[32m${i}${ESC}[0m of 20000`,
        encoding: 'utf-8',
        at_ms: i,
      });
    }
    expect(shown(of)).toEqual(['1:20000 of 20000']);
    expect(of.row(0).text.length).toBeLessThan(2 * MAX_ROW_CHARACTERS);
    expect(written(of).length).toBe(of.byteCount('stdout'));
  });
});

describe('pictures', () => {
  const url = `data:image/png;base64,${'A'.repeat(100_000)}`;

  it('are one row, of which the beginning is told first', () => {
    const of = store(['stdout', `see ${url.slice(0, 50)}`], ['stdout', `${url.slice(50)}\nb\n`]);
    expect(of.rowCount).toBe(2);
    expect(of.row(0).omitted).toBeGreaterThan(90_000);
    expect(of.row(0).text).toHaveLength(MAX_ROW_CHARACTERS);
    expect(of.wholeRow(0)).toBe(`see ${url}`);
  });

  it('are text when they are too large', () => {
    const of = store(['stdout', `data:image/png;base64,${'A'.repeat(MAX_PICTURE_CHARACTERS + 10_000)}\n`]);
    expect(of.wholeRow(0)).toBeUndefined();
    expect(of.rowCount).toBeGreaterThan(1);
  });
});

describe('bytes', () => {
  const binary = Buffer.from([0x61, 0xff, 0x0a, 0x80, 0x00]);

  it('that are no text are kept', () => {
    const of = store(['stdout', 'é\n']);
    expect(of.isText).toBe(true);
    of.append({ stream: 'stdout', data: binary.toString('base64'), encoding: 'base64', at_ms: 1 });
    expect(of.isText).toBe(false);
    expect(Buffer.concat(of.bytes('stdout'))).toEqual(Buffer.concat([Buffer.from('é\n'), binary]));
    expect(of.byteCount('stdout')).toBe(3 + 5);
    expect(shown(of)).toEqual(['1:é', '1:a\udcff', '1:\udc80\0']);
  });

  it('come out by stream, or in their order', () => {
    const of = store(['stdout', 'a\n'], ['stderr', 'b\n'], ['stdout', 'c\n']);
    expect([written(of, 'stdout'), written(of, 'stderr'), written(of)]).toEqual([
      'a\nc\n',
      'b\n',
      'a\nb\nc\n',
    ]);
  });
});

it('tells of each change', () => {
  const of = new OutputStore();
  const versions: number[] = [];
  const stop = of.onChange(() => versions.push(of.version));
  of.append({ stream: 'stdout', data: 'a', encoding: 'utf-8', at_ms: 0 });
  of.end();
  stop();
  of.clear();
  expect(versions).toEqual([1, 2]);
});

it('shows the same however the output was cut into pieces', () => {
  const text = `${ESC}[1mone\r\ntwo\rTWO\n${'long '.repeat(3000)}\n🎉${ESC}[0m\n\n${'x'.repeat(5000)}${ESC}]0;t${ESC}\\end`;
  const whole = store(['stdout', text]);
  whole.end();
  let seed = 1;
  for (let round = 0; round < 100; round++) {
    const of = new OutputStore();
    for (let at = 0; at < text.length;) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      let end = Math.min(text.length, at + 1 + ((seed >> 8) % 900));
      if (!text.slice(at, end).isWellFormed()) end++;
      of.append({ stream: 'stdout', data: text.slice(at, end), encoding: 'utf-8', at_ms: 0 });
      at = end;
    }
    of.end();
    expect(shown(of)).toEqual(shown(whole));
    expect(written(of)).toBe(Buffer.from(text).toString('latin1'));
  }
});

it('holds a million lines, in any of them at once', () => {
  const of = new OutputStore();
  const lines = 1_000_000;
  for (let at = 0; at < lines; at += 1000) {
    const data = Array.from({ length: 1000 }, (_, i) => `line ${at + i}\n`).join('');
    of.append({ stream: 'stdout', data, encoding: 'utf-8', at_ms: at });
  }
  expect(of.rowCount).toBe(lines);
  for (const at of [0, 65_535, 65_536, 500_000, 999_999]) expect(of.row(at).text).toBe(`line ${at}`);
});
