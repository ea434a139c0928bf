import { anchored, commandProblem, compilerArgProblem, expandCommand, sourceNames } from './command';

const values = {
  entry: 'main.c',
  sources: ['main.c', 'lib/greet.c'],
  compilerArgs: ['-O0', '-g'],
  memoryBytes: 256 * 1024 * 1024 + 1,
};

describe('expandCommand', () => {
  test('puts lists where they stand', () => {
    expect(expandCommand(['gcc', '{compiler_args}', '-o', '.out/main', '{sources}', '-lm'], values)).toEqual([
      'gcc',
      '-O0',
      '-g',
      '-o',
      '.out/main',
      'main.c',
      'lib/greet.c',
      '-lm',
    ]);
  });

  test('leaves out a list that is empty', () => {
    expect(
      expandCommand(['gcc', '{compiler_args}', '{sources}'], { ...values, sources: [], compilerArgs: [] }),
    ).toEqual(['gcc']);
  });

  test('replaces text anywhere in an argument, as often as it stands there', () => {
    expect(expandCommand(['x', ".read '{entry}'", '-Xmx{memory_mib}m', '{entry}{entry}'], values)).toEqual([
      'x',
      ".read 'main.c'",
      '-Xmx256m',
      'main.cmain.c',
    ]);
  });

  test.each([
    ['Main.java', 'Main'],
    ['com/example/App.java', 'com/example/App'],
    ['a.b/c', 'a.b/c'],
    ['x.tar.gz', 'x.tar'],
  ])('the stem of %s is %s', (entry, stem) => {
    expect(expandCommand(['{entry_stem}'], { ...values, entry })).toEqual([stem]);
  });

  test.each([
    ['-version.c', './-version.c'],
    ['@options.c', './@options.c'],
    ['+x.c', './+x.c'],
    ['a-@+.c', 'a-@+.c'],
  ])('a tool does not take the file %s for an option', (name, argument) => {
    expect(expandCommand(['{entry}', '{sources}'], { ...values, entry: name, sources: [name] })).toEqual([
      argument,
      argument,
    ]);
  });

  test('a value is never looked through for placeholders or replacement patterns', () => {
    const entry = "{sources}{memory_mib}$&$'.c";
    expect(expandCommand(['<{entry}>'], { ...values, entry })).toEqual([`<${entry}>`]);
    expect(expandCommand(['{compiler_args}'], { ...values, compilerArgs: ['{entry}'] })).toEqual(['{entry}']);
  });
});

test('sourceNames keeps what the compiler is given by name, in order', () => {
  expect(
    sourceNames({ source_extensions: ['.cpp', '.cc'] }, ['main.cpp', 'a.hpp', 'lib/b.cc', 'cc', 'x.cpp.txt']),
  ).toEqual(['main.cpp', 'lib/b.cc']);
});

describe('commandProblem', () => {
  test.each([
    [['gcc', '{sources}', '{compiler_args}', '{entry}', 'a{entry_stem}b', '{memory_mib}']],
    [['js', '{}{a:{}}']],
  ])('finds nothing wrong with %j', (command) => {
    expect(commandProblem(command)).toBeUndefined();
  });

  test('names a placeholder that does not exist', () => {
    expect(commandProblem(['gcc', '{source}'])).toBe('{source} is not a placeholder');
  });

  test('names a list inside an argument', () => {
    expect(commandProblem(['gcc', '-x{sources}'])).toMatch('{sources} must be an argument of its own');
  });
});

describe('compilerArgProblem', () => {
  const c = { label: 'C', compiler_args_allowed: ['-O[0-3]', '-W[a-z]+|-w'] };

  test('accepts what matches as a whole', () => {
    expect(compilerArgProblem(c, ['-O2', '-Wall', '-w'])).toBeUndefined();
    expect(compilerArgProblem(c, [])).toBeUndefined();
  });

  test.each(['-O22', 'x-O2', '-O2\n', '\n-O2', '-w-w', '-Wl,-z', '', '-o', '@file'])('refuses %j', (arg) => {
    expect(compilerArgProblem(c, ['-O2', arg])).toContain(
      `${JSON.stringify(arg)} is not a compiler argument that C allows`,
    );
  });

  test('says what is allowed, and echoes no more than a line', () => {
    const problem = compilerArgProblem(c, ['-'.repeat(10_000)]);
    expect(problem).toContain('-O[0-3]');
    expect(problem?.length).toBeLessThan(250);
  });

  test('a language without a compiler takes none', () => {
    expect(compilerArgProblem({ label: 'Lua', compiler_args_allowed: [] }, ['-O2'])).toBe(
      'Lua takes no compiler arguments: remove compiler_args',
    );
  });
});

test('anchored holds alternatives together', () => {
  expect(anchored(['a|b', 'c']).test('b')).toBe(true);
  expect(anchored(['a|b', 'c']).test('bc')).toBe(false);
});
