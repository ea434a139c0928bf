import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { GatewayUnderTest } from '../../test/gateway.under.test';
import { rawRequest } from '../../test/raw.http';

const PAGE = '<!doctype html><script src="/assets/editor-1.js" type="module"></script>';
const SCRIPT = 'console'.repeat(200);

describe('a gateway with a build of the pages', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'runbin-web-'));
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    const write = (file: string, content: string | Uint8Array) =>
      writeFileSync(path.join(directory, file), content);
    mkdirSync(path.join(directory, 'assets'));
    write('manifest.json', '{}');
    write('index.html', PAGE);
    write('status.html', PAGE);
    write('assets/editor-1.js', SCRIPT);
    write('assets/editor-1.js.br', brotliCompressSync(SCRIPT));
    write('assets/editor-1.js.gz', gzipSync(SCRIPT));
    write('assets/plain-1.svg', '<svg/>');
    gateway = await GatewayUnderTest.start({ GATEWAY_WEB_DIR: directory });
  });
  afterAll(async () => {
    await gateway.stop();
    rmSync(directory, { recursive: true });
  });

  it.each(['/', '/status', '/?fork=abcdefgh'])(
    'serves %s as a page that is always asked about',
    async (at) => {
      const answer = await gateway.fetch(at);
      expect([answer.status, await answer.text()]).toEqual([200, PAGE]);
      expect(answer.headers.get('content-type')).toMatch(/^text\/html; charset=utf-8$/i);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      const etag = answer.headers.get('etag') ?? '';
      // Not fetch: it adds a header that asks for the whole again.
      const lines = [
        `GET ${at} HTTP/1.1`,
        'Host: localhost',
        `If-None-Match: ${etag}`,
        'Accept-Encoding: br',
      ];
      expect(await rawRequest(gateway.port, [`${lines.join('\r\n')}\r\n\r\n`])).toMatchObject({
        status: 304,
      });
    },
  );

  it('lets a page load its own files only, and nobody frame it', async () => {
    const csp = (await gateway.fetch('/status')).headers.get('content-security-policy');
    expect(csp).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(csp).toContain("connect-src 'self'; worker-src 'self';");
    expect(csp).toContain("frame-ancestors 'none'");
    const editor = await gateway.fetch('/');
    expect(editor.headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(Object.fromEntries(editor.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['br, gzip', 'br'],
    ['identity', null],
  ])('serves a script to who accepts %s', async (accepted, encoding) => {
    const answer = await gateway.fetch('/assets/editor-1.js', { headers: { 'accept-encoding': accepted } });
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(answer.headers.get('vary')).toBe('accept-encoding, Origin');
    expect(answer.headers.get('content-type')).toMatch(/^(?:text|application)\/javascript/);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await answer.text()).toBe(SCRIPT);
  });

  it('serves what was not worth compressing as it is', async () => {
    const answer = await gateway.fetch('/assets/plain-1.svg');
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, null]);
    expect(answer.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
  });

  it.each([
    '/assets/nothing.js',
    '/assets/',
    '/assets/..',
    '/assets/.',
    '/assets/../manifest.json',
    '/manifest.json',
  ])('has nothing at %s', async (target) => {
    const { status, head } = await rawRequest(gateway.port, [
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    ]);
    expect(status).toBe(404);
    expect(head).toContain('application/problem+json');
  });

  it('takes no other method', async () => {
    const answer = await gateway.fetch('/', { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await gateway.fetch('/', { method: 'HEAD' })).status).toBe(200);
  });
});

describe('a gateway without a build', () => {
  let gateway: GatewayUnderTest;
  beforeAll(async () => {
    gateway = await GatewayUnderTest.start({ GATEWAY_WEB_DIR: path.join(tmpdir(), 'runbin-no-such-build') });
  });
  afterAll(() => gateway.stop());

  it.each(['/', '/status', '/assets/editor-1.js'])('says so at %s, and does the rest', async (target) => {
    const { status, body } = await gateway.get(target);
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
    expect((await gateway.get('/v1/languages')).status).toBe(200);
  });
});
