import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rawRequest } from '../../test/raw.http';
import { GatewayUnderTest } from '../../test/gateway.under.test';

const NAMES = [
  'main.py',
  'a dir/lib é.py',
  '100%.txt',
  '..hidden?#&+;=',
  'q"uo\'te\u202egpj.exe',
  'x'.repeat(250),
];

describe('links', () => {
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({}, {});
  });
  afterAll(() => gateway.stop());

  async function link(body: Record<string, unknown> = {}, outcome: Record<string, unknown> | null = {}) {
    const id = await gateway.submit(body);
    if (outcome) await gateway.services.finish(id, outcome);
    const { body: made } = await gateway.post(`/v1/submissions/${id}/url`, {});
    return { id, code: String(made.code), url: String(made.unique_url) };
  }

  const files = (list: readonly (readonly [string, string, string?])[]) => ({
    files: list.map(([name, content, encoding = 'utf-8']) => ({ name, content, encoding })),
    code: undefined,
  });

  describe('the share page', () => {
    it('is complete in one answer, small, and asked about again', async () => {
      const { code } = await link({ code: 'print("<b>é</b>")\n' });
      const answer = await gateway.fetch(`/s/${code}`, { headers: { 'accept-encoding': 'br' } });
      expect(answer.headers.get('content-encoding')).toBe('br');
      expect(answer.headers.get('cache-control')).toBe('private, no-cache');
      expect(answer.headers.get('vary')).toBe('accept-encoding, Origin');
      expect(answer.headers.get('x-robots-tag')).toBe('noindex');
      const html = await answer.text();
      expect(html).toContain('&lt;b&gt;é&lt;/b&gt;');
      expect(html).toContain('hello\n');
      const etag = answer.headers.get('etag') ?? '';
      const again = await gateway.fetch(`/s/${code}`, { headers: { 'if-none-match': etag } });
      expect([again.status, await again.text()]).toEqual([304, '']);
    });

    it.each(['gzip;q=0, br;q=0', 'identity', 'deflate'])(
      'is not compressed for who accepts %s',
      async (accepted) => {
        const { code } = await link();
        const answer = await gateway.fetch(`/s/${code}`, { headers: { 'accept-encoding': accepted } });
        expect(answer.headers.get('content-encoding')).toBeNull();
        expect(await answer.text()).toContain('</html>');
      },
    );

    it('shows the streams in the order of the record', async () => {
      const { id, code } = await link({}, { stdout: 'one\ntwo\n', stderr: 'bad\n' });
      gateway.services.backend.logs.set(id, [
        ['stdout', 1, 4],
        ['stderr', 2, 4],
        ['stdout', 3, 4],
      ]);
      expect(await (await gateway.fetch(`/s/${code}`)).text()).toContain(
        'one\n<span class="e">bad\n</span>two\n',
      );
    });

    it('looks again by itself while the run goes on, and is kept by nobody', async () => {
      const { code } = await link({}, null);
      const answer = await gateway.fetch(`/s/${code}`);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await answer.text()).toContain('http-equiv="refresh"');
    });

    it('tells others what it is, by whole addresses', async () => {
      const { code, url } = await link({ code: 'x' }, { stdout: 'a "b" <c>\n' });
      const html = await (await gateway.fetch(`/s/${code}`)).text();
      const base = `http://localhost:${gateway.port}`;
      expect(html).toContain(`<meta property="og:image" content="${base}/s/${code}/card.png">`);
      expect(html).toContain(
        '<meta property="og:description" content="python 3.11.2. Output: a &quot;b&quot; &lt;c&gt;">',
      );
      const [, oembed = ''] = /type="application\/json\+oembed" href="([^"]+)"/.exec(html) ?? [];
      const { status, body } = await gateway.get(oembed.replaceAll('&amp;', '&').replace(base, ''));
      expect([status, body.type]).toEqual([200, 'rich']);
      expect(url).toBe(`${base}/s/${code}`);
    });
  });

  describe('raw files', () => {
    it.each(NAMES)('are found by their names: %j', async (name) => {
      const { code } = await link(
        files([
          ['first.py', '1'],
          [name, `é ${name}\r\n`],
        ]),
      );
      const at = `/s/${code}/raw/${name.split('/').map(encodeURIComponent).join('/')}`;
      const answer = await gateway.fetch(at);
      expect([answer.status, await answer.text()]).toEqual([200, `é ${name}\r\n`]);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-disposition')).toMatch(
        /^attachment; filename="[^"\\\r\n]+"; filename\*=UTF-8''[\w.!#$&+^`|~%-]+$/,
      );
      expect(answer.headers.get('content-disposition')).not.toContain('%E2%80%AE');
      expect(answer.headers.get('content-security-policy')).toContain('sandbox');
      expect((await gateway.fetch(`${at}?x=1`)).status).toBe(200);
      // A slash is a slash, escaped or not.
      expect((await gateway.fetch(`/s/${code}/raw/${encodeURIComponent(name)}`)).status).toBe(200);
    });

    it('are the entry where no name is given', async () => {
      const { code } = await link(
        files([
          ['<b>.html', '<script>alert(1)</script>'],
          ['b', '2'],
        ]),
      );
      const answer = await gateway.fetch(`/s/${code}/raw`);
      expect(await answer.text()).toBe('<script>alert(1)</script>');
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('content-disposition')).toContain('filename="_b_.html"');
    });

    it('are bytes where they are no text', async () => {
      const { code } = await link(
        files([
          ['a.py', ''],
          ['b.bin', '/wABAg==', 'base64'],
        ]),
      );
      const answer = await gateway.fetch(`/s/${code}/raw/b.bin`);
      expect(answer.headers.get('content-type')).toBe('application/octet-stream');
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from([0xff, 0, 1, 2]));
    });

    it.each([
      ['raw/nothing', 404],
      ['raw/', 404],
      ['raw/../../../etc/passwd', 404],
      ['raw/..%2f..%2fmain.py', 404],
      ['raw/%2fmain.py', 404],
      ['raw/main.py/', 404],
      ['raw/main.py%00', 404],
      ['raw/m%2561in.py', 404],
      ['raw/__proto__', 404],
      ['raw/%ff', 400],
      ['raw/%c0%ae', 400],
      ['raw/%ed%a0%80', 400],
      ['raw/%zz', 400],
      ['raw/%', 400],
      ['%72aw/main.py', 404],
      ['%72aw', 404],
    ])('are nothing but files of the link: %s', async (target, status) => {
      const { code } = await link(files([['main.py', '1']]));
      const answer = await rawRequest(gateway.port, [
        `GET /s/${code}/${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      ]);
      expect([answer.status, answer.head.includes('application/problem+json')]).toEqual([status, true]);
    });

    it.each(['%2e%2e/v1/languages', 's/%61bcdefgh', 'embed/%61bcdefgh', 's/%61bcdefgh/raw/x'])(
      'are the only addresses with escapes: /%s',
      async (target) => {
        const answer = await rawRequest(gateway.port, [`GET /${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`]);
        expect(answer.status).toBe(404);
      },
    );

    it('take GET and HEAD', async () => {
      const { code } = await link(files([['a b.py', '1']]));
      const head = await gateway.fetch(`/s/${code}/raw/a%20b.py`, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
      const post = await gateway.fetch(`/s/${code}/raw/lib/a.py`, { method: 'POST' });
      expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    });
  });

  describe('the output', () => {
    it.each([
      ['<svg onload=alert(1)>\r\n', 'utf-8', 'text/plain; charset=utf-8'],
      ['/wAB', 'base64', 'application/octet-stream'],
    ])('is what was written: %j', async (stdout, encoding, type) => {
      const { code } = await link({}, { stdout, stdout_encoding: encoding });
      const answer = await gateway.fetch(`/s/${code}/output`);
      expect(answer.headers.get('content-type')).toBe(type);
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="output\./);
      const bytes = Buffer.from(stdout, encoding === 'base64' ? 'base64' : 'utf8');
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    });

    it('is not there before the run is over', async () => {
      const { code } = await link({}, null);
      const { status, body } = await gateway.get(`/s/${code}/output`);
      expect([status, body.code]).toEqual([409, 'result_not_final']);
    });
  });

  it('offers everything as a zip that others can read', async () => {
    const { code } = await link(
      {
        ...files([
          ['main.py', 'print("é")\n'],
          ['lib/ü b.py', 'x = 1\n'],
          ['b.bin', '/wA=', 'base64'],
        ]),
        code_input: 'in\n',
        args: ['a b'],
      },
      { stdout: 'out\n'.repeat(10_000), stderr: 'err\n' },
    );
    const answer = await gateway.fetch(`/s/${code}/zip`);
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(answer.headers.get('content-disposition')).toContain(`filename="runbin-${code}.zip"`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.length).toBeLessThan(5_000);
    const directory = mkdtempSync(path.join(tmpdir(), 'runbin-zip-'));
    try {
      writeFileSync(path.join(directory, 'a.zip'), bytes);
      const script = `import json, zipfile
z = zipfile.ZipFile('a.zip')
assert z.testzip() is None
print(json.dumps({n: z.read(n).decode('latin1') for n in z.namelist()}))`;
      const { stdout } = spawnSync('python3', ['-c', script], { cwd: directory });
      const read = JSON.parse(stdout.toString()) as Record<string, string>;
      expect(Object.keys(read)).toEqual([
        'program/main.py',
        'program/lib/ü b.py',
        'program/b.bin',
        'input.txt',
        'stdout.txt',
        'stderr.txt',
        'README.txt',
      ]);
      expect(read['program/b.bin']).toBe('\xff\0');
      expect(read['stdout.txt']).toBe('out\n'.repeat(10_000));
      expect(read['README.txt']).toContain(`/s/${code}\n`);
      expect(read['README.txt']).toContain('Succeeded. The program ended with exit code 0.');
    } finally {
      rmSync(directory, { recursive: true });
    }
    expect(gateway.answersInUse).toBe(0);
  });

  describe('the card', () => {
    it('is a picture that anybody may show, and is drawn once', async () => {
      const { code } = await link({ code: 'print("<b>")\n' });
      const card = () => gateway.fetch(`/s/${code}/card.png`);
      const [one, other] = await Promise.all([card(), card()]);
      expect(one.headers.get('content-type')).toBe('image/png');
      expect(one.headers.get('cache-control')).toBe('public, max-age=300');
      expect(one.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
      const bytes = Buffer.from(await one.arrayBuffer());
      expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1200, 630]);
      expect(Buffer.from(await other.arrayBuffer()).equals(bytes)).toBe(true);
      const etag = one.headers.get('etag') ?? '';
      const again = await gateway.fetch(`/s/${code}/card.png`, { headers: { 'if-none-match': etag } });
      expect(again.status).toBe(304);
    });

    it('is not drawn for more than can wait', async () => {
      const links = await Promise.all(Array.from({ length: 50 }, (_, n) => link({ code: `print(${n})` })));
      const answers = await Promise.all(links.map(({ code }) => gateway.fetch(`/s/${code}/card.png`)));
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(32);
      expect(statuses.filter((status) => status !== 200).every((status) => status === 503)).toBe(true);
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    });
  });

  describe('the embedded page', () => {
    it('may be framed by anybody and may do nothing', async () => {
      const { code } = await link({ code: 'print(1)' });
      const answer = await gateway.fetch(`/embed/${code}`);
      const csp = answer.headers.get('content-security-policy') ?? '';
      expect(csp).toContain('frame-ancestors *');
      expect(csp).toMatch(/sandbox allow-popups allow-popups-to-escape-sandbox$/);
      expect(csp).toContain("default-src 'none'");
      expect(csp).not.toContain('script-src');
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
      expect(answer.headers.get('x-frame-options')).toBeNull();
      expect(answer.headers.get('set-cookie')).toBeNull();
      const html = await answer.text();
      expect(html).not.toMatch(/<script|<form|<button[^>]*(?<!hidden)>/);
      expect(html).toContain(`<a class="brand" href="/s/${code}" target="_blank" rel="noopener">`);
    });

    it('shows what it is asked for', async () => {
      const { code } = await link({ code: 'print(1)' });
      const page = async (query: string) => (await gateway.fetch(`/embed/${code}?${query}`)).text();
      expect(await page('theme=dark')).toContain('<html lang="en" data-theme="dark">');
      expect(await page('show=code')).not.toContain('hello');
      expect(await page('show=output')).not.toContain('id="file-1"');
      const both = await page('show=both&theme=light');
      expect(both).toContain('id="file-1"');
      expect(both).toContain('hello');
    });

    it.each(['theme=blue', 'show=', 'show=code&show=output', 'x=1', 'theme=dark"><script>'])(
      'is not there for ?%s',
      async (query) => {
        const { code } = await link();
        const answer = await gateway.fetch(`/embed/${code}?${query}`);
        expect(answer.status).toBe(400);
        expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
        expect(await answer.text()).not.toContain('<script');
      },
    );
  });

  describe('oEmbed', () => {
    const ask = (query: Record<string, string>) =>
      gateway.get(`/oembed?${new URLSearchParams(query).toString()}`);

    it('answers with a frame of the embedded page', async () => {
      const { code, url } = await link({ code: 'print(1)\n'.repeat(40) });
      const { status, headers, body } = await ask({ url, format: 'json' });
      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(body).toMatchObject({
        version: '1.0',
        type: 'rich',
        provider_name: 'Runbin',
        width: 720,
        height: 480,
      });
      expect(body.html).toContain(`src="http://localhost:${gateway.port}/embed/${code}"`);
      expect(body.html).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
      const small = await ask({
        url: url.replace('localhost', '127.0.0.1'),
        maxwidth: '300',
        maxheight: '200',
      });
      expect(small.body).toMatchObject({ width: 300, height: 200 });
    });

    it('escapes what a stranger named', async () => {
      const { url } = await link(files([['"><script>alert(1)</script>.py', '1']]));
      const { body } = await ask({ url });
      expect(body.html).not.toContain('<script');
    });

    it.each([
      ['https://example.com/s/abcdefgh', 404, 'not_found'],
      ['http://localhost/s/abcdefgh', 404, 'not_found'],
      ['javascript:alert(1)', 404, 'not_found'],
      ['nonsense', 404, 'not_found'],
      ['http://localhost:PORT/v1/urls/abcdefgh', 404, 'not_found'],
      ['http://localhost:PORT/s/abcdefgh', 404, 'link_not_found'],
      ['http://localhost:PORT@example.com/s/abcdefgh', 404, 'not_found'],
    ])('knows no other links: %s', async (url, status, code) => {
      const answer = await ask({ url: url.replace('PORT', String(gateway.port)) });
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    });

    it('offers JSON', async () => {
      const { url } = await link();
      expect((await ask({ url, format: 'xml' })).status).toBe(501);
      expect((await ask({ url, maxwidth: '-1' })).status).toBe(400);
      expect((await gateway.get('/oembed')).status).toBe(400);
    });
  });

  it.each(['', '/raw', '/raw/main.py', '/output', '/zip', '/card.png'])(
    'tells an unknown code from a malformed one nowhere, and says what is gone: /s/…%s',
    async (rest) => {
      const { id, code } = await link({ code: 'x' });
      const bodyAt = async (at: string) => {
        const answer = await gateway.fetch(`/s/${at}${rest}`);
        return { status: answer.status, body: await answer.text() };
      };
      const unknown = await bodyAt('abcdefghij');
      expect(unknown.status).toBe(404);
      expect(await bodyAt('x')).toEqual(unknown);
      expect(await bodyAt('abc-defgh')).toEqual(unknown);
      await gateway.services.forget(id);
      const { status, body } = await bodyAt(code);
      expect([status, body.includes('What this link showed was deleted.')]).toEqual([410, true]);
    },
  );

  it('compresses what it says it does', async () => {
    const { code } = await link({ code: 'x = 1\n'.repeat(1000) });
    const { head } = await rawRequest(gateway.port, [
      `GET /s/${code} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br\r\n\r\n`,
    ]);
    expect(head).toContain('content-encoding: br');
    expect(Number(/content-length: (\d+)/.exec(head)?.[1])).toBeLessThan(10_000);
  });
});
