import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { FollowEventSchema, type OutputEvent } from '@runbin/contracts/follow.events';
import { AcceptedMessageSchema, ServerMessageSchema } from '@runbin/contracts/run.socket';
import { decodeBytes } from '@runbin/contracts/text';
import { EventSourceUnderTest } from '../apps/gateway/test/event.source';
import { SocketUnderTest } from '../apps/gateway/test/socket.under.test';
import { bytesOf } from '../tools/lib/client.mjs';
import { acceptedOf, problemOf } from './answers';
import { useSystem } from './system';

const MIB = 1024 * 1024;
const LINES = 4;
const STEP_MS = 1_000;
const LINE_BY_LINE = `
import sys, time
for line in range(${LINES}):
    print("line", line, flush=True)
    time.sleep(${STEP_MS / 1000})
`;

/** For what ends by what a test does. */
const ENOUGH_TIME = { cpu_time_ms: 30_000, wall_time_ms: 60_000 };

const system = useSystem();
const sockets: SocketUnderTest[] = [];
const sources: EventSourceUnderTest[] = [];

afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
  for (const source of sources.splice(0)) source.close();
});

const server = () => ({ base: system.client.url });

async function submit(submission: object): Promise<string> {
  return acceptedOf(await system.client.submitCode(submission)).submission_id;
}

async function follow(id: string, options: Record<string, string> = {}): Promise<EventSourceUnderTest> {
  const source = await EventSourceUnderTest.open(server(), id, options);
  sources.push(source);
  return source;
}

async function open(): Promise<SocketUnderTest> {
  const socket = await SocketUnderTest.open(server());
  sockets.push(socket);
  return socket;
}

/** A socket with a run of its own. */
async function run(code: string, { language = 'python', ...options }: Record<string, unknown> = {}) {
  const { submission = {}, ...rest } = options;
  const socket = await open();
  socket.send({ type: 'run', submission: { language, code, ...(submission as object) }, ...rest });
  return { socket, ...(await socket.accepted()) };
}

const events = (source: EventSourceUnderTest) => source.events.map(({ data }) => data);
const output = (source: EventSourceUnderTest) =>
  events(source).filter((event): event is OutputEvent => event.type === 'output');

/** What was written to one stream, byte for byte. */
function written(pieces: readonly OutputEvent[], of: OutputEvent['stream']): Buffer {
  return Buffer.concat(
    pieces
      .filter(({ stream }) => stream === of)
      .map(({ data: content, encoding }) => decodeBytes({ content, encoding })),
  );
}

async function resultOf(socket: SocketUnderTest) {
  expect(await socket.whenClosed()).toBe(1000);
  const [finished] = socket.of('finished');
  if (!finished) throw new Error(`no result: ${JSON.stringify(socket.messages)}`);
  return finished.result;
}

describe('the events of a run', () => {
  it('come line by line while the program waits between them, each once and in order', async () => {
    const code = `for line in range(${LINES}):\n    print("line", line, flush=True)\n    input()\n`;
    const { socket, submission_id: id } = await run(code, { submission: { limits: ENOUGH_TIME } });
    const source = await follow(id);
    // Each is here before the program goes on, however long that takes.
    for (let line = 0; line < LINES; line++) {
      await source.until(() => output(source).length > line);
      expect(output(source)).toHaveLength(line + 1);
      socket.send({ type: 'stdin', data: '\n' });
    }
    await source.ended();
    for (const event of events(source)) expect(FollowEventSchema.parse(event)).toEqual(event);
    expect(source.ids).toEqual(['0.0', '1.0', '1.1', '1.2', '1.3', '1.4', '1.end']);
    expect(events(source).map(({ type }) => type)).toEqual([
      ...['status', 'status'],
      ...Array<string>(LINES).fill('output'),
      'finished',
    ]);
    const pieces = output(source);
    expect(pieces.map(({ seq, stream, data }) => [seq, stream, data])).toEqual(
      Array.from({ length: LINES }, (_, line) => [line, 'stdout', `line ${line}\n`]),
    );
  });

  it('are the answer to the submission, when that is asked for', async () => {
    const code = 'import time\nprint("on", flush=True)\ntime.sleep(60)';
    const submission = { language: 'python', code, limits: ENOUGH_TIME };
    const source = await EventSourceUnderTest.submit(server(), submission);
    sources.push(source);
    await source.until(() => source.events.length > 0);
    const { submission_id: id, owner_token } = AcceptedMessageSchema.parse(source.events[0]?.data);
    // It goes on until it is cancelled: what is told is told while it runs.
    await source.until(() => source.output() === 'on\n');
    const owner = await open();
    owner.send({ type: 'attach', submission_id: id, owner_token });
    owner.send({ type: 'cancel' });
    await source.ended();
    const [, ...told] = source.events;
    expect(told.map(({ data }) => data)).toEqual(events(await (await follow(id)).ended()));
    expect(told.at(-1)?.data).toMatchObject({ type: 'finished', result: { status: 'cancelled' } });
  });

  it('go on behind Last-Event-ID in mid-run: nothing is lost and nothing comes twice', async () => {
    const id = await submit({ language: 'python', code: LINE_BY_LINE });
    const whole = await follow(id);
    const told: unknown[] = [];
    let last: string | undefined;
    for (const until of ['1.0', '1.2', '1.3']) {
      const part = await follow(id, last === undefined ? {} : { 'last-event-id': last });
      await part.until(() => part.lastId >= until);
      part.close();
      await part.ended();
      told.push(...events(part));
      last = part.lastId;
    }
    told.push(...events(await (await follow(id, { query: `?after=${last}` })).ended()));
    expect(told).toEqual(events(await whole.ended()));
  });

  it('are the same for whoever comes when the run is over, as the result is', async () => {
    const code = `
import os, sys, time
for n in range(300):
    os.write(1, b"out %d \\xc3\\xa9 \\xff\\n" % n)
    os.write(2, b"err %d\\n" % n)
    if n % 100 == 0: time.sleep(0.1)
sys.exit(3)
`;
    const id = await submit({ language: 'python', code });
    const live = await (await follow(id)).ended();
    const replayed = await (await follow(id)).ended();
    expect(replayed.text).toBe(live.text);
    const result = await system.client.finalResult(id);
    expect(result).toMatchObject({ status: 'runtime_error', exit_code: 3 });
    for (const stream of ['stdout', 'stderr'] as const)
      expect(written(output(live), stream)).toEqual(bytesOf(result[stream], result[`${stream}_encoding`]));
    const { stdout: _, stdout_encoding: _o, stderr: __, stderr_encoding: _e, ...rest } = result;
    expect(events(live).at(-1)).toEqual({ type: 'finished', position: '1.end', result: rest });
    expect((await follow(id, { 'last-event-id': '1.end' })).response.status).toBe(204);
  });

  it.each([
    ['compile_error', { language: 'c', code: 'int main(void) { return x; }' }],
    ['time_limit_exceeded', { language: 'bash', code: 'sleep 9', limits: { wall_time_ms: 500 } }],
    ['output_limit_exceeded', { language: 'bash', code: 'yes', limits: { output_bytes: 100_000 } }],
  ])('end with %s, too', async (status, submission) => {
    const source = await (await follow(await submit(submission))).ended();
    expect(source.lastId).toBe('1.end');
    expect(events(source).at(-1)).toMatchObject({ type: 'finished', result: { status } });
  });

  it('are refused where there is no such run, and to other methods', async () => {
    const { client } = system;
    const address = (id: string) => `/v1/submissions/${id}/events`;
    problemOf(await client.request('GET', address(randomUUID())), 'submission_not_found');
    problemOf(await client.request('GET', address('nonsense')), 'invalid_id');
    const id = await submit({ language: 'bash', code: 'true' });
    problemOf(await client.request('GET', `${address(id)}?after=x`), 'invalid_request');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await client.request(method, address(id));
      problemOf(answer, 'method_not_allowed');
      expect(answer.headers.allow).toBe('GET, HEAD');
    }
    const head = await client.request('HEAD', address(id));
    expect([head.status, head.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
  });
});

describe('a program at a socket', () => {
  it('asks, is answered, and ends', async () => {
    const { socket } = await run('name = input("name? ")\nprint("hello", name)');
    await socket.until(() => socket.output === 'name? ');
    socket.send({ type: 'stdin', data: 'Ada\n' });
    expect(await resultOf(socket)).toMatchObject({ status: 'succeeded', exit_code: 0 });
    expect(socket.output).toBe('name? hello Ada\n');
    expect(socket.messages.map(({ type }) => type).slice(0, 3)).toEqual(['accepted', 'status', 'status']);
    for (const message of socket.messages) expect(ServerMessageSchema.parse(message)).toEqual(message);
  });

  it('reads what came with it, then what is sent, byte for byte, until there is no more', async () => {
    const { socket } = await run('import sys\nprint(sys.stdin.buffer.read())', {
      submission: { code_input: 'first\n' },
    });
    socket.send(Buffer.from([0xff, 0x00, 0x0a]));
    socket.send({ type: 'stdin', data: 'é' });
    socket.send({ type: 'stdin', data: '/w==', encoding: 'base64' });
    socket.send({ type: 'eof' });
    expect(await resultOf(socket)).toMatchObject({ status: 'succeeded' });
    expect(socket.output).toBe(String.raw`b'first\n\xff\x00\n\xc3\xa9\xff'` + '\n');
    socket.socket.close();
  });

  it('hears signals', async () => {
    const code = `
import os, signal, time
signal.signal(signal.SIGINT, lambda *_: os.write(1, b"interrupted\\n"))
print("ready", flush=True)
while True: time.sleep(0.05)
`;
    const { socket } = await run(code);
    await socket.until(() => socket.output === 'ready\n');
    socket.send({ type: 'signal', signal: 'INT' });
    await socket.until(() => socket.output === 'ready\ninterrupted\n');
    socket.send({ type: 'signal', signal: 'TERM' });
    expect(await resultOf(socket)).toMatchObject({ status: 'runtime_error', signal: 15 });
  });

  it('has a terminal where one is asked for, which changes its size', async () => {
    const code =
      'tty; stty size; read -r line; stty size; printf "[%s]" "$line"; trap "echo int" INT; sleep 30';
    const { socket } = await run(code, { language: 'bash', terminal: { columns: 80, rows: 24 } });
    await socket.until(() => socket.output.includes('24 80\r\n'));
    expect(socket.output).toMatch(/^\/dev\/pts\/\d+\r\n/);
    socket.send({ type: 'resize', columns: 132, rows: 50 });
    socket.send({ type: 'stdin', data: 'typed\r' });
    await socket.until(() => socket.output.includes('[typed]'));
    // What is typed is echoed, by the terminal.
    expect(socket.output).toContain('typed\r\n50 132\r\n[typed]');
    socket.send({ type: 'stdin', data: '\u0003' });
    expect(await resultOf(socket)).toMatchObject({ signal: null });
    expect(socket.output).toContain('int\r\n');
    expect(socket.of('output').every(({ stream }) => stream === 'stdout')).toBe(true);
  });

  it('says what it did not take, and takes what comes after', async () => {
    const { socket } = await run('print(input())');
    await socket.until(() => socket.positions.includes('0.0'));
    socket.send({ type: 'resize', columns: 10, rows: 10 });
    await socket.until(() => socket.of('input_refused').length === 1);
    expect(socket.of('input_refused')).toEqual([{ type: 'input_refused', reason: 'no_terminal' }]);
    socket.send({ type: 'stdin', data: 'fine\n' });
    expect(await resultOf(socket)).toMatchObject({ status: 'succeeded' });
    expect(socket.output).toBe('fine\n');
  });

  it('ends when it is cancelled', async () => {
    const { socket } = await run('print("on", flush=True)\nwhile True: pass');
    await socket.until(() => socket.output === 'on\n');
    socket.send({ type: 'cancel' });
    expect(await resultOf(socket)).toMatchObject({ status: 'cancelled' });
  });

  it.each(['close', 'terminate'] as const)('ends when its socket does (%s)', async (way) => {
    const { socket, submission_id } = await run('print("on", flush=True)\nimport time\ntime.sleep(60)', {
      submission: { limits: ENOUGH_TIME },
    });
    await socket.until(() => socket.output === 'on\n');
    socket.socket[way]();
    expect(await system.client.finalResult(submission_id)).toMatchObject({ status: 'cancelled' });
  });

  it('ends when its socket closes before it has begun', async () => {
    const socket = await open();
    const code = 'import time\ntime.sleep(60)';
    for (let runs = 0; runs < 5; runs++) {
      const hasty = await open();
      hasty.send({ type: 'run', submission: { language: 'python', code, limits: ENOUGH_TIME } });
      const { submission_id } = await hasty.accepted();
      hasty.socket.terminate();
      expect(await system.client.finalResult(submission_id)).toMatchObject({ status: 'cancelled' });
    }
    socket.socket.terminate();
  });

  it.each<[string, string, string, ((socket: SocketUnderTest) => boolean) | undefined]>([
    ['before it has begun', 'python', 'import time\ntime.sleep(60)', undefined],
    ['while it is compiled', 'cpp', '#include <bits/stdc++.h>\nint main() { sleep(60); }', undefined],
    [
      'while it runs',
      'python',
      'print("on", flush=True)\nwhile True: pass',
      (socket) => socket.output === 'on\n',
    ],
    ['as it ends', 'python', 'print("on")', (socket) => socket.output === 'on\n'],
  ])('ends once, however many cancel it %s', async (_, language, code, isTime) => {
    const { socket, submission_id, owner_token } = await run(code, {
      ...{ language, detached: true },
      submission: { limits: ENOUGH_TIME },
    });
    const many = await Promise.all(Array.from({ length: 20 }, () => open()));
    for (const each of many) each.send({ type: 'attach', submission_id, owner_token });
    if (isTime) await socket.until(() => isTime(socket));
    for (const each of [socket, ...many]) each.send({ type: 'cancel' });
    const { status } = await resultOf(socket);
    expect(['cancelled', ...(code === 'print("on")' ? ['succeeded'] : [])]).toContain(status);
    for (const each of many) expect((await resultOf(each)).status).toBe(status);
    expect((await system.client.finalResult(submission_id)).status).toBe(status);
  });

  it('goes on without its socket when it is detached, and is attached to from another', async () => {
    const code = 'print(input("1? "), flush=True)\nprint(input("2? "), flush=True)';
    const { socket, submission_id, owner_token } = await run(code, {
      detached: true,
      submission: { limits: ENOUGH_TIME },
    });
    await socket.until(() => socket.output === '1? ');
    socket.socket.terminate();

    const watcher = await open();
    watcher.send({ type: 'attach', submission_id });
    await watcher.until(() => watcher.output === '1? ');
    watcher.send({ type: 'stdin', data: 'forged\n' });
    await watcher.until(() => watcher.of('input_refused').length === 1);
    expect(watcher.of('input_refused')).toEqual([{ type: 'input_refused', reason: 'not_owner' }]);

    const owner = await open();
    owner.send({ type: 'attach', submission_id, owner_token, after: '1.1' });
    owner.send({ type: 'stdin', data: 'one\n' });
    await owner.until(() => owner.output.endsWith('2? '));
    expect(owner.output).toBe('one\n2? ');
    owner.send({ type: 'stdin', data: 'two\n' });
    expect(await resultOf(owner)).toMatchObject({ status: 'succeeded' });
    expect(await resultOf(watcher)).toMatchObject({ status: 'succeeded' });
    expect(watcher.output).toBe('1? one\n2? two\n');
  });

  it('takes megabytes that it reads slowly, and gives them back to who reads slowly', async () => {
    const code = `
import sys, time
total = 0
while chunk := sys.stdin.buffer.read1(1 << 16):
    total += len(chunk)
    if total % 7 == 0: time.sleep(0.01)
    sys.stdout.buffer.write(chunk)
`;
    const limits = { output_bytes: 16 * MIB, wall_time_ms: 60_000, cpu_time_ms: 30_000 };
    const { socket, submission_id } = await run(code, { submission: { limits } });
    const bytes = randomBytes(5 * MIB);
    socket.socket.pause();
    for (let at = 0; at < bytes.length; at += 100_000) socket.send(bytes.subarray(at, at + 100_000));
    socket.send({ type: 'eof' });
    // Its program comes to its end although nobody takes what it says.
    const result = await system.client.finalResult(submission_id);
    expect(result).toMatchObject({ status: 'succeeded' });
    socket.socket.resume();
    await resultOf(socket);
    const sha256 = (of: Buffer) => createHash('sha256').update(of).digest('hex');
    expect(sha256(written(socket.of('output'), 'stdout'))).toBe(sha256(bytes));
    expect(socket.of('input_refused')).toEqual([]);
  });
});

describe('a socket', () => {
  const closedBy = async (send: (socket: SocketUnderTest) => void): Promise<number> => {
    const socket = await open();
    send(socket);
    return socket.whenClosed();
  };

  it('is closed with the code that says why', async () => {
    const id = await submit({ language: 'bash', code: 'true' });
    const hello = { type: 'run', submission: { language: 'bash', code: 'read' } };
    expect(await closedBy(({ socket }) => socket.send('{'))).toBe(1008);
    expect(await closedBy(({ socket }) => socket.send('['.repeat(100_000)))).toBe(1008);
    expect(await closedBy((socket) => socket.send(Buffer.from('run')))).toBe(1008);
    expect(await closedBy((socket) => socket.send({ type: 'stdin', data: '' }))).toBe(1008);
    expect(await closedBy((socket) => [hello, hello].forEach((message) => socket.send(message)))).toBe(1008);
    expect(await closedBy((socket) => socket.send({ type: 'attach', submission_id: randomUUID() }))).toBe(
      1008,
    );
    expect(await closedBy((socket) => socket.send({ type: 'attach', submission_id: id, wait: 1 }))).toBe(
      1008,
    );
    expect(await closedBy((socket) => socket.send(Buffer.alloc(5 * MIB)))).toBe(1009);
    expect(
      await closedBy((socket) => {
        socket.send(hello);
        socket.send(Buffer.alloc(MIB));
      }),
    ).toBe(1009);
    expect(
      await closedBy((socket) => {
        socket.send(hello);
        for (let sent = 0; sent < 20_000; sent++) socket.send({ type: 'stdin', data: '' });
      }),
    ).toBe(1008);
  });

  it('is not opened for a page of another origin, nor elsewhere', async () => {
    const { host, origin } = new URL(system.client.url);
    for (const foreign of ['https://evil.example', 'null', `http://${host}.evil.example`])
      expect(await SocketUnderTest.knock(server(), '/v1/run', { origin: foreign })).toEqual([
        403,
        'origin_not_allowed',
      ]);
    expect(await SocketUnderTest.knock(server(), '/v1/run', { origin })).toEqual([101]);
    expect(await SocketUnderTest.knock(server(), '/v1/languages')).toEqual([404, 'not_found']);
    const plain = await system.client.request('GET', '/v1/run');
    problemOf(plain, 'upgrade_required');
    expect(plain.headers.upgrade).toBe('websocket');
  });

  it('does not mind who comes and goes', async () => {
    for (let at = 0; at < 100; at++) {
      const socket = await open();
      socket.socket.terminate();
      await once(socket.socket, 'close');
    }
    const { socket } = await run('print("still here")');
    await resultOf(socket);
    expect(socket.output).toBe('still here\n');
  });
});
