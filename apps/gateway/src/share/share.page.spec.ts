import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import type { Result } from '@runbin/contracts/result';
import type { Submission } from '@runbin/contracts/submission';
import { loadCatalogue } from '@runbin/languages/catalogue';
import { Problem } from '@runbin/platform/problem';
import { Highlighter } from '../display/highlighter';
import { queuedResult } from '../submissions/queued.result';
import type { ShownLink } from '../urls/link.desk';
import { cardTags } from './card.tags';
import { EMBED_CSP, PROBLEM_CSP, SHARE_CSP } from './page.policies';
import { problemPage } from './problem.page';
import { sharePage } from './share.page';

const created_at = '2026-01-01T00:00:00.000Z';
const submission_id = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e';
const queued = queuedResult({ submission_id, language: 'python', created_at });
const catalogue = loadCatalogue(path.join(__dirname, '../../../../languages'));

function shown(submission: Partial<Submission>, result: Partial<Result> | null = {}): ShownLink {
  return {
    link: { code: 'abcdefgh', submission_id, created_at, expires_at: null },
    submission: {
      submission_id,
      language: 'python',
      language_version: '3.11.2',
      code: '',
      code_encoding: 'utf-8',
      code_input: '',
      code_input_encoding: 'utf-8',
      files: [{ name: 'main.py', content: 'print(1)\n', encoding: 'utf-8' }],
      args: [],
      compiler_args: [],
      limits: DEFAULT_LIMITS,
      created_at,
      ...submission,
    },
    result: result && { ...queued, attempt: 1, status: 'succeeded', message: 'It ended.', ...result },
    result_problem: null,
    output_log: null,
  };
}

/** A stranger's text wherever a stranger's text can be. */
const everywhere = (text: string): ShownLink =>
  shown(
    {
      language_version: text,
      code_input: text,
      files: [
        { name: text, content: text, encoding: 'utf-8' },
        { name: `${text}.txt`, content: text, encoding: 'utf-8' },
      ],
      args: [text],
      compiler_args: [text],
    },
    {
      status: 'runtime_error',
      message: text,
      stdout: text,
      stderr: text,
      language_version: text,
      compile: {
        ...{ exit_code: 0, signal: null, output: text, output_encoding: 'utf-8', output_truncated: false },
        ...{ cpu_time_ms: 1, wall_time_ms: 1, cached: false },
      },
    },
  );

const page = (link: ShownLink, script?: string) =>
  sharePage(link, {
    catalogue,
    highlighter: new Highlighter(),
    time: { ms: 10_000 },
    room: { characters: 768 * 1024 },
    resultsRoom: { characters: 768 * 1024 },
    earlyScript: undefined,
    script,
    card: cardTags(link, { of: (path) => `http://runbin.test${path}` }),
  });

const withoutStyle = (html: string) => html.replace(/<style>[^]*?<\/style>/, '');

/** What a reader sees of an element, by its tag and id. */
function textOf(html: string, tag: string, id: string): string {
  const [, inside = ''] = new RegExp(`<${tag}[^>]* id="${id}"[^>]*>([^]*?)</${tag}>`).exec(html) ?? [];
  return inside
    .replace(/<[^>]*>/g, '')
    .replace(
      /&(lt|gt|amp|quot|#39);/g,
      (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" })[name] ?? '',
    );
}

const TAGS =
  'html head meta link title style body header h1 h2 span small p main div section pre code footer a nav ul li button dl dt dd svg rect path figure figcaption i b time img'.split(
    ' ',
  );

describe('the share page', () => {
  it.each([
    '<script>alert(1)</script>',
    '</pre></style><img src=x onerror=alert(1)>',
    `"' onmouseover='alert(1)`,
    '<!--',
    '</title><svg onload=alert(1)>',
    '&lt;b&gt;',
    '</script><script>alert(1)</script>',
    'javascript:alert(1)',
    '<a href="javascript:alert(1)">',
    '\u2028</span><iframe srcdoc="<script>alert(1)</script>">',
    '<ScRiPt>alert(1)</sCrIpT>',
    '"><base href="//evil.example/">',
    '" http-equiv="refresh" content="0;url=//evil.example',
    '&#106;avascript:alert(1)',
    ']]><template><style>*{}</style>',
    'data:image/png;base64,AAAA" onerror="alert(1)',
    'data:image/svg+xml,<svg onload=alert(1)>',
    '\u001b]8;;javascript:alert(1)\u0007link\u001b]8;;\u0007',
    '\u001b[31m<b\u001b[0m onmouseover=alert(1)>',
  ])('shows %j as it is', (text) => {
    const html = withoutStyle(page(everywhere(text)));
    const tags = [...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name = '']) => name);
    expect(tags.filter((tag) => !TAGS.includes(tag))).toEqual([]);
    // Names of attributes, without what stands in them.
    const bare = html.replace(/"[^"]*"/g, '""');
    expect(bare).not.toMatch(/<[^>]*\son\w+=/i);
    expect(html).not.toMatch(/(?:href|src)="?\s*javascript:/i);
    expect(html).not.toMatch(/<script|<img|<!--/i);
    expect(bare).not.toMatch(/<meta[^>]*http-equiv|<base/i);
  });

  it('tells those who show the link elsewhere text without colours', () => {
    const html = page(shown({}, { stdout: '\u001b[1;31mred\u001b[0m\n\ta "b"\n' }));
    expect(html).toContain(
      '<meta property="og:description" content="python 3.11.2. Output: red a &quot;b&quot;">',
    );
  });

  it('makes control and direction characters visible', () => {
    const html = page(everywhere('a\u202eb\u0000c\u001bd\u200b\u{e0041}\u{e0130}'));
    for (const codePoint of ['U+202E', 'U+0000', 'U+001B', 'U+200B', 'U+E0041', 'U+E0130'])
      expect(html).toContain(`>${codePoint}<`);
    expect(html).not.toMatch(/[\u0000\u001b\u202e\u200b\u{e0041}\u{e0130}]/u);
  });

  it('colours the code, line by line, and keeps every character', () => {
    const content = 'def f(x):\n    """a\n    b"""\n\n    return f"{x} & <{1}>"  # ok\n';
    const html = page(shown({ files: [{ name: 'main.py', content, encoding: 'utf-8' }] }));
    expect(html).toContain('<span class="l" id="L1"><span class="k">def</span> <span class="f">f</span>');
    expect([...html.matchAll(/id="L(\d+)"/g)].map(([, line]) => line)).toEqual(['1', '2', '3', '4', '5']);
    expect(html).toContain('<span class="s">    b&quot;&quot;&quot;</span>');
    expect(textOf(html, 'section', 'file-1')).toContain(content);
  });

  it('shows several files under their names, each with an address', () => {
    const html = page(
      shown({
        files: [
          { name: 'main.py', content: 'import lib\n', encoding: 'utf-8' },
          { name: 'a dir/lib é.py', content: 'x = 1\n', encoding: 'utf-8' },
          { name: 'blob', content: '/wA=', encoding: 'base64' },
        ],
      }),
    );
    expect(html).toContain('<a href="#file-2">a dir/lib é.py</a>');
    expect(html).toContain('href="/s/abcdefgh/raw/a%20dir/lib%20%C3%A9.py"');
    expect(html).toContain('id="F2L1"');
    expect(textOf(html, 'section', 'file-3')).toContain('00000000  ff 00');
  });

  it('shows both streams in the order in which they came, and tells them apart', () => {
    const link = shown({}, { stdout: 'one\ntwo\n', stderr: 'bad\n' });
    const output_log: ShownLink['output_log'] = [
      ['stdout', 1, 4],
      ['stderr', 2, 4],
      ['stdout', 3, 4],
    ];
    const html = page({ ...link, output_log });
    expect(html).toContain('\none\n<span class="e">bad\n</span>two\n</pre>');
    expect(html).toContain('stderr is marked');
  });

  it('dresses the output as a terminal would', () => {
    const html = page(
      shown({}, { stdout: '\u001b[31mred\u001b[0m plain\u001b[2K', stderr: '\u001b[1mbold' }),
    );
    expect(html).toContain('\n<span class="f1">red</span> plain<span class="e bo">bold</span></pre>');
  });

  it('shows a picture that the program printed, and nothing else that looks like one', () => {
    const html = page(
      shown(
        {},
        { stdout: 'before\ndata:image/png;base64,iVBORw0KGgo=\ndata:text/html;base64,PGI+\nafter\n' },
      ),
    );
    expect(html).toContain('before\n<img class="picture"');
    expect(html).toContain('src="data:image/png;base64,iVBORw0KGgo="');
    expect(html).toContain('data:text/html;base64,PGI+\nafter');
  });

  it('shows bytes that are no text as a dump, and a picture as one', () => {
    const html = page(shown({}, { stdout: '/wAB', stdout_encoding: 'base64', stderr: 'e' }));
    expect(textOf(html, 'section', 'output')).toContain('00000000  ff 00 01');
    expect(textOf(html, 'section', 'errors')).toContain('e');
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(9, 255)]).toString(
      'base64',
    );
    expect(page(shown({}, { stdout: png, stdout_encoding: 'base64' }))).toContain(
      `src="data:image/png;base64,${png}"`,
    );
  });

  it('says that output was cut off', () => {
    const html = page(
      shown({}, { stdout: 'x', stdout_truncated: true, stderr: 'y', stderr_truncated: true }),
    );
    expect(html).toContain('stdout was cut off at the limit of the run');
    expect(html).toContain('stderr was cut off at the limit of the run');
  });

  it('keeps a first newline of the output', () => {
    expect(page(shown({}, { stdout: '\nx' }))).toContain('>\n\nx</pre>');
  });

  it.each([
    ['long lines', 'x'.repeat(4 * 1024 * 1024)],
    ['many lines', '\n'.repeat(1024 * 1024)],
    ['control characters', '\u0000'.repeat(1024 * 1024)],
    ['colours', '\u001b[31mx\u001b[0my'.repeat(200 * 1024)],
    ['what is escaped', '"'.repeat(1024 * 1024)],
  ])('is bounded, and says so: %s', (_name, text) => {
    const html = page(
      shown({ files: [{ name: 'main.py', content: text, encoding: 'utf-8' }] }, { stdout: text }),
    );
    expect(html.match(/only the beginning is shown here/g)).toHaveLength(2);
    expect(html.length).toBeLessThan(1_700_000);
  });

  it('reloads itself only while the result is not final, with a script by other means', () => {
    expect(page(shown({}))).not.toContain('http-equiv');
    const pending = { ...shown({}), result: queued };
    expect(page(pending)).toContain('<meta http-equiv="refresh"');
    expect(page(pending, '/assets/share.js')).toContain('<noscript><meta http-equiv="refresh"');
  });

  it('shows the code when the result can not be reached', () => {
    const html = page({
      ...shown({}, null),
      result_problem: { code: 'unavailable', detail: 'The result service is not reachable.' },
    });
    expect(textOf(html, 'section', 'file-1')).toContain('print(1)');
    expect(html).toContain('The result service is not reachable.');
  });

  it('says the verdict, the figures and where the time went', () => {
    const at = (ms: number) => new Date(Date.parse(created_at) + ms).toISOString();
    const html = page(
      shown(
        {},
        {
          exit_code: 3,
          status: 'runtime_error',
          usage: { cpu_time_ms: 12.34, wall_time_ms: 1234, memory_peak_bytes: 9 * 1024 * 1024 },
          timeline: {
            queued_at: created_at,
            picked_at: at(5),
            sandbox_ready_at: at(7),
            compiled_at: null,
            started_at: at(7),
            finished_at: at(1241),
          },
        },
      ),
    );
    expect(html).toContain('<span class="verdict bad" id="verdict" role="status">Runtime error</span>');
    for (const figure of ['<dd>3</dd>', '<dd>1.23 s</dd>', '<dd>12 ms</dd>', '<dd>9.0 MiB</dd>'])
      expect(html).toContain(figure);
    expect(html).toContain('aria-label="Queue 5 ms, Sandbox 2 ms, Run 1.23 s"');
  });

  it('is small', () => {
    const content = Array.from(
      { length: 60 },
      (_, n) => `print("line", ${n}, [x for x in range(${n})])\n`,
    ).join('');
    const html = page(
      shown({ files: [{ name: 'main.py', content, encoding: 'utf-8' }] }, { stdout: content }),
    );
    expect(brotliCompressSync(html).length).toBeLessThan(8_000);
  });

  it('has policies that let nothing in', () => {
    const common =
      "default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'";
    expect(SHARE_CSP).toMatch(
      new RegExp(
        `^${common}; frame-ancestors 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:$`,
      ),
    );
    expect(PROBLEM_CSP).toMatch(new RegExp(`^${common}; frame-ancestors 'none'; img-src data:$`));
    expect(EMBED_CSP).toMatch(
      new RegExp(`^${common}; frame-ancestors \\*; img-src data:; sandbox allow-popups `),
    );
    expect(EMBED_CSP).not.toContain('allow-scripts');
    expect(EMBED_CSP).not.toContain('allow-same-origin');
  });

  it('says what is wrong with a link', () => {
    const html = problemPage(new Problem('link_gone', 'The link <has> expired.'));
    expect(html).toContain('The link &lt;has&gt; expired.');
    expect(html).not.toContain('http-equiv');
  });
});
