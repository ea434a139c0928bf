import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { WebSocket } from 'ws';
import { GatewayUnderTest } from '../../test/gateway.under.test';
import { rawRequest } from '../../test/raw.http';

const HELLO = JSON.stringify({ language: 'python', code: 'print(1)' });
const FOREIGN = 'rebound.example';
const UPGRADE =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

describe('the Host of a request', () => {
  let gateway: GatewayUnderTest;
  let named: GatewayUnderTest;
  let proxied: GatewayUnderTest;

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start();
    named = await GatewayUnderTest.start(
      { GATEWAY_HOSTS: 'gateway,192.168.7.7', GATEWAY_PUBLIC_URL: 'https://runbin.example/' },
      {},
      gateway,
    );
    proxied = await GatewayUnderTest.start(
      { GATEWAY_TRUSTED_PROXIES: 'loopback', GATEWAY_PUBLIC_URL: 'https://runbin.example' },
      {},
      gateway,
    );
  });
  afterAll(async () => {
    await proxied.stop();
    await named.stop();
    await gateway.stop();
  });

  async function ask(of: GatewayUnderTest, lines: string[], body = ''): Promise<[number, string?]> {
    const { status, body: text } = await rawRequest(of.port, [`${lines.join('\r\n')}\r\n\r\n${body}`]);
    const { code } = (text.startsWith('{') ? JSON.parse(text) : {}) as { code?: string };
    return code === undefined ? [status] : [status, code];
  }
  const read = (of: GatewayUnderTest, host: string, ...more: string[]) =>
    ask(of, ['GET /v1/languages HTTP/1.1', `Host: ${host}`, ...more]);
  const write = (of: GatewayUnderTest, host: string, ...more: string[]) =>
    ask(
      of,
      [
        'POST /v1/submissions HTTP/1.1',
        `Host: ${host}`,
        'Content-Type: application/json',
        `Content-Length: ${HELLO.length}`,
        ...more,
      ],
      HELLO,
    );
  const knock = (of: GatewayUnderTest, host: string, ...more: string[]) =>
    ask(of, ['GET /v1/run HTTP/1.1', `Host: ${host}`, UPGRADE.trimEnd(), ...more]);
  const MISDIRECTED = [421, 'misdirected_request'];

  it('that is foreign opens nothing to a page of that name, whose Origin matches it', async () => {
    const before = gateway.services.backend.created.size;
    for (const host of [FOREIGN, `${FOREIGN}:${gateway.port}`]) {
      const origin = `Origin: http://${host}`;
      expect(await read(gateway, host, origin)).toEqual(MISDIRECTED);
      expect(await write(gateway, host, origin)).toEqual(MISDIRECTED);
      expect(await knock(gateway, host, origin)).toEqual(MISDIRECTED);
      expect(await ask(gateway, ['OPTIONS /v1/submissions HTTP/1.1', `Host: ${host}`, origin])).toEqual(
        MISDIRECTED,
      );
    }
    expect(gateway.services.backend.created.size).toBe(before);
    const own = `127.0.0.1:${gateway.port}`;
    expect(await read(gateway, own, `Origin: http://${own}`)).toEqual([200]);
    expect(await write(gateway, own, `Origin: http://${own}`)).toEqual([201]);
  });

  it.each([
    '/',
    '/status',
    '/assets/nothing.js',
    '/docs',
    '/docs/problems',
    '/openapi.json',
    '/metrics',
    '/v1/status',
    '/s/abcdefgh',
    '/s/abcdefgh/raw/a%20b.py',
    '/embed/abcdefgh',
    '/oembed?url=x',
    '/nothing',
  ])('that is foreign gets nothing at %s', async (path) => {
    expect(await ask(gateway, [`GET ${path} HTTP/1.1`, `Host: ${FOREIGN}`])).toEqual(MISDIRECTED);
  });

  it('that is foreign is told what to do, in the form of all errors', async () => {
    const { head, body } = await rawRequest(gateway.port, [`GET / HTTP/1.1\r\nHost: "<b>${FOREIGN}\r\n\r\n`]);
    expect(head).toContain('content-type: application/problem+json');
    expect(head).toContain('x-content-type-options: nosniff');
    expect(JSON.parse(body)).toMatchObject({
      type: '/docs/problems#misdirected_request',
      status: 421,
      detail: expect.stringContaining('GATEWAY_HOSTS') as string,
    });
  });

  it('may be any for health checks', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const [status] = await ask(gateway, [`GET ${path} HTTP/1.1`, `Host: ${FOREIGN}`]);
      expect([200, 503]).toContain(status);
    }
  });

  it('is ours as localhost and the address that was dialled, on whatever port it was published', async () => {
    for (const host of ['localhost', `LOCALHOST:${gateway.port}`, 'localhost.:8080', '127.0.0.1:8080'])
      expect([host, await read(gateway, host)]).toEqual([host, [200]]);
    // It listens there on no other address.
    for (const host of ['[::1]', '127.0.0.2', 'gateway:3000', 'runbin.example'])
      expect([host, await read(gateway, host)]).toEqual([host, MISDIRECTED]);
  });

  it('is ours as it is configured', async () => {
    for (const host of ['gateway:3000', '192.168.7.7:3000', 'runbin.example', 'RUNBIN.example.:443'])
      expect([host, await read(named, host)]).toEqual([host, [200]]);
    expect(await write(named, 'runbin.example', 'Origin: https://runbin.example')).toEqual([201]);
    expect(await read(named, 'sub.runbin.example')).toEqual(MISDIRECTED);
  });

  it('is every address of the machine where it listens on all of them', async () => {
    const config = { GATEWAY_PUBLIC_URL: 'https://runbin.example' };
    const everywhere = await GatewayUnderTest.start(config, {}, gateway, '0.0.0.0');
    try {
      const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list);
      for (const { address, family } of addresses) {
        const host = family === 'IPv6' ? `[${address}]` : address;
        expect([host, await read(everywhere, host)]).toEqual([host, [200]]);
      }
      expect(await read(everywhere, '203.0.113.7')).toEqual(MISDIRECTED);
      expect(await read(everywhere, FOREIGN)).toEqual(MISDIRECTED);
    } finally {
      await everywhere.stop();
    }
  });

  it('may be absent in HTTP/1.0 only, and must be one', async () => {
    expect(await ask(gateway, ['GET /v1/languages HTTP/1.0'])).toEqual([200]);
    expect(await ask(gateway, ['GET /v1/languages HTTP/1.0', `Host: ${FOREIGN}`])).toEqual(MISDIRECTED);
    expect(await ask(gateway, ['GET /v1/languages HTTP/1.1'])).toEqual([400, 'invalid_request']);
    const [first] = await ask(gateway, ['GET /v1/languages HTTP/1.1', 'Host: localhost', `Host: ${FOREIGN}`]);
    expect(first).toBe(400);
    expect(await read(gateway, '')).toEqual(MISDIRECTED);
  });

  it('is that of an absolute target, too', async () => {
    const absolute = (target: string, host: string) =>
      ask(gateway, [`GET ${target} HTTP/1.1`, `Host: ${host}`]);
    expect(await absolute('http://localhost/v1/languages', 'localhost')).toEqual([200]);
    expect(await absolute(`http://${FOREIGN}/v1/languages`, 'localhost')).toEqual(MISDIRECTED);
    expect(await absolute(`http://localhost@${FOREIGN}/v1/languages`, 'localhost')).toEqual(MISDIRECTED);
    expect(await absolute('http://localhost/v1/languages', FOREIGN)).toEqual(MISDIRECTED);
  });

  it('is what a trusted proxy heard, and nobody else', async () => {
    const heard = (host: string) => `X-Forwarded-Host: ${host}`;
    // Handed on as the client named it, or replaced by the name of the server behind the proxy.
    expect(await read(proxied, 'runbin.example')).toEqual([200]);
    expect(await read(proxied, `127.0.0.1:${proxied.port}`, heard('runbin.example'))).toEqual([200]);
    expect(await read(proxied, 'localhost', heard(FOREIGN))).toEqual(MISDIRECTED);
    expect(await read(proxied, 'localhost', heard(`runbin.example, ${FOREIGN}`))).toEqual(MISDIRECTED);
    expect(await read(proxied, FOREIGN, heard('runbin.example'))).toEqual(MISDIRECTED);
    // Who is not trusted is not heard, for better or for worse.
    expect(await read(gateway, 'localhost', heard(FOREIGN))).toEqual([200]);
    expect(await read(gateway, FOREIGN, heard('localhost'))).toEqual(MISDIRECTED);
  });

  it('opens a WebSocket where it is ours', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${named.port}/v1/run`, {
      headers: { host: 'runbin.example', origin: 'https://runbin.example' },
    });
    await once(socket, 'open');
    socket.terminate();
  });
});
