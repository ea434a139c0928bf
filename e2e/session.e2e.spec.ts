import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { LanguagesResponseSchema } from '@runbin/contracts/language';
import { ResultSchema } from '@runbin/contracts/result';
import { SubmissionSchema, SubmitCodeResponseSchema } from '@runbin/contracts/submission';
import { GenerateUrlResponseSchema, GetSubmissionResponseSchema } from '@runbin/contracts/url';
import { bytesOf } from '../tools/lib/client.mjs';
import { acceptedOf, bodyOf } from './answers';
import { type Burst, submitBurst } from './burst';
import { useSystem } from './system';

const exec = promisify(execFile);

const system = useSystem();

describe('the four operations', () => {
  it('submitCode, getResult, generateUrl and getSubmission with curl', async () => {
    const curl = async (...args: string[]): Promise<unknown> => {
      const { stdout } = await exec('curl', ['--silent', '--show-error', '--fail-with-body', ...args]);
      return JSON.parse(stdout);
    };
    const { url } = system.client;
    const body = JSON.stringify({ language: 'python', code: 'print(input()[::-1])', code_input: 'stressed' });

    const submitted = SubmitCodeResponseSchema.parse(await curl(`${url}/v1/submissions`, '--json', body));
    const address = `${url}/v1/submissions/${submitted.submission_id}`;
    const result = ResultSchema.parse(await curl(`${address}/result?wait=30`));
    expect(result).toMatchObject({
      status: 'succeeded',
      stdout: 'desserts\n',
      exit_code: 0,
      signal: null,
      stderr: '',
    });

    const link = GenerateUrlResponseSchema.parse(await curl('-X', 'POST', `${address}/url`));
    expect(link.unique_url).toMatch(new RegExp(`/s/${link.code}$`));
    const opened = GetSubmissionResponseSchema.parse(await curl(`${url}/v1/urls/${link.code}`));
    expect(opened.submission).toMatchObject({ code: 'print(input()[::-1])', code_input: 'stressed' });
    // A link names only itself.
    const { submission_id: _id, ...shared } = result;
    expect(opened.result).toEqual(shared);
    expect(JSON.stringify(opened)).not.toContain(submitted.submission_id);
  });

  it('answers 201 with Location at once, and a result that says where it stands', async () => {
    const { client } = system;
    const code = 'import time; time.sleep(1); print("done")';
    const answer = await client.submitCode({ language: 'python', code });
    const { submission_id } = acceptedOf(answer);
    expect(answer.headers.location).toBe(`/v1/submissions/${submission_id}`);

    const early = bodyOf(await client.getResult(submission_id), 200, ResultSchema);
    expect(['Your submission is in queue.', 'Your submission is running.']).toContain(early.message);
    expect(early).toMatchObject({ exit_code: null, stdout: '', usage: null });

    const final = await client.finalResult(submission_id);
    expect(final).toMatchObject({ status: 'succeeded', stdout: 'done\n', attempt: 1 });
    expect(final.usage?.wall_time_ms).toBeGreaterThanOrEqual(1000);
    expect(final.usage?.cpu_time_ms).toBeLessThan(1000);
    const { queued_at, started_at, finished_at } = final.timeline;
    expect([queued_at, started_at, finished_at].map(String)).toEqual(
      [queued_at, started_at, finished_at].map(String).sort(),
    );
  });

  it('answers 200 with the result when it is final within ?wait=, else 201', async () => {
    const { client } = system;
    const quick = await client.submitCode({ language: 'python', code: 'print(1)' }, { wait: 30 });
    expect(bodyOf(quick, 200, ResultSchema)).toMatchObject({ status: 'succeeded', stdout: '1\n' });
    const slow = await client.submitCode(
      { language: 'python', code: 'import time; time.sleep(3)' },
      { wait: 1 },
    );
    await client.finalResult(acceptedOf(slow).submission_id);
  });

  it('gives the same link again for the same options, and another one for others', async () => {
    const { client } = system;
    const { submission_id } = await client.run({ language: 'python', code: 'print(1)' });
    const first = bodyOf(await client.generateUrl(submission_id), 201, GenerateUrlResponseSchema);
    expect(first.expires_at).toBeNull();
    expect(first.code.length).toBeLessThanOrEqual(16);
    expect(bodyOf(await client.generateUrl(submission_id), 200, GenerateUrlResponseSchema)).toEqual(first);
    const passing = bodyOf(
      await client.generateUrl(submission_id, { expires_in_seconds: 3600 }),
      201,
      GenerateUrlResponseSchema,
    );
    expect(passing.code).not.toBe(first.code);
    expect(Date.parse(String(passing.expires_at)) - Date.parse(passing.created_at)).toBe(3_600_000);
  });

  it('shows a link as a page that runs nothing of what it shows', async () => {
    const { client } = system;
    const code = 'print("<script>alert(1)</script>")  # </pre><img src=x onerror=alert(2)>';
    const { submission_id } = await client.run({ language: 'python', code });
    const link = bodyOf(await client.generateUrl(submission_id), 201, GenerateUrlResponseSchema);
    const page = await client.request('GET', `/s/${link.code}`);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'|default-src 'self'/);
    expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.text).not.toMatch(/<script>alert|<img src=x/);
  });
});

describe('what is submitted', () => {
  it('may be several files', async () => {
    const files = [
      { name: 'main.py', content: 'import lib.words\nprint(lib.words.hello(open("data.txt").read()))' },
      { name: 'lib/words.py', content: 'def hello(name):\n    return f"Hello, {name}!"' },
      { name: 'data.txt', content: 'files' },
    ];
    const result = await system.client.run({ language: 'python', files });
    expect(result).toMatchObject({ status: 'succeeded', stdout: 'Hello, files!\n' });
    const answer = await system.client.request('GET', `/v1/submissions/${result.submission_id}`);
    const submission = bodyOf(answer, 200, SubmissionSchema);
    expect(submission.files.map(({ name, content }) => ({ name, content }))).toEqual(files);
    expect(submission.code).toBe(files[0]?.content);
  });

  it('may carry arguments, which reach no shell', async () => {
    const args = ['--flag', 'a b', '$(id)', '; ls', '', 'é "\'', 'two\nlines'];
    const code = 'import json, sys; print(json.dumps(sys.argv[1:]))';
    const result = await system.client.run({ language: 'python', code, args });
    expect(JSON.parse(result.stdout)).toEqual(args);
  });

  it('may have binary input and gives binary output back, byte for byte', async () => {
    const bytes = Buffer.concat([
      Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      randomBytes(5000),
    ]);
    const result = await system.client.run({
      language: 'python',
      code: 'import sys; b = sys.stdin.buffer.read(); sys.stdout.buffer.write(b); sys.stderr.buffer.write(b[::-1])',
      code_input: bytes.toString('base64'),
      code_input_encoding: 'base64',
    });
    expect(result).toMatchObject({
      status: 'succeeded',
      stdout_encoding: 'base64',
      stderr_encoding: 'base64',
    });
    expect(bytesOf(result.stdout, result.stdout_encoding).equals(bytes)).toBe(true);
    expect(bytesOf(result.stderr, result.stderr_encoding).equals(Buffer.from(bytes).reverse())).toBe(true);
    const answer = await system.client.request('GET', `/v1/submissions/${result.submission_id}`);
    const submission = bodyOf(answer, 200, SubmissionSchema);
    expect(bytesOf(submission.code_input, submission.code_input_encoding).equals(bytes)).toBe(true);
  });

  it('may hold NUL bytes in code, input, arguments of print and output', async () => {
    const code_input = 'a\0b\0\0\n\u2028 é';
    const code = 'import sys; sys.stdout.write(sys.stdin.read() + "\\0")  # \u2028';
    const result = await system.client.run({ language: 'python', code, code_input });
    expect(result).toMatchObject({
      status: 'succeeded',
      stdout: `${code_input}\0`,
      stdout_encoding: 'utf-8',
    });
    const { submission_id } = await system.client.run({ language: 'bash', code: 'echo ok # \0\0' });
    const answer = await system.client.request('GET', `/v1/submissions/${submission_id}`);
    expect(bodyOf(answer, 200, SubmissionSchema).code).toBe('echo ok # \0\0');
  });

  it('may be empty', async () => {
    const result = await system.client.run({ language: 'python', code: '' });
    expect(result).toMatchObject({ status: 'succeeded', exit_code: 0, stdout: '', stderr: '' });
  });

  it('may be 3 MB: 1.5 MB of input and 1.5 MB of output', async () => {
    const input = randomBytes(750_000).toString('hex');
    const result = await system.client.run({
      language: 'python',
      code: 'import sys; sys.stdout.write(sys.stdin.read()[::-1])',
      code_input: input,
      limits: { output_bytes: 2_000_000 },
    });
    expect(result).toMatchObject({ status: 'succeeded', stdout_truncated: false });
    expect(result.stdout.length).toBe(1_500_000);
    expect(Buffer.from(result.stdout).reverse().equals(Buffer.from(input))).toBe(true);
  });

  it('may go to the byte of the output limit, and not beyond', async () => {
    const printing = (bytes: number) => ({
      language: 'python',
      code: `import sys; sys.stdout.write("x" * ${bytes})`,
      limits: { output_bytes: 4096 },
    });
    const full = await system.client.run(printing(4096));
    expect(full).toMatchObject({ status: 'succeeded', stdout: 'x'.repeat(4096), stdout_truncated: false });
    const over = await system.client.run(printing(4097));
    expect(over).toMatchObject({
      status: 'output_limit_exceeded',
      stdout: 'x'.repeat(4096),
      stdout_truncated: true,
    });
  });
});

it('tells a failing program apart from a stopped one', async () => {
  const run = (code: string, limits = {}) => system.client.run({ language: 'python', code, limits });
  expect(await run('raise SystemExit(3)')).toMatchObject({
    status: 'runtime_error',
    exit_code: 3,
    signal: null,
  });
  expect(await run('import os; os.kill(os.getpid(), 15)')).toMatchObject({
    status: 'runtime_error',
    signal: 15,
  });
  expect(await run('while True: pass', { cpu_time_ms: 500 })).toMatchObject({
    status: 'time_limit_exceeded',
  });
  expect(await run('b = bytearray(10**9)', { memory_bytes: 64 * 1024 * 1024 })).toMatchObject({
    status: 'memory_limit_exceeded',
  });
  const broken = await system.client.run({ language: 'c', code: 'int main(void) { return nothing; }' });
  expect(broken).toMatchObject({ status: 'compile_error', exit_code: null });
  expect(broken.compile?.output).toContain('nothing');
});

it('lists its languages with their versions', async () => {
  const { languages } = bodyOf(
    await system.client.request('GET', '/v1/languages'),
    200,
    LanguagesResponseSchema,
  );
  const python = languages.find(({ id }) => id === 'python');
  expect(python).toMatchObject({ available: true, source_name: 'main.py' });
  expect(python?.version).toMatch(/^3\./);
});

it('gives each of 1,000 submissions in a burst exactly one final result', async () => {
  const burst: Burst = await submitBurst(system.client, { count: 1_000, inFlight: 32 });
  expect(burst.refused).toEqual([]);
  expect(new Set(burst.accepted.map(({ submissionId }) => submissionId)).size).toBe(1_000);
  await burst.expectOneFinalResultEach(300_000);
}, 600_000);
