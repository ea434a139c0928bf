import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import type { GetSubmissionResponse } from '@runbin/contracts/url';
import { Problem } from '@runbin/platform/problem';
import { queuedResult } from '../submissions/queued.result';
import { SHARE_CSP, sharePage, shareProblemPage } from './share.page';

const created_at = '2026-01-01T00:00:00.000Z';
const submission_id = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e';
const queued = queuedResult({ submission_id, language: 'python', created_at });

function link(text: string): GetSubmissionResponse {
  return {
    submission: {
      submission_id,
      language: 'python',
      language_version: text,
      code: text,
      code_encoding: 'utf-8',
      code_input: text,
      code_input_encoding: 'utf-8',
      files: [{ name: text, content: text, encoding: 'utf-8' }],
      args: [],
      compiler_args: [],
      limits: DEFAULT_LIMITS,
      created_at,
    },
    result: {
      ...queued,
      status: 'runtime_error',
      message: text,
      stdout: text,
      stderr: text,
      language_version: text,
    },
    result_problem: null,
  };
}

describe('the share page', () => {
  it.each([
    '<script>alert(1)</script>',
    '</pre></style><img src=x onerror=alert(1)>',
    `"' onmouseover='alert(1)`,
    '<!--',
    '</title><svg onload=alert(1)>',
    '&lt;b&gt;',
  ])('shows %j as it is', (text) => {
    const page = sharePage('abcdefgh', link(text));
    const inside = page.replace(/<style>[^]*?<\/style>/, '');
    expect(inside).not.toContain(text);
    const tags = [...inside.matchAll(/<\/?([a-z][a-z0-9]*)/g)].map(([, name]) => name);
    const ours = [
      'html',
      'head',
      'meta',
      'title',
      'body',
      'header',
      'h1',
      'span',
      'p',
      'section',
      'h2',
      'small',
      'pre',
      'footer',
      'a',
    ];
    expect(tags.filter((tag) => !ours.includes(tag ?? ''))).toEqual([]);
    expect(inside).not.toMatch(/<[^>]*\son\w+=/);
  });

  it('makes control and direction characters visible', () => {
    const page = sharePage('abcdefgh', link('a\u202eb\u0000c\u001b[31m'));
    for (const codePoint of ['U+202E', 'U+0000', 'U+001B']) expect(page).toContain(`>${codePoint}<`);
    expect(page).not.toMatch(/[\u0000\u001b\u202e]/u);
  });

  it('keeps a first newline of the output', () => {
    expect(sharePage('abcdefgh', link('\nx'))).toContain('<pre>\n\nx</pre>');
  });

  it('shows only the beginning of a long output', () => {
    const { submission, result_problem } = link('x'.repeat(1024 * 1024));
    const result = { ...queued, status: 'succeeded' as const, stdout: submission.code };
    const page = sharePage('abcdefgh', {
      submission: {
        ...submission,
        language_version: '3',
        files: [{ name: 'main.py', content: submission.code, encoding: 'utf-8' as const }],
      },
      result,
      result_problem,
    });
    expect(page).toContain('only the beginning is shown here');
    expect(page.length).toBeLessThan(1_400_000);
  });

  it('reloads itself only while the result is not final', () => {
    const done = link('x');
    expect(sharePage('abcdefgh', done)).not.toContain('http-equiv');
    expect(sharePage('abcdefgh', { ...done, result: queued })).toContain('http-equiv="refresh"');
  });

  it('shows the code when the result can not be reached', () => {
    const page = sharePage('abcdefgh', {
      ...link('print(1)'),
      result: null,
      result_problem: { code: 'unavailable', detail: 'The result service is not reachable.' },
    });
    expect(page).toContain('print(1)');
    expect(page).toContain('The result service is not reachable.');
  });

  it('has a policy without any script', () => {
    expect(SHARE_CSP).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
  });

  it('says what is wrong with a link', () => {
    expect(shareProblemPage(new Problem('link_gone', 'The link <has> expired.'))).toContain(
      'The link &lt;has&gt; expired.',
    );
  });
});
