import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_CAPS, DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { FINAL_STATUSES } from '@runbin/contracts/status';
import { conflictingNames, fileNameProblem } from '@runbin/contracts/file.names';
import { loadCatalogue } from './catalogue';
import { compilerArgProblem } from './command';
import { loadCorpus } from './corpus';
import { dockerfileOf, REQUIRED_CASES } from '../test/required';

/** The languages that Runbin ships: what every one of them must have. */
const LANGUAGES_DIR = path.join(__dirname, '../../../languages');
const catalogue = loadCatalogue(LANGUAGES_DIR);

/** Ids are permanent, since links hold them: this list only grows. */
test('no language has left', () => {
  expect(catalogue.all().map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      'bash',
      'c',
      'cpp',
      'go',
      'java',
      'javascript',
      'lua',
      'perl',
      'php',
      'python',
      'r',
      'ruby',
      'rust',
      'sqlite',
      'typescript',
      'ada',
      'assembly',
      'awk',
      'clojure',
      'cobol',
      'commonlisp',
      'crystal',
      'csharp',
      'd',
      'elixir',
      'erlang',
      'fortran',
      'haskell',
      'kotlin',
      'objectivec',
      'ocaml',
      'octave',
      'pascal',
      'prolog',
      'raku',
      'scala',
      'scheme',
      'swift',
      'tcl',
      'vala',
    ]),
  );
});

test.each([
  ['py', 'python'],
  ['Python', 'python'],
  ['node', 'javascript'],
  ['js', 'javascript'],
  ['ts', 'typescript'],
  ['C++', 'cpp'],
  ['golang', 'go'],
  ['rs', 'rust'],
  ['sh', 'bash'],
  ['sqlite3', 'sqlite'],
  ['R', 'r'],
  ['C#', 'csharp'],
  ['cs', 'csharp'],
  ['asm', 'assembly'],
  ['clj', 'clojure'],
  ['lisp', 'commonlisp'],
  ['ex', 'elixir'],
  ['f90', 'fortran'],
  ['hs', 'haskell'],
  ['kt', 'kotlin'],
  ['Objective-C', 'objectivec'],
  ['ml', 'ocaml'],
  ['matlab', 'octave'],
  ['pas', 'pascal'],
  ['guile', 'scheme'],
])('%s is understood as %s', (typed, id) => {
  expect(catalogue.find(typed)?.id).toBe(id);
});

describe.each(catalogue.all().map((language) => ({ language, id: language.id })))(
  '$id',
  ({ language, id }) => {
    const corpus = loadCorpus(LANGUAGES_DIR, id);

    test('has every case', () => {
      expect(corpus.map(({ name }) => name)).toEqual(expect.arrayContaining(REQUIRED_CASES));
    });

    test.each(corpus)('$name could be submitted, and wants something', ({ files, want }) => {
      const names = files.map(({ name }) => name);
      expect(names.map(fileNameProblem).filter(Boolean)).toEqual([]);
      expect(conflictingNames(names)).toBeUndefined();
      expect(FINAL_STATUSES).toContain(want.status);
      expect([
        want.stdout,
        want.stdout_repeat,
        want.stderr_includes,
        want.compile_output_includes,
      ]).not.toEqual([undefined, undefined, undefined, undefined]);
    });

    test('has an image of exactly its packages, prepared as a host is', () => {
      const folder = path.join(LANGUAGES_DIR, id);
      const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
      const wanted = dockerfileOf(
        language,
        files.map(({ name }) => name),
      );
      expect(readFileSync(path.join(folder, 'Dockerfile'), 'utf8')).toBe(wanted);
    });

    test('a mistake in the program is found by the compiler where there is one', () => {
      const status = corpus.find(({ name }) => name === 'syntax-error')?.want.status;
      expect(status).toBe(language.compile ? 'compile_error' : 'runtime_error');
    });

    test('fills the output limit to the byte', () => {
      const { unit, count } = corpus.find(({ name }) => name === 'output-1mib')?.want.stdout_repeat ?? {
        unit: '',
        count: 0,
      };
      expect(Buffer.byteLength(unit) * count).toBe(DEFAULT_LIMITS.output_bytes);
    });

    test('asks for no more than a server allows', () => {
      for (const [name, limit] of Object.entries(language.limits)) {
        expect(limit).toBeLessThanOrEqual(DEFAULT_CAPS[name as keyof typeof DEFAULT_CAPS]);
      }
    });

    test.each([
      '@options',
      '-o',
      '-o/tmp/x',
      '-I/etc',
      '-B.',
      '-x',
      '-xc++',
      '-Wl,-z,now',
      '-Wa,-a',
      '-Wp,-M',
      '-fplugin=./x.so',
      '-specs=./specs',
      '-wrapper',
      '-include/etc/passwd',
      '-DX=";',
      '-lssl',
      '-Clinker=./x',
      '-Clink-arg=-x',
      '--extern=x',
      '-toolexec=./x',
      '-ldflags=-x',
      '-overlay=x.json',
      '-J-javaagent:x.jar',
      '-processorpath',
      '-cp',
      '--outfile=/box/main.js',
      '--plugin=x',
      '--banner:js=x',
      'main.c',
      '../x',
      '',
    ])('refuses the compiler argument %j', (arg) => {
      expect(compilerArgProblem(language, [arg])).toBeDefined();
    });
  },
);

test.each([
  [
    'c',
    ['-O0', '-std=c99', '-Wall', '-Wextra', '-Werror=unused-variable', '-Wno-format', '-DN=10', '-g', '-lm'],
  ],
  [
    'cpp',
    [
      '-O3',
      '-std=c++17',
      '-std=gnu++23',
      '-Wall',
      '-fno-exceptions',
      '-fsanitize=address,undefined',
      '-DDEBUG',
    ],
  ],
  ['rust', ['-Copt-level=0', '-Coverflow-checks=on', '-Awarnings']],
  ['go', ['-tags=debug,extra', '-gcflags=-m']],
  ['java', ['-Xlint:all,-serial', '--release=17', '-g']],
  ['typescript', ['--target=es2022', '--minify']],
])('%s allows %j', (id, args) => {
  const language = catalogue.get(id);
  expect(language && compilerArgProblem(language, args)).toBeUndefined();
  expect(language).toBeDefined();
});
