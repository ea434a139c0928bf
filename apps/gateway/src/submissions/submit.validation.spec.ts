import { DEFAULT_CAPS } from '@runbin/contracts/limits';
import { type SubmitCodeRequest, SubmitCodeRequestSchema } from '@runbin/contracts/submission';
import { Catalogue } from '@runbin/languages/catalogue';
import { compilerArgProblem } from '@runbin/languages/command';
import { type Language, LanguageSchema } from '@runbin/languages/language';
import { Problem } from '@runbin/platform/problem';
import { ContractBody } from '../http/contract.body';
import { parseJsonBody } from '../http/json.body';
import { LanguageDesk } from '../languages/language.desk';
import type { RunnerRoster } from '../languages/runner.roster';
import { createCommand } from './run.command';

const c: Language = LanguageSchema.parse({
  id: 'c',
  label: 'C',
  aliases: ['gcc'],
  source_name: 'main.c',
  source_extensions: ['.c'],
  debian_packages: ['gcc'],
  version: { command: ['gcc', '--version'], pattern: '(\\d+)' },
  compile: { command: ['gcc', '{compiler_args}', '{sources}'] },
  run: { command: ['./main'] },
  limits: { memory_bytes: 512 * 1024 * 1024 },
  compiler_args_allowed: ['-O[0-3]', '-std=c\\d\\d'],
  example: 'int main(void){}',
});
const noRunners = { offered: () => undefined } as unknown as RunnerRoster;
const desk = new LanguageDesk(new Catalogue([c]), noRunners);

/** What submitCode does with a body before it asks anybody. */
function check(body: string | Buffer): ReturnType<typeof createCommand>['command'] {
  const request: SubmitCodeRequest = new ContractBody(SubmitCodeRequestSchema).transform(
    parseJsonBody(Buffer.from(body)),
  );
  const language = desk.find(request.language);
  const refused = compilerArgProblem(language, request.compiler_args);
  if (refused !== undefined) throw new Problem('compiler_arg_refused', refused);
  return createCommand(request, language, DEFAULT_CAPS).command;
}

function problemOf(body: string | Buffer): Problem {
  try {
    check(body);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const submission = (fields: object) => JSON.stringify({ language: 'c', code: 'x', ...fields });
const withFiles = (...names: string[]) =>
  JSON.stringify({ language: 'c', files: names.map((name) => ({ name, content: '' })) });
const nested = (depth: number, open: string, close: string) => open.repeat(depth) + '1' + close.repeat(depth);

describe('what submitCode refuses', () => {
  it.each<[string, string | Buffer, string, number]>([
    ['an empty body', '', 'malformed_json', 400],
    ['half an object', '{"a":', 'malformed_json', 400],
    ['null', 'null', 'invalid_request', 400],
    ['an array', '[]', 'invalid_request', 400],
    ['a string', '"x"', 'invalid_request', 400],
    ['NaN', '{"language":NaN}', 'malformed_json', 400],
    ['a trailing comma', '{"language":"c",}', 'malformed_json', 400],
    ['a byte order mark', Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), 'malformed_json', 400],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'malformed_json', 400],
    ['100 000 arrays', nested(100_000, '[', ']'), 'malformed_json', 400],
    ['100 000 objects', nested(100_000, '{"a":', '}'), 'malformed_json', 400],
    ['depth inside a field', `{"language":${nested(100_000, '[', ']')}}`, 'malformed_json', 400],
    ['__proto__', '{"__proto__":{"isAdmin":true},"language":"c","code":""}', 'invalid_request', 400],
    ['constructor', '{"constructor":{"prototype":{"x":1}},"language":"c","code":""}', 'invalid_request', 400],
    ['a name twice', '{"language":"c","language":"c","code":""}', 'malformed_json', 400],
    ['a name twice, once escaped', '{"language":"c","code":"","\\u0063ode":""}', 'malformed_json', 400],
    ['an unknown field', submission({ lang: 'c' }), 'invalid_request', 400],
    ['language as array', submission({ language: ['c'] }), 'invalid_request', 400],
    ['language as query', submission({ language: { $ne: 1 } }), 'invalid_request', 400],
    ['language 0', submission({ language: 0 }), 'invalid_request', 400],
    ['language true', submission({ language: true }), 'invalid_request', 400],
    ['language 1e309', '{"language":1e309,"code":""}', 'invalid_request', 400],
    ['language with NUL', submission({ language: 'c\0' }), 'invalid_request', 400],
    ['language with newline', submission({ language: 'c\n' }), 'invalid_request', 400],
    ['empty language', submission({ language: '' }), 'invalid_request', 400],
    ['long language', submission({ language: 'c'.repeat(1_000_000) }), 'invalid_request', 400],
    ['unknown language', submission({ language: 'nope' }), 'unknown_language', 422],
    ['a path as language', submission({ language: '../c' }), 'unknown_language', 422],
    ['a command as language', submission({ language: 'c;id' }), 'unknown_language', 422],
    ['language __proto__', submission({ language: '__proto__' }), 'unknown_language', 422],
    ['language constructor', submission({ language: 'constructor' }), 'unknown_language', 422],
    ['language toString', submission({ language: 'toString' }), 'unknown_language', 422],
    ['neither code nor files', '{"language":"c"}', 'invalid_request', 400],
    ['both code and files', submission({ files: [{ name: 'a.c', content: '' }] }), 'invalid_request', 400],
    ['no files', '{"language":"c","files":[]}', 'invalid_request', 400],
    ['a file above', withFiles('../x'), 'invalid_request', 400],
    ['an absolute file', withFiles('/etc/x'), 'invalid_request', 400],
    ['a file that climbs', withFiles('a/../../x'), 'invalid_request', 400],
    ['a backslash', withFiles('..\\x'), 'invalid_request', 400],
    ['NUL in a name', withFiles('a\0b'), 'invalid_request', 400],
    ['a device name', withFiles('CON'), 'invalid_request', 400],
    ['a device name with extension', withFiles('lib/nul.txt'), 'invalid_request', 400],
    ['dot', withFiles('.'), 'invalid_request', 400],
    ['no name', withFiles(''), 'invalid_request', 400],
    ['a deep name', withFiles('x/'.repeat(500)), 'invalid_request', 400],
    ['a 5 KB name', withFiles('x'.repeat(5000)), 'invalid_request', 400],
    ['one name twice', withFiles('a', 'a'), 'invalid_request', 400],
    ['a file that is a directory too', withFiles('a', 'a/b'), 'invalid_request', 400],
    ['a name that comes back', withFiles('main.c/../main.c'), 'invalid_request', 400],
    ['300 files', withFiles(...Array.from({ length: 300 }, (_, at) => `f${at}`)), 'invalid_request', 400],
    [
      '100 000 files',
      withFiles(...Array.from({ length: 100_000 }, (_, at) => `f${at}`)),
      'malformed_json',
      400,
    ],
    ['wrong base64', submission({ code_input: 'a', code_input_encoding: 'base64' }), 'invalid_request', 400],
    ['time -1', submission({ limits: { cpu_time_ms: -1 } }), 'invalid_request', 400],
    ['time 0', submission({ limits: { wall_time_ms: 0 } }), 'invalid_request', 400],
    ['time 1e9', submission({ limits: { wall_time_ms: 1e9 } }), 'limit_above_cap', 422],
    ['time "Infinity"', submission({ limits: { wall_time_ms: 'Infinity' } }), 'invalid_request', 400],
    ['time 1e-7', submission({ limits: { wall_time_ms: 1e-7 } }), 'invalid_request', 400],
    ['time null', submission({ limits: { wall_time_ms: null } }), 'invalid_request', 400],
    ['memory 2^53', submission({ limits: { memory_bytes: 2 ** 53 } }), 'invalid_request', 400],
    ['memory above the cap', submission({ limits: { memory_bytes: 2 ** 40 } }), 'limit_above_cap', 422],
    ['an unknown limit', submission({ limits: { gpu: 1 } }), 'invalid_request', 400],
    ...[
      '-fplugin=./evil.so',
      '@/etc/passwd',
      '-wrapper',
      '-specs=specs',
      '-B.',
      '-o',
      '-I/',
      '\n--',
      '$(id)',
      '-O2\n-o',
    ].map(
      (arg) =>
        [
          `compiler argument ${JSON.stringify(arg)}`,
          submission({ compiler_args: [arg] }),
          'compiler_arg_refused',
          422,
        ] as [string, string, string, number],
    ),
    ['a lone surrogate in code', '{"language":"c","code":"\\ud800"}', 'invalid_request', 400],
    [
      'a lone surrogate in input',
      '{"language":"c","code":"","code_input":"\\udfff"}',
      'invalid_request',
      400,
    ],
    [
      'a lone surrogate in a name',
      '{"language":"c","files":[{"name":"\\ud800","content":""}]}',
      'invalid_request',
      400,
    ],
    ['a lone surrogate in a language', '{"language":"\\ud800","code":""}', 'invalid_request', 400],
    ['NUL in an argument', submission({ args: ['a\0b'] }), 'invalid_request', 400],
  ])('%s', (_name, body, code, status) => {
    const before = process.cpuUsage();
    const problem = problemOf(body);
    expect([problem.code, problem.status]).toEqual([code, status]);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(5_000_000);
    // Nothing of ours shows through, and no stranger's megabyte comes back.
    expect(JSON.stringify(problem.toDocument()).length).toBeLessThan(4000);
    expect(problem.detail).not.toMatch(/at position|Unexpected token|zod|\.ts/i);
  });

  it('leaves no trace in the prototypes', () => {
    problemOf('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}');
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('points at each thing to change', () => {
    const { errors } = problemOf('{"language":"c","files":[{"name":"../x","content":"","a/b~":1}]}');
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual(['/files/0/a~1b~0', '/files/0/name']);
  });

  it('names the cap of every limit above it', () => {
    const problem = problemOf(submission({ limits: { processes: 1000, wall_time_ms: 70_000 } }));
    expect(problem.detail).toContain('wall_time_ms may be at most 60000');
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual([
      '/limits/wall_time_ms',
      '/limits/processes',
    ]);
  });
});

describe('what submitCode accepts', () => {
  it('gives code the source name of the language, and limits its defaults', () => {
    expect(check(submission({ language: 'gcc', limits: { processes: 1 } }))).toMatchObject({
      language: 'c',
      payload: { files: [{ name: 'main.c', content: 'x', encoding: 'utf-8' }] },
      limits: { memory_bytes: 512 * 1024 * 1024, processes: 1, cpu_time_ms: 5000 },
    });
  });

  it.each([
    ['an empty program', submission({ code: '' })],
    ['NUL in code and input', submission({ code: 'a\0b', code_input: '\0' })],
    ['quotes and brackets in strings', submission({ code: '"\\"[[[[[[[[[[[[[[[[[[[[{{{{\\\\' })],
    ['256 files', withFiles(...Array.from({ length: 256 }, (_, at) => `f${at}`))],
    ['allowed compiler arguments', submission({ compiler_args: ['-O2', '-std=c11'] })],
    ['3 MB of input', submission({ code_input: 'é'.repeat(1_500_000) })],
  ])('%s', (_name, body) => {
    expect(check(body).submission_id).toMatch(/^[0-9a-f-]{14}7/);
  });

  it('lowers defaults to the caps of the server', () => {
    const request = SubmitCodeRequestSchema.parse({ language: 'c', code: '' });
    const { command } = createCommand(request, c, { ...DEFAULT_CAPS, memory_bytes: 64 * 1024 * 1024 });
    expect(command.limits.memory_bytes).toBe(64 * 1024 * 1024);
  });
});
