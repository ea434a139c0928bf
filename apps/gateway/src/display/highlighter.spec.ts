import path from 'node:path';
import { loadCatalogue } from '@runbin/languages/catalogue';
import { grammarOf, isReady } from './grammars';
import { Highlighter, MAX_COLOURED_CHARACTERS, timeOfPage } from './highlighter';

const catalogue = loadCatalogue(path.join(__dirname, '../../../../languages'));
const python = catalogue.get('python');

const textOf = (runs: readonly { text: string }[]) => runs.map(({ text }) => text).join('');

describe('colouring', () => {
  it.each(catalogue.all().map((language) => [language.id, language] as const))(
    'keeps every character of a program in %s, and colours something',
    (_, { example, highlight }) => {
      const runs = new Highlighter().colour(example, highlight, { ms: 5_000 });
      expect(textOf(runs)).toBe(example);
      expect(runs.some(({ style }) => style !== '')).toBe(highlight !== undefined);
      expect(runs.filter(({ style }) => !/^[a-z]?$/.test(style))).toEqual([]);
    },
  );

  it.each(['<b>&amp;</b>', '"<script>\'&#x27;', '\u0000\r\n\u2028', '`${a}`', "f'{x!r:>{y}}'"])(
    'reads back what it was given: %j',
    (text) => {
      for (const grammar of ['python', 'javascript', 'php', 'xml']) {
        expect(textOf(new Highlighter().colour(text, grammar, timeOfPage()))).toBe(text);
      }
    },
  );

  it.each([
    ['java', '$'],
    ['ini', '0x'],
    ['typescript', '_'],
    ['haskell', '\n'],
  ])('gives up what %s would take seconds for, and does not try again', (grammar, unit) => {
    expect(isReady(grammar)).toBe(true);
    const highlighter = new Highlighter();
    const text = unit.repeat(MAX_COLOURED_CHARACTERS / unit.length);
    const time = timeOfPage();
    const before = process.cpuUsage();
    const runs = highlighter.colour(text, grammar, time);
    const { user } = process.cpuUsage(before);
    expect(runs.map(({ style }) => style)).toEqual(['']);
    expect(runs[0]?.text === text).toBe(true);
    expect([time.ms, user < 2_000_000]).toEqual([0, true]);
    const again = timeOfPage();
    highlighter.colour(text, grammar, again);
    expect(again).toEqual(timeOfPage());
  });

  it('has no time for what comes after that', () => {
    expect(new Highlighter().colour('x = 1', 'python', { ms: 0 })).toEqual([{ text: 'x = 1', style: '' }]);
  });

  it.each([undefined, 'no-such-grammar', '../core'])('leaves plain what %s is the grammar of', (grammar) => {
    expect(new Highlighter().colour('x = 1', grammar, timeOfPage())).toEqual([{ text: 'x = 1', style: '' }]);
  });
});

it.each([
  ['main.py', true, 'python'],
  ['entry without extension', true, 'python'],
  ['lib/util.py', false, 'python'],
  ['data.json', false, 'json'],
  ['other.rs', false, 'rust'],
  ['README', false, undefined],
  ['notes.txt', false, undefined],
  ['constructor', false, undefined],
  ['x.__proto__', false, undefined],
])('a file %s of a program in python (its entry: %s) is coloured as %s', (name, isEntry, grammar) => {
  expect(grammarOf(name, isEntry, python, catalogue.all())).toBe(grammar);
});
