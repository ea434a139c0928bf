import { diagnosticsOf } from './diagnostics';
import cases from './diagnostics.cases.json';

// What the toolchains of the images wrote about these programs, and which places it points to: `file:line`, the column
// and what stands there where it is known, the severity and the message.

interface Case {
  readonly language: string;
  readonly about: string;
  readonly files: Readonly<Record<string, string>>;
  readonly said: string;
  readonly told: readonly string[];
}

const found = ({ language, files, said }: Omit<Case, 'about' | 'told'>) =>
  diagnosticsOf(
    language,
    said,
    Object.entries(files).map(([name, content]) => ({ name, content })),
  );

describe.each([...new Set(cases.map(({ language }) => language))])('%s', (language) => {
  const ofLanguage = (cases as unknown as Case[]).filter((one) => one.language === language);

  it.each(ofLanguage)('$about', (one) => {
    const told = found(one).map(({ file, line, column, endColumn, severity, message }) => {
      const text = (one.files[file] ?? '').split('\n')[line - 1] ?? '';
      const place =
        column === null
          ? ''
          : `:${column} ${JSON.stringify(text.slice(column - 1, (endColumn ?? column) - 1))}`;
      return `${file}:${line}${place} ${severity}: ${message}`;
    });
    expect(told).toEqual(one.told);
  });
});

describe('in any language', () => {
  const files = { 'main.c': 'int main(void) {\n  return x;\n}\n' };
  const said = 'main.c:2:10: error: what\n';

  it('leaves out files that are not of the program', () => {
    expect(found({ language: 'c', files, said: '/usr/include/stdio.h:2:10: error: what\n' })).toEqual([]);
  });

  it('finds files by the end of their path, unless two are alike', () => {
    const java = 'Exception in thread "main" X: what\n\tat a.Main.main(Main.java:2)\n';
    expect(found({ language: 'java', files: { 'a/Main.java': '\n\n' }, said: java })).toHaveLength(1);
    expect(
      found({ language: 'java', files: { 'a/Main.java': '\n\n', 'b/Main.java': '' }, said: java }),
    ).toEqual([]);
  });

  it('says the same thing once', () => {
    expect(found({ language: 'c', files, said: said + said })).toHaveLength(1);
  });

  it('sees through colours', () => {
    expect(
      found({ language: 'c', files, said: '\u001b[1mmain.c:2:10:\u001b[m \u001b[31merror: \u001b[mwhat\n' }),
    ).toEqual([{ file: 'main.c', line: 2, column: 10, endColumn: 11, severity: 'error', message: 'what' }]);
  });

  it('reads what nobody wrote a format for as most tools write', () => {
    expect(
      found({ language: 'newest', files: { 'main.new': 'a b' }, said: 'main.new:1:3: error: what' }),
    ).toMatchObject([{ line: 1, column: 3, message: 'what' }]);
  });

  it('stays within the program', () => {
    expect(
      found({ language: 'c', files, said: 'main.c:99:99: error: what\nmain.c:0: error: what\n' }),
    ).toEqual([
      { file: 'main.c', line: 4, column: null, endColumn: null, severity: 'error', message: 'what' },
    ]);
    expect(found({ language: 'c', files, said: 'main.c:2:99: error: what\n' })).toMatchObject([
      { column: 12, endColumn: 13 },
    ]);
  });

  it('bears any output, however large', () => {
    const hostile = [
      ':'.repeat(30_000),
      'main.c:1: '.repeat(30_000),
      `${said}${'x\n'.repeat(20_000)}`,
      'File "'.repeat(30_000),
      `${' '.repeat(10_000)}^`,
      'Traceback (most recent call last):\n'.repeat(10_000),
      '  File "main.c", line 1\n'.repeat(10_000),
      'main.c:1:1: error: a\n  '.repeat(10_000),
    ];
    for (const language of new Set(cases.map((one) => one.language)))
      for (const text of hostile)
        expect(found({ language, files, said: text }).length).toBeLessThanOrEqual(200);
  });
});
