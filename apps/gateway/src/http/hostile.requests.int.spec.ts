import { gzipSync } from 'node:zlib';
import { GatewayUnderTest } from '../../test/gateway.under.test';
import { type RawAnswer, rawRequest } from '../../test/raw.http';

const BODY_LIMIT = 64 * 1024;
const JSON_HEAD = 'POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

describe('hostile requests', () => {
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start(
      { GATEWAY_BODY_BYTES: String(BODY_LIMIT) },
      { headersMs: 1_000, requestMs: 2_000 },
    );
  });
  afterAll(() => gateway.stop());
  afterEach(async () => {
    expect((await gateway.get('/healthz')).status).toBe(200);
  });

  const raw = (...pieces: string[]) => rawRequest(gateway.port, pieces);
  const problemIn = ({ body }: RawAnswer) => JSON.parse(body) as { code: string; status: number };

  function* forever(piece: string): Generator<string> {
    for (let sent = 0; sent < 64 * 1024 * 1024; sent += piece.length) yield piece;
  }
  function* after(head: string, rest: Iterable<string>): Generator<string> {
    yield head;
    yield* rest;
  }

  it('answers 413 to an announced body without reading it, and closes', async () => {
    const answer = await rawRequest(gateway.port, [`${JSON_HEAD}Content-Length: ${BODY_LIMIT + 1}\r\n\r\n`], {
      untilClosed: true,
    });
    expect([answer.status, problemIn(answer).code, answer.closed]).toEqual([413, 'body_too_large', true]);
    expect(answer.head).toContain('connection: close');
  });

  it('answers 413 to a client that asks before it sends', async () => {
    const answer = await raw(`${JSON_HEAD}Expect: 100-continue\r\nContent-Length: ${BODY_LIMIT + 1}\r\n\r\n`);
    expect(answer.status).toBe(413);
  });

  it('answers a request that expects something else as if it did not', async () => {
    const answer = await raw('GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: 999-x\r\n\r\n');
    expect([answer.status, answer.body]).toEqual([200, '{"status":"ok"}']);
    expect(answer.head).toContain('nosniff');
  });

  it('refuses what it refuses also to who expects something', async () => {
    const answer = await raw('GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nExpect: 999-x\r\n\r\n');
    expect([answer.status, problemIn(answer).code]).toEqual([400, 'invalid_request']);
  });

  it('answers 413 to an unannounced body once it is too long, and closes', async () => {
    const chunk = `1000\r\n${'a'.repeat(4096)}\r\n`;
    const answer = await rawRequest(
      gateway.port,
      after(`${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n`, forever(chunk)),
      { untilClosed: true },
    );
    expect([answer.status, problemIn(answer).code, answer.closed]).toEqual([413, 'body_too_large', true]);
  });

  it.each([
    [0, 201],
    [1, 413],
  ])('takes the limit and %i bytes with %i', async (more, status) => {
    const empty = JSON.stringify({ language: 'python', code: '' });
    const code = 'x'.repeat(BODY_LIMIT - empty.length + more);
    expect((await gateway.post('/v1/submissions', { language: 'python', code })).status).toBe(status);
  });

  it('counts bytes, not characters', async () => {
    const { status } = await gateway.post('/v1/submissions', {
      language: 'python',
      code: 'é'.repeat(BODY_LIMIT / 2),
    });
    expect(status).toBe(413);
  });

  it('does not inflate', async () => {
    const { status, body } = await gateway.post('/v1/submissions', gzipSync(Buffer.alloc(1024 * 1024)), {
      'content-encoding': 'gzip',
    });
    expect([status, body.code]).toEqual([415, 'unsupported_media_type']);
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/json; charset=utf-7', 415],
    ['application/jsonp', 415],
    ['application/vnd.api+json', 415],
    ['application/json, text/plain', 415],
    ['', 415],
    ['APPLICATION/JSON', 201],
    ['application/json;charset="UTF-8"', 201],
  ])('content type %j gets %i', async (type, status) => {
    const answer = await gateway.post(
      '/v1/submissions',
      { language: 'python', code: '' },
      { 'content-type': type },
    );
    expect(answer.status).toBe(status);
  });

  it('refuses a body without content type', async () => {
    const answer = await raw(
      'POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}',
    );
    expect([answer.status, problemIn(answer).code]).toEqual([415, 'unsupported_media_type']);
  });

  it.each([
    ['', 415],
    ['Content-Type: application/json\r\n', 400],
  ])('answers once to a coding that it does not know, under %j', async (type, expected) => {
    const head = `POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\n${type}Transfer-Encoding: xchunked\r\n\r\n`;
    const { status, body } = await rawRequest(gateway.port, [`${head}0\r\n\r\n`], { untilClosed: true });
    expect(status).toBe(expected);
    expect(body).not.toMatch(/HTTP\/1\.1 \d/);
  });

  it.each([
    ['length and chunks', `${JSON_HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${JSON_HEAD}Content-Length: 2\r\nContent-Length: 0\r\n\r\n{}`],
    ['an unknown coding', `${JSON_HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['bare line feeds', `${JSON_HEAD.replaceAll('\r\n', '\n')}Content-Length: 0\n\n`],
    ['a space before the colon', `${JSON_HEAD}Content-Length : 0\r\n\r\n`],
    ['a folded header', `${JSON_HEAD}X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n`],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['two hosts', 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['no HTTP at all', 'hello\r\n\r\n'],
  ])('refuses %s with 400', async (_name, request) => {
    const answer = await raw(request);
    expect([answer.status, problemIn(answer).status]).toEqual([400, 400]);
    expect(answer.head).toContain('application/problem+json');
    expect(answer.head).toContain('nosniff');
  });

  it.each([
    [
      'one header of 64 KiB',
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(65_536)}\r\n\r\n`,
      431,
    ],
    ['5000 headers', `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${'X-A: 1\r\n'.repeat(5000)}\r\n`, 431],
    ['an address of 64 KiB', `GET /${'a'.repeat(65_536)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    ['an address of 4 KiB', `GET /${'a'.repeat(4096)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 414],
  ])('refuses %s', async (_name, request, status) => {
    const answer = await raw(request);
    expect([answer.status, problemIn(answer).status]).toEqual([status, status]);
  });

  it('closes on a head that does not arrive', async () => {
    const answer = await rawRequest(gateway.port, ['GET / HTTP/1.1\r\nHost: localhost\r\nX-A: '], {
      untilClosed: true,
    });
    expect([answer.status, answer.closed]).toEqual([408, true]);
  });

  it('closes on a body that does not arrive', async () => {
    const answer = await rawRequest(gateway.port, [`${JSON_HEAD}Content-Length: 1000\r\n\r\n{`], {
      untilClosed: true,
    });
    expect([answer.status, problemIn(answer).code, answer.closed]).toEqual([408, 'request_timeout', true]);
  });

  it('lets an answer take longer than a request may', async () => {
    const started = performance.now();
    const { status } = await gateway.post('/v1/submissions?wait=2.5', { language: 'python', code: '' });
    expect(status).toBe(201);
    expect(performance.now() - started).toBeGreaterThan(2_400);
  });

  it.each([
    ['/v1/submissions/nope', 400, 'invalid_id'],
    ['/v1/submissions/019338E0-7B5C-7D64-9C7E-3F1A2B4C5D6E', 400, 'invalid_id'],
    ['/v1/submissions/1%27%20OR%20%271%27=%271', 404, 'not_found'],
    ['/v1/submissions/%27;SELECT%20pg_sleep(5)--/result', 404, 'not_found'],
    ['/v1/submissions/019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e?fields=password', 400, 'invalid_request'],
    ['/v1/submissions/019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e/result?wait=31', 400, 'invalid_request'],
    ['/v1/submissions/019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e/result?wait=-1', 400, 'invalid_request'],
    ['/v1/submissions/019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e/result?wait=NaN', 400, 'invalid_request'],
    ['/v1/submissions/019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e/result?wait=1&wait=2', 400, 'invalid_request'],
    ['/v1/submissions?limit=1e9', 405, 'method_not_allowed'],
    ['/v1/urls/nonsense!', 404, 'link_not_found'],
    ['/v1/urls/%61bcdefgh', 404, 'not_found'],
    [`/v1/urls/${'a'.repeat(500)}`, 404, 'link_not_found'],
    ['/v1/urls/abcdefgh.', 404, 'link_not_found'],
    ['/v1/urls/abcdefgh/', 404, 'not_found'],
    ['//v1/languages', 404, 'not_found'],
    ['/V1/languages', 404, 'not_found'],
    ['/v1/languages;x', 404, 'not_found'],
    ['/v1/languages/', 404, 'not_found'],
    ['/v1/./languages', 404, 'not_found'],
    ['/v1/x/../languages', 404, 'not_found'],
    ['/v1/%2e%2e/languages', 404, 'not_found'],
    ['/%zz', 400, 'invalid_request'],
    ['/docs/../../package.json', 404, 'not_found'],
    ['/docs/constructor', 404, 'not_found'],
  ])('GET %s gets %i %s', async (target, status, code) => {
    const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect([answer.status, problemIn(answer).code]).toEqual([status, code]);
  });

  it('says which methods an address takes', async () => {
    const answer = await gateway.fetch('/v1/languages', { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('opens nothing to other origins', async () => {
    const answer = await gateway.fetch('/v1/languages', { headers: { origin: 'https://evil.example' } });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('takes an empty body for the default link, and no other', async () => {
    const id = await gateway.submit();
    const post = (body: string, type?: string) =>
      gateway.fetch(`/v1/submissions/${id}/url`, {
        method: 'POST',
        body,
        ...(type === undefined ? {} : { headers: { 'content-type': type } }),
      });
    expect((await gateway.fetch(`/v1/submissions/${id}/url`, { method: 'POST' })).status).toBe(201);
    expect((await post('', 'application/json')).status).toBe(200);
    expect((await post('null', 'application/json')).status).toBe(400);
    expect((await post('{"expires_in_seconds":1}', 'application/json')).status).toBe(400);
    expect((await post('{}')).status).toBe(415);
  });

  it('shows links that show nothing as pages', async () => {
    const id = await gateway.submit();
    const { body } = await gateway.post(`/v1/submissions/${id}/url`, { expires_in_seconds: 60 });
    const code = String(body.code);
    const link = gateway.services.backend.links.get(code);
    if (!link) throw new Error('no link');
    gateway.services.backend.links.set(code, { ...link, expires_at: '2020-01-01T00:00:00.000Z' });
    const gone = await gateway.fetch(`/s/${code}`);
    const unknown = await gateway.fetch('/s/abcdefgh');
    const malformed = await gateway.fetch('/s/x');
    expect([gone, unknown, malformed].map(({ status }) => status)).toEqual([410, 404, 404]);
    for (const page of [gone, unknown, malformed]) {
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'sha256-");
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('stopping', () => {
  it('answers what is in flight, and no more', async () => {
    const gateway = await GatewayUnderTest.start();
    const id = await gateway.submit();
    const { backend } = gateway.services;
    const asked = backend.asked.length;
    const waiting = gateway.get(`/v1/submissions/${id}/result?wait=30`);
    while (backend.asked.length < asked + 2) await new Promise((resolve) => setImmediate(resolve));
    const started = performance.now();
    const [{ status, body }] = await Promise.all([waiting, gateway.stop()]);
    expect([status, body.status]).toEqual([200, 'queued']);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
