import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { DEFAULT_CAPS, type Limits } from '@runbin/contracts/limits';
import type { ProblemCode } from '@runbin/contracts/problem';
import { ResultSchema } from '@runbin/contracts/result';
import { problemOf, bodyOf } from './answers';
import { useSystem } from './system';

const MIB = 1024 * 1024;
const BODY_BYTES = 4 * MIB;
const HELLO = { language: 'python', code: 'print("hello")' };

const system = useSystem();

// Whatever was refused, the next who asks properly is served.
afterEach(async () => {
  const answer = await system.client.submitCode(HELLO, { wait: 30 });
  expect(bodyOf(answer, 200, ResultSchema)).toMatchObject({ status: 'succeeded', stdout: 'hello\n' });
});

const submit = (submission: unknown) => system.client.submitCode(submission);
const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  system.client.request('POST', '/v1/submissions', {
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });

describe('the language', () => {
  it.each([
    ['pyton', 'python'],
    ['javascrpt', 'javascript'],
    ['c++11', 'cpp'],
    ['rusty', 'rust'],
  ])('%j is not known, and %s is near', async (language, nearest) => {
    const problem = problemOf(await submit({ ...HELLO, language }), 'unknown_language');
    expect(problem.detail).toContain(nearest);
  });

  it.each(['../python', 'python;id', '__proto__', 'constructor', 'toString', 'work.>', '*'])(
    '%j is not known',
    async (language) => {
      problemOf(await submit({ ...HELLO, language }), 'unknown_language');
    },
  );

  it.each([[['python']], [{ $ne: 1 }], [0], [true], [null], [''], ['x'.repeat(1000)], ['python\n']])(
    '%j is no name of one',
    async (language) => {
      const problem = problemOf(await submit({ ...HELLO, language }), 'invalid_request');
      expect(problem.errors?.map(({ pointer }) => pointer)).toContain('/language');
    },
  );

  it('is required', async () => {
    const problem = problemOf(await submit({ code: '' }), 'invalid_request');
    expect(problem.errors?.map(({ pointer }) => pointer)).toContain('/language');
  });
});

describe('code and files', () => {
  it('are not both missing', async () => {
    expect(problemOf(await submit({ language: 'python' }), 'invalid_request').detail).toMatch(
      /`code` or `files`/,
    );
  });

  it('are not both given', async () => {
    const files = [{ name: 'main.py', content: '' }];
    expect(problemOf(await submit({ ...HELLO, files }), 'invalid_request').detail).toMatch(/not both/);
  });

  it('hold at least one file', async () => {
    problemOf(await submit({ language: 'python', files: [] }), 'invalid_request');
  });

  it.each([
    '../x',
    '/etc/passwd',
    'a/../../x',
    'a/./b',
    'a//b',
    '..\\x',
    'a\u0000b',
    '.',
    '..',
    '',
    'a/',
    'x'.repeat(300),
    'x/'.repeat(500) + 'x',
    'line\nbreak',
  ])('%j is no name of a file', async (name) => {
    const problem = problemOf(
      await submit({ language: 'python', files: [{ name, content: '' }] }),
      'invalid_request',
    );
    expect(problem.errors?.[0]?.pointer).toBe('/files/0/name');
  });

  it.each([
    ['one name twice', ['main.py', 'main.py']],
    ['a name as file and as directory', ['main.py', 'main.py/x']],
  ])('do not have %s', async (_, names) => {
    const files = names.map((name) => ({ name, content: '' }));
    problemOf(await submit({ language: 'python', files }), 'invalid_request');
  });

  it('are not too many files', async () => {
    const files = Array.from({ length: 1000 }, (_, at) => ({ name: `f${at}.py`, content: '' }));
    problemOf(await submit({ language: 'python', files }), 'invalid_request');
  });
});

describe('limits', () => {
  it.each(Object.entries(DEFAULT_CAPS) as [keyof Limits, number][])('%s is at most %d', async (name, cap) => {
    const problem = problemOf(await submit({ ...HELLO, limits: { [name]: cap + 1 } }), 'limit_above_cap');
    expect(problem.errors).toEqual([expect.objectContaining({ pointer: `/limits/${name}` })]);
    expect(problem.detail).toContain(String(cap));
  });

  it.each([-1, 0, 0.5, 1e300, '1000', null, true, []])('%j is none', async (value) => {
    problemOf(await submit({ ...HELLO, limits: { wall_time_ms: value } }), 'invalid_request');
  });

  it('has no others', async () => {
    const problem = problemOf(await submit({ ...HELLO, limits: { disk: 1 } }), 'invalid_request');
    expect(problem.errors?.[0]?.pointer).toBe('/limits/disk');
  });
});

describe('fields', () => {
  it('that are not known are named', async () => {
    const problem = problemOf(await submit({ ...HELLO, sorce: 'x', stdin: 'y' }), 'invalid_request');
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/sorce', '/stdin']);
  });

  it('of a prototype are not known either', async () => {
    const body =
      '{"language":"python","code":"","__proto__":{"limits":{}},"constructor":{"prototype":{"x":1}}}';
    problemOf(await post(body), 'invalid_request');
  });

  it('of another type are refused one by one', async () => {
    const wrong = { language: 'python', code: 1, code_input: [], args: 'x', compiler_args: {}, limits: [] };
    const problem = problemOf(await submit(wrong), 'invalid_request');
    expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/args',
      '/code',
      '/code_input',
      '/compiler_args',
      '/limits',
    ]);
  });

  it.each([
    ['code', { code: '\ud800' }],
    ['code_input', { code_input: 'x\udc00' }],
    ['args', { args: ['\ud800'] }],
  ])('%s does not hold half a character', async (_, fields) => {
    problemOf(await submit({ ...HELLO, ...fields }), 'invalid_request');
  });

  it('say base64 only of what is base64', async () => {
    problemOf(
      await submit({ ...HELLO, code_input: '####', code_input_encoding: 'base64' }),
      'invalid_request',
    );
    problemOf(
      await submit({ ...HELLO, code_input: 'QUI', code_input_encoding: 'base64' }),
      'invalid_request',
    );
    problemOf(await submit({ ...HELLO, code_input_encoding: 'utf-16' }), 'invalid_request');
  });

  it('hold no NUL in arguments, which no program can be given', async () => {
    problemOf(await submit({ ...HELLO, args: ['a\0b'] }), 'invalid_request');
  });

  it.each([
    '-fplugin=./x.so',
    '@/etc/passwd',
    '-wrapper',
    '-specs=specs',
    '-B.',
    '-o/x',
    '-I/',
    '\n-O2',
    '$(id)',
  ])('compiler argument %j is not on the list', async (argument) => {
    const submission = { language: 'c', code: 'int main(void){return 0;}', compiler_args: [argument] };
    problemOf(await submit(submission), 'compiler_arg_refused');
  });
});

describe('ids', () => {
  const paths = ['', '/result'].map((end) => (id: string) => `/v1/submissions/${id}${end}`);

  it.each([
    '1',
    'x',
    "1'OR'1'='1",
    '00000000-0000-0000-0000-000000000000',
    `${randomUUID()}0`,
    randomUUID().toUpperCase(),
  ])('%j is malformed', async (id) => {
    for (const path of paths) problemOf(await system.client.request('GET', path(id)), 'invalid_id');
    problemOf(await system.client.generateUrl(id), 'invalid_id');
  });

  it('of nobody are not found', async () => {
    const id = randomUUID();
    for (const path of paths) problemOf(await system.client.request('GET', path(id)), 'submission_not_found');
    problemOf(await system.client.getResult(id, { wait: 2 }), 'submission_not_found');
    problemOf(await system.client.generateUrl(id), 'submission_not_found');
  });

  it.each(['x', 'nonsense!', 'abcdefgh', 'A'.repeat(16), 'A'.repeat(17), '-', '1;DROP'])(
    'code %j is no link',
    async (code) => {
      problemOf(await system.client.getSubmission(code), 'link_not_found');
    },
  );
});

describe('the request', () => {
  it.each(['', '{', '[', '"', 'nul', '{"a":}', '{"language":"python",}', '{"a":NaN}', '\ufeff{}', '{} {}'])(
    'is not JSON as %j',
    async (body) => {
      problemOf(await post(body), 'malformed_json');
    },
  );

  it.each(['null', '[]', '"x"', '1', 'true'])('is not an object as %j', async (body) => {
    problemOf(await post(body), 'invalid_request');
  });

  it('may not be nested without end', async () => {
    const startedAt = performance.now();
    problemOf(await post('['.repeat(100_000)), 'malformed_json');
    problemOf(await post(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`), 'malformed_json');
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-7',
    'application/xml',
  ])('may not be %s', async (type) => {
    problemOf(await post(JSON.stringify(HELLO), { 'content-type': type }), 'unsupported_media_type');
  });

  it('may not be without a type', async () => {
    const answer = await system.client.request('POST', '/v1/submissions', { body: JSON.stringify(HELLO) });
    problemOf(answer, 'unsupported_media_type');
  });

  it('may not be compressed', async () => {
    const bomb = gzipSync(JSON.stringify({ ...HELLO, code_input: 'x'.repeat(50 * MIB) }));
    problemOf(await post(bomb, { 'content-encoding': 'gzip' }), 'unsupported_media_type');
  });

  const submissionOfBytes = (bytes: number) => {
    const empty = JSON.stringify({ ...HELLO, code_input: '' });
    return JSON.stringify({ ...HELLO, code_input: 'x'.repeat(bytes - empty.length) });
  };

  it('may have 4 MiB', async () => {
    expect((await post(submissionOfBytes(BODY_BYTES))).status).toBe(201);
  });

  it.each([
    ['one byte more', BODY_BYTES + 1, false],
    ['50 MB', 50_000_000, false],
    ['one byte more than it announces', BODY_BYTES + 1, true],
    ['50 MB without announcing it', 50_000_000, true],
  ])('may not have %s', async (_, bytes, chunked) => {
    const answer = await system.client.request('POST', '/v1/submissions', {
      body: submissionOfBytes(bytes),
      chunked,
      headers: { 'content-type': 'application/json' },
    });
    problemOf(answer, 'body_too_large');
  });

  it('is refused by its announced length, before a byte of it was parsed', async () => {
    const answer = await system.client.request('POST', '/v1/submissions', {
      body: `not JSON${' '.repeat(BODY_BYTES)}`,
      headers: { 'content-type': 'application/json' },
    });
    problemOf(answer, 'body_too_large');
  });

  it.each(['31', '-1', 'x', '', '1e9', 'Infinity'])('may not wait %j seconds', async (wait) => {
    const path = `/v1/submissions?wait=${wait}`;
    problemOf(await system.client.request('POST', path, { json: HELLO }), 'invalid_request');
  });

  it('goes to an address that there is, with a method that it takes', async () => {
    const answers: [string, string, ProblemCode][] = [
      ['GET', '/v1/nothing', 'not_found'],
      ['GET', '/nothing', 'not_found'],
      ['GET', '/V1/languages', 'not_found'],
      ['GET', '/v1/%6canguages', 'not_found'],
      ['PUT', '/v1/submissions', 'method_not_allowed'],
      ['DELETE', '/v1/languages', 'method_not_allowed'],
    ];
    for (const [method, path, code] of answers) problemOf(await system.client.request(method, path), code);
  });
});

describe('a link', () => {
  it.each([
    { expires_in_seconds: 0 },
    { expires_in_seconds: 1e12 },
    { expires_in_seconds: '60' },
    { forever: true },
  ])('is not made with %j', async (options) => {
    const { submission_id } = await system.client.run(HELLO);
    problemOf(await system.client.generateUrl(submission_id, options), 'invalid_request');
  });
});
