import { GatewayUnderTest } from '../../test/gateway.under.test';
import { SocketUnderTest } from '../../test/socket.under.test';

const HELLO = JSON.stringify({ language: 'python', code: 'print(1)' });
const JSON_BODY = { method: 'POST', headers: { 'content-type': 'application/json' }, body: HELLO };
const EVIL = ['https://evil.example', 'null', 'https://friend.example.evil.example', 'http://friend.example'];

describe('a page of another origin', () => {
  let closed: GatewayUnderTest;
  let named: GatewayUnderTest;
  let open: GatewayUnderTest;

  beforeAll(async () => {
    closed = await GatewayUnderTest.start();
    named = await GatewayUnderTest.start(
      { GATEWAY_ALLOWED_ORIGINS: 'https://friend.example,https://other.example' },
      {},
      closed,
    );
    open = await GatewayUnderTest.start({ GATEWAY_ALLOWED_ORIGINS: '*' }, {}, closed);
  });
  afterAll(async () => {
    await open.stop();
    await named.stop();
    await closed.stop();
  });

  const submit = (gateway: GatewayUnderTest, origin: string) =>
    gateway.fetch('/v1/submissions', { ...JSON_BODY, headers: { ...JSON_BODY.headers, origin } });
  const preflight = (gateway: GatewayUnderTest, origin: string, path = '/v1/submissions') =>
    gateway.fetch(path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,idempotency-key',
      },
    });
  const cors = (response: Response) =>
    [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));

  it.each(EVIL)('%s reads nothing, and changes nothing', async (origin) => {
    for (const gateway of [closed, named]) {
      const read = await gateway.fetch('/v1/languages', { headers: { origin } });
      expect([cors(read), read.headers.get('vary')]).toEqual([[], expect.stringMatching(/\borigin\b/i)]);
      const asked = await preflight(gateway, origin);
      expect([cors(asked), asked.ok]).toEqual([[], false]);
      const before = gateway.services.backend.created.size;
      const sent = await submit(gateway, origin);
      expect([sent.status, ((await sent.json()) as { code: string }).code]).toEqual([
        403,
        'origin_not_allowed',
      ]);
      expect(cors(sent)).toEqual([]);
      expect(gateway.services.backend.created.size).toBe(before);
    }
  });

  it('that is named reads and changes, without credentials', async () => {
    const origin = 'https://friend.example';
    const read = await named.fetch('/v1/languages', { headers: { origin } });
    expect(read.headers.get('access-control-allow-origin')).toBe(origin);
    expect(read.headers.get('access-control-allow-credentials')).toBeNull();
    expect(read.headers.get('vary')).toMatch(/\borigin\b/i);
    const asked = await preflight(named, origin);
    expect([asked.status, await asked.text()]).toEqual([204, '']);
    expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
    expect(asked.headers.get('access-control-allow-methods')).toBe('POST');
    expect(asked.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    const sent = await submit(named, origin);
    expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([201, origin]);
    expect(sent.headers.get('access-control-expose-headers')).toContain('location');
    const { submission_id } = (await sent.json()) as { submission_id: string };
    const forget = await preflight(named, origin, `/v1/submissions/${submission_id}`);
    expect(forget.headers.get('access-control-allow-methods')).toContain('DELETE');
    // Problems are readable too.
    const absent = await named.fetch('/v1/nothing', { headers: { origin } });
    expect([absent.status, absent.headers.get('access-control-allow-origin')]).toEqual([404, origin]);
  });

  it('is any where a star says so, but none without a name', async () => {
    const sent = await submit(open, 'https://any.example');
    expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([201, '*']);
    expect(sent.headers.get('access-control-allow-credentials')).toBeNull();
    expect((await submit(open, 'null')).status).toBe(403);
  });

  it('opens no WebSocket, unless it is named', async () => {
    const knock = (gateway: GatewayUnderTest, origin: string) =>
      SocketUnderTest.knock(gateway, '/v1/run', { origin });
    const own = `http://127.0.0.1:${named.port}`;
    for (const origin of [...EVIL, `${own}.evil.example`, `http://127.0.0.1:${closed.port}`])
      expect([origin, await knock(named, origin)]).toEqual([origin, [403, 'origin_not_allowed']]);
    for (const origin of [own, 'https://friend.example']) expect(await knock(named, origin)).toEqual([101]);
    expect(await SocketUnderTest.knock(named)).toEqual([101]);
  });

  it('is ours when the host is: pages of this server do as they like', async () => {
    expect((await submit(closed, `http://127.0.0.1:${closed.port}`)).status).toBe(201);
    const published = await GatewayUnderTest.start(
      { GATEWAY_PUBLIC_URL: 'https://runbin.example' },
      {},
      closed,
    );
    expect((await submit(published, 'https://runbin.example')).status).toBe(201);
    await published.stop();
  });
});
