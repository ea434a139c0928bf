import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { until } from '../../../../libs/platform/test/until';
import { GatewayUnderTest } from '../../test/gateway.under.test';
import { SocketUnderTest } from '../../test/socket.under.test';
import { type ConnectionLimits, Connections } from './connections';

const GET = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** The client's end of a connection, which keeps what it hears. */
class Dialled {
  heard = '';
  isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes: Buffer) => (this.heard += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.isClosed = true));
  }

  static async to(port: number, host = '127.0.0.1'): Promise<Dialled> {
    const socket = connect(port, host);
    const dialled = new Dialled(socket);
    await once(socket, 'connect');
    return dialled;
  }

  /** Sends a request and waits for the whole answer; the connection stays open. */
  async ask(): Promise<this> {
    this.heard = '';
    this.socket.write(GET);
    await until('it is answered', () => this.isClosed || /\r\n\r\n.+/s.test(this.heard));
    return this;
  }
}

describe('connections', () => {
  let server: Server;
  let connections: Connections;
  let port: number;
  let isBounded: boolean;
  const dialled: Dialled[] = [];
  /** Requests to /hold, which are answered when the test says so. */
  const held: ServerResponse[] = [];

  async function listen(limits: ConnectionLimits): Promise<void> {
    isBounded = true;
    connections = new Connections(limits, () => ({ id: 'somebody', isBounded }));
    server = createServer((request, response) => {
      if (request.url === '/hold') held.push(response);
      else request.resume().on('end', () => response.end('here'));
    });
    server.on('upgrade', (_request, socket: Socket) => {
      socket.on('error', () => socket.destroy());
      socket.resume().on('end', () => socket.end());
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n');
    });
    connections.watch(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  }
  afterEach(async () => {
    for (const { socket } of dialled.splice(0)) socket.destroy();
    held.splice(0);
    server.closeAllConnections();
    server.close();
    await until('all are gone', () => connections.size === 0);
  });

  /** Connections, one after the other as the server sees them. */
  async function dial(count: number): Promise<Dialled[]> {
    const made: Dialled[] = [];
    for (let at = 0; at < count; at++) {
      made.push(await Dialled.to(port));
      dialled.push(...made.slice(-1));
    }
    return made;
  }
  const closed = (of: readonly Dialled[]) => of.map(({ isClosed }) => isClosed);

  it('that are idle are bounded for each client: the longest idle one is closed', async () => {
    await listen({ total: 100, perClient: 3 });
    const [first, second, third] = await dial(3);
    // Which one has been idle longest changes with every answer.
    await first?.ask();
    const [fourth] = await dial(1);
    await until('the second is closed', () => second?.isClosed === true);
    expect(closed([first, third, fourth] as Dialled[])).toEqual([false, false, false]);
    await first?.ask();
    expect(first?.heard).toContain('here');
    expect(connections.size).toBe(3);
  });

  it('that send half a request are idle, in its head and in its body', async () => {
    await listen({ total: 100, perClient: 2 });
    const [head] = await dial(1);
    head?.socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-A: ');
    const [body] = await dial(1);
    body?.socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345');
    const [another, last] = await dial(2);
    await until('both are closed', () => head?.isClosed === true && body?.isClosed === true);
    expect(closed([another, last] as Dialled[])).toEqual([false, false]);
  });

  it('whose requests are being answered are not counted, nor are those that became something else', async () => {
    await listen({ total: 100, perClient: 2 });
    const busy: Dialled[] = [];
    while (busy.length < 4) {
      busy.push(...(await dial(1)));
      busy.at(-1)?.socket.write('GET /hold HTTP/1.1\r\nHost: x\r\n\r\n');
      await until('it is held', () => held.length === busy.length);
    }
    const sockets = await dial(2);
    for (const one of sockets) {
      one.socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n');
      await until('it is upgraded', () => one.heard.includes('101'));
    }
    const idle = await dial(2);
    for (const one of idle) await one.ask();
    expect(closed([...busy, ...sockets, ...idle])).toEqual(Array(8).fill(false));
    // Answered, they are idle again.
    for (const response of held.splice(0)) response.end('late');
    await until('four are closed', () => closed([...busy, ...idle]).filter(Boolean).length === 4);
    expect(closed(sockets)).toEqual([false, false]);
  });

  it('are bounded in all: the longest idle one of anybody is closed, and where none is idle the new one is refused', async () => {
    await listen({ total: 3, perClient: 100 });
    isBounded = false;
    const [first, second, third] = await dial(3);
    const [fourth] = await dial(1);
    await until('the first is closed', () => first?.isClosed === true);
    expect(connections.size).toBe(3);
    for (const [at, one] of [second, third, fourth].entries()) {
      one?.socket.write('GET /hold HTTP/1.1\r\nHost: x\r\n\r\n');
      await until('it is held', () => held.length === at + 1);
    }
    const [refused] = await dial(1);
    await until('it is refused', () => refused?.isClosed === true);
    expect(refused?.heard).toMatch(/^HTTP\/1\.1 503 .*\r\nretry-after: 1\r\n.*"code":"overloaded"/s);
    held[0]?.end('here');
    await until('the second is answered', () => second?.heard.includes('here') === true);
    const [served] = await dial(1);
    expect((await served?.ask())?.heard).toContain('here');
  });
});

describe('connections to the gateway', () => {
  const elsewhere = Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);

  async function withGateway(
    environment: Record<string, string>,
    use: (gateway: GatewayUnderTest) => Promise<void>,
  ): Promise<void> {
    const gateway = await GatewayUnderTest.start(environment, {}, undefined, '0.0.0.0');
    try {
      await use(gateway);
    } finally {
      await gateway.stop();
    }
  }

  it('are bounded for each client but for those on this machine and trusted proxies', async () => {
    const [network = '203.0.113.1', proxy = '203.0.113.2'] = elsewhere;
    await withGateway(
      { GATEWAY_CLIENT_CONNECTIONS_MAX: '2', GATEWAY_TRUSTED_PROXIES: proxy },
      async ({ port }) => {
        const dial = async (host: string) => {
          const all: Dialled[] = [];
          for (let at = 0; at < 4; at++) all.push(await (await Dialled.to(port, host)).ask());
          return all;
        };
        const local = await dial('127.0.0.1');
        const proxied = elsewhere.includes(proxy) ? await dial(proxy) : [];
        const bounded = elsewhere.includes(network) ? await dial(network) : [];
        await until(
          'half of them are closed',
          () => bounded.filter(({ isClosed }) => isClosed).length === bounded.length / 2,
        );
        for (const one of [...local, ...proxied]) expect((await one.ask()).heard).toContain('200 OK');
        for (const { socket } of [...local, ...proxied, ...bounded]) socket.destroy();
      },
    );
  });

  it('are bounded in all, and WebSockets count there', async () => {
    await withGateway({ GATEWAY_CONNECTIONS_MAX: '3' }, async (gateway) => {
      const socket = await SocketUnderTest.open(gateway);
      const idle = [
        await Dialled.to(gateway.port),
        await Dialled.to(gateway.port),
        await Dialled.to(gateway.port),
      ];
      await until('the longest idle one is closed', () => idle[0]?.isClosed === true);
      expect(socket.closed).toBeUndefined();
      expect((await idle[2]?.ask())?.heard).toContain('200 OK');
      for (const { socket: one } of idle) one.destroy();
      socket.socket.terminate();
    });
  });
});
