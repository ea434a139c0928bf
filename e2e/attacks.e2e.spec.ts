import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { ResultSchema } from '@runbin/contracts/result';
import { EventSourceUnderTest } from '../apps/gateway/test/event.source';
import { SocketUnderTest } from '../apps/gateway/test/socket.under.test';
import { acceptedOf, bodyOf, problemOf } from './answers';
import { useSystem } from './system';
import { until } from '../libs/platform/test/until';

const MIB = 1024 * 1024;
const HELLO = { language: 'python', code: 'print("hello")' };
/** The heads of requests are waited for 12 s, whole requests 30 s, the first message of a socket 10 s. */
const HEAD_MS = 12_000;
const REQUEST_MS = 30_000;
/** For a machine that is slow: they would be held for ever. */
const LATE_MS = 30_000;

const system = useSystem();
const dialled: Socket[] = [];
const sockets: SocketUnderTest[] = [];

afterEach(async () => {
  for (const socket of dialled.splice(0)) socket.destroy();
  for (const { socket } of sockets.splice(0)) socket.terminate();
  // Whatever went on, the next who asks properly is served.
  const answer = await system.client.submitCode(HELLO, { wait: 30 });
  expect(bodyOf(answer, 200, ResultSchema)).toMatchObject({ status: 'succeeded', stdout: 'hello\n' });
});

const server = () => ({ base: system.client.url });

/** A connection of which nobody reads what it is answered, unless a test does. */
function dial(): Socket {
  const { hostname, port } = new URL(system.client.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  dialled.push(socket);
  return socket;
}

async function open(headers: Record<string, string> = {}): Promise<SocketUnderTest> {
  const socket = await SocketUnderTest.open(server(), headers);
  sockets.push(socket);
  return socket;
}

/** Sends something to each again and again, until all are closed. */
async function drip(victims: readonly Socket[], text: string, withinMs: number): Promise<void> {
  // eslint-disable-next-line no-restricted-globals -- the pace of the attack
  const timer = setInterval(() => {
    for (const socket of victims) if (socket.writable) socket.write(text);
  }, 500);
  try {
    await until(
      'all are closed, and others are served',
      async () => {
        expect((await system.client.request('GET', '/healthz')).status).toBe(200);
        return victims.every(({ closed }) => closed);
      },
      withinMs,
    );
  } finally {
    clearInterval(timer);
  }
}

describe('clients that do not come to an end', () => {
  it(
    'with the heads and the bodies of their requests are cut off in time',
    async () => {
      const head = `POST /v1/submissions HTTP/1.1\r\nHost: ${new URL(system.client.url).host}\r\n`;
      const heads = Array.from({ length: 200 }, () => dial());
      for (const socket of heads) socket.resume().write(`${head}X-A: `);
      const bodies = Array.from({ length: 20 }, () => dial());
      const answers = bodies.map(() => '');
      for (const [at, socket] of bodies.entries()) {
        socket.on('data', (data: Buffer) => (answers[at] = `${answers[at]}${data.toString('latin1')}`));
        socket.write(`${head}Content-Type: application/json\r\nContent-Length: 20000\r\n\r\n`);
      }
      await Promise.all([drip(heads, 'a', HEAD_MS + LATE_MS), drip(bodies, ' ', REQUEST_MS + LATE_MS)]);
      for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*"code":"request_timeout"/);
    },
    2 * (REQUEST_MS + LATE_MS),
  );

  it('with saying what their sockets are for are told so', async () => {
    const silent = await Promise.all(Array.from({ length: 40 }, () => open()));
    const closed = await Promise.all(silent.map((socket) => socket.whenClosed()));
    expect(new Set(closed)).toEqual(new Set([1008]));
    expect(silent[0]?.of('problem')[0]?.problem.code).toBe('request_timeout');
  });
});

describe('frames', () => {
  it('that are too large, or come in too many parts, close their socket with 1009', async () => {
    const large = await open();
    large.socket.send(Buffer.alloc(64 * MIB));
    expect(await large.whenClosed()).toBe(1009);
    const parted = await open();
    parted.socket.send('a', { fin: false });
    for (let sent = 0; sent < 20_000; sent++) parted.socket.send('', { fin: false });
    expect(await parted.whenClosed()).toBe(1009);
  });

  it('that claim a petabyte close it before a byte of that has come', async () => {
    const socket = dial();
    let answer = Buffer.alloc(0);
    socket.on('data', (data) => (answer = Buffer.concat([answer, data])));
    socket.write(
      `GET /v1/run HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
        'Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
    );
    await until('the socket is open', () => answer.includes('\r\n\r\n'));
    // Nothing is inflated that is not taken compressed.
    expect(answer.toString('latin1').toLowerCase()).not.toContain('extensions');
    answer = Buffer.alloc(0);
    const head = Buffer.alloc(14);
    head.writeUInt16BE(0x81ff);
    head.writeBigUInt64BE(1n << 50n, 2);
    socket.write(head);
    await once(socket, 'close');
    expect([answer.readUInt8(), answer.readUInt16BE(2)]).toEqual([0x88, 1009]);
  });

  it('without number close it with 1008, and nobody else notices', async () => {
    const calm = await open();
    const code = 'print(input())';
    calm.send({ type: 'run', submission: { language: 'python', code, limits: { wall_time_ms: 60_000 } } });
    await calm.accepted();
    const floods: ((socket: SocketUnderTest, at: number) => void)[] = [
      (socket) => socket.socket.ping(),
      (socket) => socket.socket.pong(),
      (socket, at) => socket.send({ type: 'subscribe', id: String(at) }),
    ];
    for (const send of floods) {
      const flood = await open();
      for (let at = 0; at < 20_000; at++) send(flood, at);
      expect(await flood.whenClosed()).toBe(1008);
    }
    calm.send({ type: 'stdin', data: 'calm\n' });
    expect(await calm.whenClosed()).toBe(1000);
    expect(calm.output).toBe('calm\n');
  });
});

describe('who follows a run and does not read', () => {
  /** Of the gateway, in bytes; undefined when it is not ours to look at. */
  function memory(): number | undefined {
    const pid = system.copy?.processOf('gateway')?.pid;
    if (pid === undefined) return undefined;
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  }

  it('costs a bounded memory, and the run nothing', async () => {
    const code = 'import os\nfor _ in range(240): os.write(1, b"x" * 65535 + b"\\n")\nprint(input())';
    const submission = { language: 'python', code, limits: { output_bytes: 16 * MIB, wall_time_ms: 60_000 } };
    const witness = await open();
    const before = memory();
    witness.send({ type: 'run', submission });
    const { submission_id } = await witness.accepted();
    for (let at = 0; at < 50; at++)
      dial().write(`GET /v1/submissions/${submission_id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    for (let at = 0; at < 20; at++) {
      const slow = await open();
      slow.socket.pause();
      slow.send({ type: 'attach', submission_id });
    }
    // All of it has been told while 70 do not read: a gigabyte, were it kept for each.
    await witness.until(() => witness.output.length === 240 * 65_536);
    const during = memory();
    if (before !== undefined && during !== undefined) expect(during - before).toBeLessThan(300 * MIB);
    witness.send({ type: 'stdin', data: 'done\n' });
    expect(await witness.whenClosed()).toBe(1000);
    const late = await EventSourceUnderTest.open(server(), submission_id);
    expect((await late.ended()).lastId).toBe('1.end');
  });
});

describe('guesses', () => {
  it('near a submission find nothing, wherever an id is asked for', async () => {
    const { submission_id } = acceptedOf(await system.client.submitCode(HELLO));
    const near = Array.from({ length: 50 }, (_, at) => {
      const digits = (BigInt(`0x${submission_id.slice(-12)}`) ^ BigInt(at + 1)).toString(16);
      return submission_id.slice(0, -12) + digits.padStart(12, '0');
    });
    for (const id of near)
      for (const end of ['', '/result', '/events'])
        problemOf(await system.client.request('GET', `/v1/submissions/${id}${end}`), 'submission_not_found');
    const socket = await open();
    socket.send({ type: 'attach', submission_id: near[0], owner_token: 'x'.repeat(43) });
    expect(await socket.whenClosed()).toBe(1008);
    const foreign = await open();
    foreign.send({ type: 'attach', submission_id, owner_token: 'x'.repeat(43) });
    expect(await foreign.whenClosed()).toBe(1008);
    const said = ({ messages }: SocketUnderTest) =>
      JSON.stringify(messages).replaceAll(near[0] ?? '', submission_id);
    expect(said(foreign)).toBe(said(socket));
  });
});
