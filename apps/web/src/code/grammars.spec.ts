import { readdirSync } from 'node:fs';
import path from 'node:path';
import { GRAMMARS } from './grammars';
import { COLOURED, isCode, OUR_GRAMMARS } from './monaco.languages';

it('colours every language there is', () => {
  const languages = readdirSync(path.join(__dirname, '../../../../languages'));
  expect(languages.filter((id) => !COLOURED.includes(id))).toEqual([]);
});

it('has the grammars that it says are ours', () => {
  expect(GRAMMARS.map(({ id }) => id).sort()).toEqual([...OUR_GRAMMARS].sort());
});

it.each(GRAMMARS.map((grammar) => [grammar.id, grammar] as const))(
  'says no word of %s twice',
  (_, { keywords, types = [] }) => {
    const words = [...keywords, ...types];
    expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
  },
);

it.each([
  ['util.py', 'main.py', true],
  ['main.h', 'main.c', true],
  ['data.txt', 'main.py', false],
  ['Makefile', 'main.c', false],
])('takes %s beside %s for code: %s', (name, entry, code) => {
  expect(isCode(name, entry)).toBe(code);
});
