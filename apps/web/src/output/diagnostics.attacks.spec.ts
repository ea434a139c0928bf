import cases from './diagnostics.cases.json';
import { diagnosticsOf } from './diagnostics';

// What a program may write to hold the page that reads its errors. Time is compared, never measured: a line that is
// four times as long must not take much more than four times as long to read.

const files = [
  { name: 'main.x', content: `${'int x; '.repeat(40)}\n`.repeat(50) },
  { name: 'main.sh', content: '\n' },
];
const LANGUAGES = [...new Set(cases.map(({ language }) => language)), 'unknown'];

/** A clock that stands still: nothing is cut off. */
const frozen = () => 0;
const read = (language: string, text: string) => diagnosticsOf(language, text, files, frozen);

/** The least of some tries: what else the machine does only adds to it. */
function leastMs(task: () => void): number {
  let least = Infinity;
  for (let attempt = 0; attempt < 5; attempt++) {
    const startMs = performance.now();
    task();
    least = Math.min(least, performance.now() - startMs);
  }
  return least;
}

/** Lines of about so many characters, by language: what each pattern could be made to try again and again. */
const ATTACKS: readonly (readonly [language: string, line: (length: number) => string])[] = [
  [
    'rust',
    (length) =>
      `thread '${"' ".repeat(length / 6)}${'panicked at '.repeat(length / 36)}${':1'.repeat(length / 6)}x`,
  ],
  ['rust', (length) => `thread '${"' panicked at ".repeat(length / 28)}${':1:1'.repeat(length / 8)}x`],
  ['php', (length) => `Warning: ${' in /'.repeat(length / 10)}${':1'.repeat(length / 4)}x`],
  ['php', (length) => `Warning: ${' in /a on line 1'.repeat(length / 16)}x`],
  ['c', (length) => `a: b:1: ${'Assertion '.repeat(length / 20)}${' failed.'.repeat(length / 16)}x`],
  ['c', (length) => ': a:(.text'.repeat(length / 10)],
  ['clojure', (length) => `Syntax error ${' at '.repeat(length / 8)}${'('.repeat(length / 2)}`],
  ['erlang', (length) => `escript: exception x\n ${'('.repeat(length)}`],
  ['javascript', (length) => `Error: x\n at ${'('.repeat(length / 2)}${':1'.repeat(length / 4)}`],
  ['javascript', (length) => `Error: x\n at ${'('.repeat(length / 2)}${':1:'.repeat(length / 6)}x`],
];

/** And what any of them might stumble over. */
const PIECES = [
  ': ',
  ':1',
  ':1:1',
  '(1)',
  '(1): error ',
  ' at x line 1',
  '" ',
  "'",
  '1',
  'File "x", line 1 ',
  ' in ',
  'Error',
  'a.',
  ' on :1',
  '│ ',
  ', called at x:1:1',
];
const HEADS = cases.map(({ language, said }) => [language, said.split('\n', 1)[0] ?? ''] as const);

describe('reading lines of which a pattern might try all parts of all parts', () => {
  const SHORT = 480;
  const LINES = 12;
  const grows = (language: string, line: (length: number) => string) => {
    const text = (length: number) => `${line(length)}\n`.repeat(LINES);
    const [short, long] = [text(SHORT), text(4 * SHORT)];
    // Short ones again and again, so that there is something to compare.
    const ofShort = leastMs(() => {
      for (let times = 0; times < 4; times++) read(language, short);
    });
    return leastMs(() => read(language, long)) / ofShort;
  };

  it.each(ATTACKS.map(([language, line]) => ({ language, line, shown: line(60) })))(
    'takes four times as long for four times as much: $language, $shown',
    ({ language, line }) => {
      // 1 in proportion, 4 by the square, 16 by the cube; a busy machine may spoil a comparison, not each of them.
      const ratios: number[] = [];
      while (ratios.length < 5 && (ratios.at(-1) ?? Infinity) >= 2.5) ratios.push(grows(language, line));
      expect(Math.min(...ratios)).toBeLessThan(2.5);
    },
  );

  it('finds no place in any of them, and ends', () => {
    for (const language of LANGUAGES) {
      for (const piece of PIECES) {
        for (const [, head] of HEADS.filter(([of]) => of === language).slice(0, 3)) {
          const text = `${head.slice(0, 12)}${piece.repeat(2000 / piece.length)}\n`.repeat(3);
          expect(read(language, text).length).toBeLessThanOrEqual(200);
        }
      }
    }
  });
});

describe('the time for reading', () => {
  /** A clock on which every look takes a millisecond. */
  const ticking = () => {
    const clock = { looks: 0, nowMs: () => clock.looks++ };
    return clock;
  };

  it('is bounded, whatever there is to read: what was found by then is told', () => {
    const clock = ticking();
    const text = Array.from({ length: 10_000 }, (_, at) => `main.x:1:${at}: error: number ${at}`).join('\n');
    const found = diagnosticsOf('c', text, files, clock.nowMs);
    expect(clock.looks).toBeLessThan(60);
    expect(found.length).toBeGreaterThan(10);
    expect(found.length).toBeLessThan(60);
  });

  it('is looked at for every line, also for those that say what was said', () => {
    const clock = ticking();
    diagnosticsOf('c', 'main.x:1:1: error: x\n'.repeat(10_000), files, clock.nowMs);
    expect(clock.looks).toBeLessThan(60);
  });
});

it('splits a file of the program once, however often it is spoken of', () => {
  const content = 'x = 1\n'.repeat(1000);
  let splits = 0;
  const counting = {
    name: 'main.py',
    get content() {
      const text = new String(content);
      text.split = ((separator: string) => {
        splits += 1;
        return content.split(separator);
      }) as never;
      return text as string;
    },
  };
  const text = Array.from(
    { length: 500 },
    (_, at) => `  File "main.py", line ${at}\n    x\n    ^\nSyntaxError: ${at}\n`,
  );
  expect(diagnosticsOf('python', text.join('\n'), [counting], frozen).length).toBe(200);
  expect(splits).toBe(1);
});

it('looks at the beginning of a line of the program that has no end', () => {
  const long = [{ name: 'main.c', content: 'é'.repeat(1_000_000) }];
  const text = Array.from({ length: 300 }, (_, at) => `main.c:1:${999_000 + at}: error: ${at}`).join('\n');
  const found = diagnosticsOf('go', text, long, frozen);
  expect([found.length, found[0]?.column]).toEqual([200, 10_001]);
});
