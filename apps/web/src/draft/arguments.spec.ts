import { joinArguments, splitArguments } from './arguments';

describe('arguments as they are typed', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['   ', []],
    ['a  b\tc\nd', ['a', 'b', 'c', 'd']],
    [`'a b' "c d"`, ['a b', 'c d']],
    [`a'b'"c"`, ['abc']],
    [`''`, ['']],
    [`"\\"\\\\\\n"`, ['"\\\\n']],
    [`'\\'`, ['\\']],
    ['a\\ b \\"', ['a b', '"']],
    ['$(id) ; *', ['$(id)', ';', '*']],
    ['é 🦊', ['é', '🦊']],
  ])('splits %j', (text, words) => {
    expect(splitArguments(text)).toEqual({ words });
  });

  it.each([`'a`, `"a`, `"a\\"`, 'a\\'])('says what is wrong with %j', (text) => {
    expect(splitArguments(text).problem).toMatch(/quote|backslash/);
  });

  it.each<[string[]]>([
    [[]],
    [['']],
    [['plain', '--flag=1', './a.txt']],
    [['a b', "it's", '"', '\\', `'"\\`, 'two\nlines', '🦊', '$HOME', '-']],
  ])('joins %j so that it is split the same', (words) => {
    expect(splitArguments(joinArguments(words))).toEqual({ words });
  });
});
