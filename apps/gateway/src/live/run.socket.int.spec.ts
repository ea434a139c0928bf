import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { ServerMessageSchema } from '@runbin/contracts/run.socket';
import { until } from '../../../../libs/platform/test/until';
import { EventSourceUnderTest } from '../../test/event.source';
import { GatewayUnderTest } from '../../test/gateway.under.test';
import { rawRequest } from '../../test/raw.http';
import { SocketUnderTest } from '../../test/socket.under.test';
import type { StandInRun } from '../../test/stand.in.run';
import { Cancellations } from './cancellations';
import { RunSockets } from './run.sockets';
import { RunWatches } from './run.watches';

const HELLO = { language: 'python', code: 'print(input())' };
const ABSENT = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e';

describe('WS /v1/run', () => {
  let gateway: GatewayUnderTest;
  let beside: GatewayUnderTest;
  let sockets: SocketUnderTest[] = [];

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start();
    beside = await GatewayUnderTest.start({}, {}, gateway);
  });
  afterEach(async () => {
    for (const { socket } of sockets) socket.terminate();
    sockets = [];
    await until('the sockets are gone', () =>
      [gateway, beside].every(({ app }) => app.get(RunSockets).size === 0),
    );
    await until('nobody watches', () => [gateway, beside].every(({ app }) => app.get(RunWatches).size === 0));
  });
  afterAll(async () => {
    await beside.stop();
    await gateway.stop();
  });

  async function open(at = gateway): Promise<SocketUnderTest> {
    const socket = await SocketUnderTest.open(at);
    sockets.push(socket);
    return socket;
  }

  async function run(options: object = {}): Promise<[SocketUnderTest, string, string]> {
    const socket = await open();
    socket.send({ type: 'run', submission: HELLO, ...options });
    const { submission_id, owner_token } = await socket.accepted();
    return [socket, submission_id, String(owner_token)];
  }

  const textOf = (of: StandInRun) =>
    of.inputs.map((input) => (input.kind === 'stdin' ? input.data : `<${input.kind}>`)).join('');

  it('submits a program that can be typed into, and tells all of it', async () => {
    const [socket, id] = await run({ submission: { ...HELLO, code_input: 'first\n' } });
    const { created } = gateway.services.backend;
    expect(created.get(id)).toMatchObject({
      interactive: { stdin: 'open', terminal: null },
      payload: { stdin: { content: 'first\n' } },
    });
    const program = await gateway.services.run(id);
    program.write('name? ');
    await socket.until(() => socket.output === 'name? ');
    socket.send({ type: 'stdin', data: 'Ada\n' });
    socket.send(Buffer.from([0xff, 0x00]));
    socket.send({ type: 'stdin', data: '/w==', encoding: 'base64' });
    socket.send({ type: 'signal', signal: 'INT' });
    socket.send({ type: 'eof' });
    await until('the program has it all', () => program.inputs.length === 5);
    expect(program.inputs).toEqual([
      { v: 1, kind: 'stdin', data: 'Ada\n', encoding: 'utf-8' },
      { v: 1, kind: 'stdin', data: '/wA=', encoding: 'base64' },
      { v: 1, kind: 'stdin', data: '/w==', encoding: 'base64' },
      { v: 1, kind: 'signal', signal: 'INT' },
      { v: 1, kind: 'eof' },
    ]);
    await gateway.services.finishRun(program);
    expect(await socket.whenClosed()).toBe(1000);
    expect(socket.positions).toEqual(['0.0', '1.0', '1.1', '1.end']);
    for (const message of socket.messages) expect(ServerMessageSchema.parse(message)).toEqual(message);
  });

  it('opens a terminal of a size, and changes it', async () => {
    const [socket, id] = await run({ terminal: { columns: 80, rows: 24 } });
    expect(gateway.services.backend.created.get(id)?.interactive).toEqual({
      stdin: 'open',
      terminal: { columns: 80, rows: 24 },
    });
    const program = await gateway.services.run(id);
    socket.send({ type: 'resize', columns: 120, rows: 40 });
    await until('it is typed', () => program.inputs.length === 1);
    expect(program.inputs).toEqual([{ v: 1, kind: 'resize', columns: 120, rows: 40 }]);
  });

  it('keeps what is typed while the run waits in the queue, and its order', async () => {
    const socket = await open();
    socket.send({ type: 'run', submission: HELLO });
    for (let line = 0; line < 50; line++) socket.send({ type: 'stdin', data: `${line}\n` });
    socket.send({ type: 'eof' });
    const { submission_id } = await socket.accepted();
    const program = await gateway.services.run(submission_id);
    await until('the program has it all', () => program.inputs.length === 51);
    expect(textOf(program)).toBe(`${Array.from({ length: 50 }, (_, line) => `${line}\n`).join('')}<eof>`);
  });

  it('reads no more than is taken, loses nothing, and lets a signal pass', async () => {
    const [socket, id] = await run();
    const program = await gateway.services.run(id);
    let isReading = false;
    program.answer = (message) =>
      isReading || message.kind !== 'stdin'
        ? { accepted: true, reason: null }
        : { accepted: false, reason: 'queue_full' };
    const piece = 'x'.repeat(60_000);
    for (let sent = 0; sent < 100; sent++) socket.send({ type: 'stdin', data: `${sent} ${piece}\n` });
    // 6 MB are on their way, and most of them stay with the client.
    await until(
      'the rest stays with the client',
      () => gateway.services.backend.created.has(id) && socket.socket.bufferedAmount > 500_000,
    );
    expect(program.inputs).toEqual([]);
    isReading = true;
    await until('the program has read it all', () => program.inputs.length === 100);
    expect(textOf(program)).toBe(Array.from({ length: 100 }, (_, sent) => `${sent} ${piece}\n`).join(''));
    isReading = false;
    socket.send({ type: 'stdin', data: 'unread' });
    socket.send({ type: 'signal', signal: 'KILL' });
    await until('the signal passes', () => program.inputs.length === 101);
    expect(program.inputs.at(-1)).toEqual({ v: 1, kind: 'signal', signal: 'KILL' });
  });

  it('says what was not taken, and goes on', async () => {
    const [socket, id] = await run();
    const program = await gateway.services.run(id);
    program.answer = ({ kind }) =>
      kind === 'resize' ? { accepted: false, reason: 'no_terminal' } : { accepted: true, reason: null };
    socket.send({ type: 'resize', columns: 1, rows: 1 });
    socket.send({ type: 'stdin', data: '/w=', encoding: 'base64' });
    socket.send({ type: 'stdin', data: 'fine' });
    await until('it is typed', () => program.inputs.length === 1);
    await socket.until(() => socket.of('input_refused').length === 2);
    expect(
      socket
        .of('input_refused')
        .map(({ reason }) => reason)
        .sort(),
    ).toEqual(['malformed', 'no_terminal']);
  });

  it('cancels what runs, and what waits as soon as it runs', async () => {
    const [running, runningId] = await run();
    const program = await gateway.services.run(runningId);
    running.send({ type: 'cancel' });
    await until('it is cancelled', () => textOf(program) === '<cancel>');
    await gateway.services.finishRun(program, { status: 'cancelled' });
    expect(await running.whenClosed()).toBe(1000);
    expect(running.of('finished')[0]?.result.status).toBe('cancelled');

    const [waiting, waitingId] = await run();
    await waiting.until(() => waiting.positions.includes('0.0'));
    waiting.send({ type: 'cancel' });
    waiting.socket.close();
    await waiting.whenClosed();
    const late = await gateway.services.run(waitingId);
    await until('it is cancelled', () => textOf(late) === '<cancel>');
    const { size } = gateway.app.get(Cancellations);
    await gateway.services.finishRun(late, { status: 'cancelled' });
    await until('it is forgotten', () => gateway.app.get(Cancellations).size < size);
  });

  it.each([
    ['cancels its run', false],
    ['lets its run go on when it is detached', true],
  ])('%s when it closes', async (_, detached) => {
    const before = gateway.app.get(Cancellations).size;
    const [socket, id] = await run({ detached });
    const program = await gateway.services.run(id);
    program.write('on');
    await socket.until(() => socket.output === 'on');
    socket.socket.terminate();
    await until('the socket is closed', () => gateway.app.get(RunSockets).size === 0);
    const { size } = gateway.app.get(Cancellations);
    expect(size - before).toBe(detached ? 0 : 1);
    if (!detached) await until('it is cancelled', () => textOf(program) === '<cancel>');
    await gateway.services.finishRun(program);
    await until('it is forgotten', () => gateway.app.get(Cancellations).size === before);
    expect(textOf(program)).toBe(detached ? '' : '<cancel>');
  });

  it('attaches from elsewhere: its owner types, everybody reads, the same as by server-sent events', async () => {
    const [first, id, owner_token] = await run({ detached: true });
    const program = await gateway.services.run(id);
    program.write('one\n');
    await first.until(() => first.output === 'one\n');
    const owner = await open(beside);
    owner.send({ type: 'attach', submission_id: id, owner_token, after: '1.0' });
    owner.send({ type: 'stdin', data: 'typed' });
    await until('it is typed', () => textOf(program) === 'typed');
    const other = await open(beside);
    other.send({ type: 'attach', submission_id: id });
    other.send({ type: 'stdin', data: 'forged' });
    other.send({ type: 'signal', signal: 'KILL' });
    other.send({ type: 'cancel' });
    await other.until(() => other.of('input_refused').length === 3);
    expect(other.of('input_refused').map(({ reason }) => reason)).toEqual(Array(3).fill('not_owner'));
    const source = await EventSourceUnderTest.open(gateway, id);
    program.write('two\n');
    await gateway.services.finishRun(program);
    expect(await Promise.all([first, owner, other].map((socket) => socket.whenClosed()))).toEqual([
      1000, 1000, 1000,
    ]);
    expect(textOf(program)).toBe('typed');
    const told = (await source.ended()).events.map(({ data }) => data);
    const followed = (socket: SocketUnderTest) => socket.messages.filter((message) => 'position' in message);
    expect(followed(first)).toEqual(told);
    expect(followed(other)).toEqual(told);
    expect(followed(owner)).toEqual(told.slice(2));
  });

  it.each([
    ['another token', { owner_token: 'x'.repeat(43) }, 'submission_not_found'],
    ['no such submission', { submission_id: ABSENT }, 'submission_not_found'],
    ['no such submission, with a token', { submission_id: ABSENT, owner_token: 'x' }, 'submission_not_found'],
    ['no id', { submission_id: '*' }, 'invalid_request'],
    ['no position', { after: 'x' }, 'invalid_request'],
    ['what is not known', { wait: 1 }, 'invalid_request'],
  ])('does not attach with %s', async (_, change, code) => {
    const submission_id = await gateway.submit();
    const socket = await open();
    socket.send({ type: 'attach', submission_id, ...change });
    expect(await socket.whenClosed()).toBe(1008);
    expect(socket.of('problem').map(({ problem }) => problem.code)).toEqual([code]);
  });

  it('has nothing to tell to who has everything', async () => {
    const submission_id = await gateway.submit();
    const socket = await open();
    socket.send({ type: 'attach', submission_id, after: '1.end' });
    expect([await socket.whenClosed(), socket.messages]).toEqual([1000, []]);
  });

  it.each([
    ['an unknown language', { submission: { ...HELLO, language: 'klingon' } }, 'unknown_language'],
    [
      'a limit above the cap',
      { submission: { ...HELLO, limits: { memory_bytes: 2 ** 50 } } },
      'limit_above_cap',
    ],
    ['no program', { submission: { language: 'python' } }, 'invalid_request'],
    ['a terminal of no size', { terminal: { columns: 0, rows: 1 } }, 'invalid_request'],
  ])('refuses %s as HTTP would, and leaves nothing behind', async (_, change, code) => {
    const { size } = gateway.services.backend.created;
    const socket = await open();
    socket.send({ type: 'run', submission: HELLO, ...change });
    expect(await socket.whenClosed()).toBe(1008);
    expect(socket.of('problem')[0]?.problem).toMatchObject({ code, type: `/docs/problems#${code}` });
    expect(gateway.services.backend.created.size).toBe(size);
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['a name twice', '{"type":"run","type":"attach"}'],
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['stdin', '{"type":"stdin","data":"x"}'],
    ['what is not known', '{"type":"subscribe","id":"1"}'],
  ])('is closed when it begins with %s', async (_, text) => {
    const socket = await open();
    socket.socket.send(text);
    expect(await socket.whenClosed()).toBe(1008);
    expect(socket.of('problem')).toHaveLength(1);
  });

  it('is closed when it wants a second run', async () => {
    const [socket] = await run({ detached: true });
    socket.send({ type: 'run', submission: HELLO });
    expect(await socket.whenClosed()).toBe(1008);
  });

  it('is closed when it floods, and nobody else notices', async () => {
    const [flood, id] = await run({ detached: true });
    const [calm, calmId] = await run();
    await gateway.services.run(id);
    const program = await gateway.services.run(calmId);
    for (let sent = 0; sent < 20_000; sent++) flood.send({ type: 'stdin', data: '' });
    expect(await flood.whenClosed()).toBe(1008);
    calm.send({ type: 'stdin', data: 'calm' });
    await until('the calm one is heard', () => textOf(program) === 'calm');
  });

  it('is closed when it floods with what is no message', async () => {
    for (const kind of ['ping', 'pong'] as const) {
      const socket = await open();
      for (let sent = 0; sent < 20_000; sent++) socket.socket[kind]();
      expect(await socket.whenClosed()).toBe(1008);
    }
  });

  it('is closed for a message that is too large, in one frame or in many', async () => {
    const large = await open();
    large.socket.send(Buffer.alloc(5 * 1024 * 1024));
    expect(await large.whenClosed()).toBe(1009);
    const [later] = await run({ detached: true });
    later.socket.send(Buffer.alloc(600 * 1024));
    expect(await later.whenClosed()).toBe(1009);
    const many = await open();
    many.socket.send('a', { fin: false });
    for (let sent = 0; sent < 5_000 && many.socket.readyState === WebSocket.OPEN; sent++)
      many.socket.send('', { fin: false });
    expect(await many.whenClosed()).toBe(1009);
  });

  it.each([
    ['an unmasked frame', Buffer.from([0x81, 0x01, 0x61]), 1002],
    ['a reserved bit', Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), 1002],
    ['a frame that claims 2^50 bytes', Buffer.from([0x81, 0xff, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
    ['no UTF-8', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]), 1007],
    ['garbage', randomBytes(64).fill(0xff, 0, 1), 1002],
  ])('is closed for %s', async (_, bytes, code) => {
    const socket = connect(gateway.port, '127.0.0.1');
    let answer = Buffer.alloc(0);
    socket.on('data', (data) => (answer = Buffer.concat([answer, data])));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(handshake());
    await until('the socket is open', () => answer.includes('\r\n\r\n'));
    const before = answer.length;
    socket.write(bytes);
    await closed;
    expect(answer.subarray(before, before + 1)).toEqual(Buffer.from([0x88]));
    expect(answer.readUInt16BE(before + 2)).toBe(code);
  });

  it('keeps one event for each client that does not read, however many there are, and tells the rest later', async () => {
    const [witness, submission_id] = await run({ detached: true });
    const program = await gateway.services.run(submission_id);
    const slow = await Promise.all(Array.from({ length: 20 }, () => open()));
    for (const socket of slow) {
      socket.socket.pause();
      socket.send({ type: 'attach', submission_id });
    }
    const line = `${'x'.repeat(32 * 1024 - 1)}\n`;
    for (let written = 1; written <= 512; written++) {
      program.write(line);
      if (written % 16 === 0) await witness.until(() => witness.positions.includes(`1.${written}`));
    }
    // 16 MiB were written and told, and 20 do not read them.
    expect(gateway.app.get(RunWatches).held).toBeLessThan(2 * 1024 * 1024);
    expect(gateway.unsentBytes()).toBeLessThan(20 * 64 * 1024);
    slow[0]?.socket.resume();
    await gateway.services.finishRun(program);
    expect(await slow[0]?.whenClosed()).toBe(1000);
    expect(slow[0]?.positions).toEqual(witness.positions);
    expect(slow[0]?.output).toBe(line.repeat(512));
  });

  it('is closed with 1013 by a client that does not read, whose run is not slowed', async () => {
    const impatient = await GatewayUnderTest.start(
      {},
      { pulse: { everyMs: 50, patienceMs: 3_000 } },
      gateway,
    );
    const socket = await SocketUnderTest.open(impatient);
    socket.send({ type: 'run', submission: HELLO, detached: true });
    const { submission_id } = await socket.accepted();
    const program = await gateway.services.run(submission_id);
    socket.socket.pause();
    for (let written = 0; written < 1024; written++) program.write('x'.repeat(32 * 1024));
    expect(impatient.unsentBytes()).toBeLessThan(1024 * 1024);
    await until('the socket is closed', () => impatient.app.get(RunSockets).size === 0);
    socket.socket.terminate();
    await impatient.stop();
  });

  it('is a place of its own only: elsewhere there is none', async () => {
    const id = await gateway.submit();
    for (const path of ['/', `/v1/submissions/${id}`, '/healthz', '/v1/run/', '/nothing'])
      expect([path, await SocketUnderTest.knock(gateway, path)]).toEqual([path, [404, 'not_found']]);
    expect(await SocketUnderTest.knock(gateway, '/v1/run?x=1')).toEqual([400, 'invalid_request']);
    const { status, body, headers } = await gateway.get('/v1/run');
    expect([status, body.code, headers.get('upgrade')]).toEqual([426, 'upgrade_required', 'websocket']);
    const invalid = handshake().replace(/Sec-WebSocket-Key: .*\r\n/, '');
    expect((await rawRequest(gateway.port, [invalid], { untilClosed: true })).status).toBe(400);
  });

  it.each([
    ['a GET', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n', '', 200],
    [
      'a POST',
      'POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n',
      JSON.stringify(HELLO),
      201,
    ],
    [
      'a POST to nowhere',
      'POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n',
      '{}',
      404,
    ],
  ])('does not mind %s that offers HTTP/2', async (_, head, body, status) => {
    const offer = `Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n`;
    const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
    // The body comes with the head, and behind it.
    for (const pieces of [
      [`${head}${offer}${length}\r\n${body}`],
      [`${head}${offer}${length}\r\n`, ...body.split(/(?=,)/)],
    ])
      expect((await rawRequest(gateway.port, pieces)).status).toBe(status);
  });

  const handshake = (more = '') =>
    'GET /v1/run HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n${more}\r\n`;
});

describe('sockets', () => {
  it('are bounded, for each client and in all, and given back', async () => {
    const gateway = await GatewayUnderTest.start({
      GATEWAY_TRUSTED_PROXIES: 'loopback',
      GATEWAY_CLIENT_SOCKETS_MAX: '2',
      GATEWAY_SOCKETS_MAX: '3',
    });
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const held = [
      await SocketUnderTest.open(gateway, from('192.0.2.1')),
      await SocketUnderTest.open(gateway, from('192.0.2.1')),
    ];
    const knock = (address: string) => SocketUnderTest.knock(gateway, '/v1/run', from(address));
    expect(await knock('192.0.2.1')).toEqual([429, 'too_many_sockets']);
    held.push(await SocketUnderTest.open(gateway, from('192.0.2.2')));
    expect(await knock('192.0.2.3')).toEqual([503, 'overloaded']);
    held[0]?.socket.terminate();
    await until('a place is given back', () => gateway.app.get(RunSockets).size === 2);
    held.push(await SocketUnderTest.open(gateway, from('192.0.2.3')));
    // Who had begun goes on elsewhere: nothing is cancelled.
    held[3]?.send({ type: 'run', submission: HELLO });
    const { submission_id } = (await held[3]?.accepted()) ?? { submission_id: '' };
    const program = await gateway.services.run(submission_id);
    await gateway.app.close();
    expect(await Promise.all(held.slice(1).map((socket) => socket.whenClosed()))).toEqual([1001, 1001, 1001]);
    expect(program.inputs).toEqual([]);
    await gateway.stop();
  });
});
