import { NatsConnection } from '@runbin/messaging/nats.connection';
import { FollowEventSchema } from '@runbin/contracts/follow.events';
import { AcceptedMessageSchema } from '@runbin/contracts/run.socket';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { until } from '../../../../libs/platform/test/until';
import { EventSourceUnderTest } from '../../test/event.source';
import { GatewayUnderTest } from '../../test/gateway.under.test';
import { RunWatches } from './run.watches';

const ABSENT = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e';

describe('the events of a run', () => {
  let gateway: GatewayUnderTest;
  let beside: GatewayUnderTest;
  let sources: EventSourceUnderTest[] = [];

  beforeAll(async () => {
    gateway = await GatewayUnderTest.start();
    beside = await GatewayUnderTest.start({}, {}, gateway);
  });
  afterEach(async () => {
    for (const source of sources) source.close();
    sources = [];
    await until('nobody watches', () => watches(gateway).size + watches(beside).size === 0);
  });
  afterAll(async () => {
    await beside.stop();
    await gateway.stop();
  });

  const watches = ({ app }: GatewayUnderTest) => app.get(RunWatches);
  const services = () => gateway.services;

  async function follow(id: string, options: Record<string, string> = {}, at = gateway) {
    const source = await EventSourceUnderTest.open(at, id, options);
    sources.push(source);
    return source;
  }

  /** Runs it without a live message that comes through. */
  async function runUnheard(id: string): Promise<void> {
    const run = await services().run(id);
    run.write('unheard', { lost: true });
    run.end({ lost: true });
    await run.leave();
    const { result, log } = run.outcome();
    services().backend.logs.set(id, log);
    await services().finish(id, result, { picked_at: run.picked_at });
  }

  async function whileAllIsAnnounced(action: () => Promise<void>): Promise<void> {
    services().backend.announcesWhole = true;
    try {
      await action();
    } finally {
      services().backend.announcesWhole = false;
    }
  }

  it('are told while it goes on, and end with its result', async () => {
    const id = await gateway.submit();
    const source = await follow(id);
    expect(source.response.status).toBe(200);
    expect(source.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(source.response.headers.get('cache-control')).toBe('no-store');
    expect(source.response.headers.get('x-accel-buffering')).toBe('no');
    await source.until(() => source.lastId === '0.0');
    const run = await services().run(id);
    for (const [text, stream] of [
      ['one\n', 'stdout'],
      ['two\n', 'stderr'],
      ['three\n', 'stdout'],
    ] as const) {
      run.write(text, { stream });
      await source.until(() => source.output(stream).endsWith(text));
    }
    await services().finishRun(run);
    await source.ended();
    expect(source.ids).toEqual(['0.0', '1.0', '1.1', '1.2', '1.3', '1.end']);
    expect(source.events.map(({ event }) => event)).toEqual([
      'status',
      'status',
      'output',
      'output',
      'output',
      'finished',
    ]);
    for (const { id: position, event, data } of source.events)
      expect(FollowEventSchema.parse(data)).toMatchObject({ type: event, position });
    expect(source.events[0]?.data).toMatchObject({ status: 'queued', attempt: 0, language: 'python' });
    expect(source.events[1]?.data).toMatchObject({ status: 'running', attempt: 1, at: run.picked_at });
    expect(source.events.at(-1)?.data).toMatchObject({ result: { submission_id: id, status: 'succeeded' } });
    expect(source.text.startsWith('retry: ')).toBe(true);
  });

  it('are byte for byte the same afterwards, and for whoever comes late', async () => {
    const id = await gateway.submit();
    const early = await follow(id);
    await early.until(() => early.lastId === '0.0');
    const run = await services().run(id);
    run.write('é✓🎈\r\n\r\ndata: forged\n\n\u2028\0');
    run.write(Buffer.from([0xff, 0xfe]), { stream: 'stderr' });
    await early.until(() => early.lastId === '1.2');
    const late = await follow(id, {}, beside);
    await late.until(() => late.lastId === '1.2');
    run.write('end');
    await services().finishRun(run);
    const after = await follow(id);
    const texts = await Promise.all([early, late, after].map(async (source) => (await source.ended()).text));
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
    expect(early.ids).toEqual(['0.0', '1.0', '1.1', '1.2', '1.3', '1.end']);
  });

  it('end without a question where the whole result was announced', async () => {
    const { backend } = services();
    const id = await gateway.submit();
    const source = await follow(id);
    await source.until(() => source.lastId === '0.0');
    const run = await services().run(id);
    run.write('hello\n');
    await source.until(() => source.lastId === '1.1');
    const before = backend.timesAsked('result.replay');
    await whileAllIsAnnounced(async () => {
      await services().finishRun(run);
      await source.ended();
    });
    expect(backend.timesAsked('result.replay')).toBe(before);
    expect((await (await follow(id)).ended()).text).toBe(source.text);
  });

  it('hold no event that a program forged', async () => {
    const id = await gateway.submit();
    const forged = [
      '\n\nevent: finished\ndata: {}\n\n',
      '\rid: 9.end\r\r',
      '\u2028data: x\u2029',
      ': c\n\nretry: 1\n\n',
    ];
    const run = await services().run(id);
    for (const text of forged) run.write(text);
    await services().finishRun(run, { message: 'a\n\nid: 9.end\ndata: {}\n\n' });
    const source = await (await follow(id)).ended();
    expect(source.ids).toEqual(['0.0', '1.0', '1.1', '1.2', '1.3', '1.4', '1.end']);
    expect(source.output()).toBe(forged.join(''));
    // The lines of HTML 9.2.5, which are not those of JavaScript.
    const lines = source.text.split(/\r\n|\r|\n/).filter((line) => line !== '');
    expect(lines).toHaveLength(1 + 3 * 7);
  });

  it('are complete when live messages are lost', async () => {
    const id = await gateway.submit();
    const source = await follow(id);
    const run = await services().run(id);
    run.write('a', { lost: true });
    run.write('b', { lost: true });
    run.write('c');
    await source.until(() => source.output() === 'abc');
    run.write('d', { lost: true });
    run.end();
    await source.until(() => source.output() === 'abcd');
    await services().finishRun(run);
    await source.ended();
    expect(source.ids).toEqual(['0.0', '1.0', '1.1', '1.2', '1.3', '1.4', '1.end']);
  });

  it('are complete when nothing was heard at all', async () => {
    const id = await gateway.submit();
    const source = await follow(id);
    await source.until(() => source.lastId === '0.0');
    await runUnheard(id);
    await source.ended();
    expect(source.ids).toEqual(['0.0', '1.0', '1.1', '1.end']);
  });

  it('go on at another gateway in mid-run, without a loss and without a repetition', async () => {
    const id = await gateway.submit();
    const run = await services().run(id);
    const whole = await follow(id);
    const told: string[] = [];
    let last: string | undefined;
    for (let part = 0; part < 6; part++) {
      const source = await follow(
        id,
        last === undefined ? {} : { 'last-event-id': last },
        part % 2 === 0 ? gateway : beside,
      );
      run.write(`part ${part} `);
      run.write(`and more ${part}\n`, { lost: part % 3 === 0 });
      await source.until(() => source.output().includes(part % 3 === 0 ? `part ${part} ` : `more ${part}\n`));
      source.close();
      await source.ended();
      told.push(...source.events.map(({ data }) => JSON.stringify(data)));
      last = source.lastId;
    }
    await services().finishRun(run);
    const rest = await (await follow(id, { query: `?after=${last ?? ''}` }, beside)).ended();
    told.push(...rest.events.map(({ data }) => JSON.stringify(data)));
    await whole.ended();
    expect(told).toEqual(whole.events.map(({ data }) => JSON.stringify(data)));
  });

  it('start over with another attempt', async () => {
    const id = await gateway.submit();
    const source = await follow(id);
    const first = await services().run(id);
    first.write('void');
    await source.until(() => source.lastId === '1.1');
    await first.leave();
    const second = await services().run(id, 2);
    second.write('counts');
    await source.until(() => source.lastId === '2.1');
    await services().finishRun(second);
    await source.ended();
    expect(source.ids).toEqual(['0.0', '1.0', '1.1', '2.0', '2.1', '2.end']);
    const resumed = await (await follow(id, { 'last-event-id': '1.1' })).ended();
    expect(resumed.ids).toEqual(['2.0', '2.1', '2.end']);
  });

  it('tell of a silent program that it runs', async () => {
    const id = await gateway.submit();
    const source = await follow(id);
    await source.until(() => source.lastId === '0.0');
    const run = await services().run(id);
    await services().finish(
      id,
      { status: 'running', message: 'Your submission is running.' },
      { picked_at: run.picked_at },
    );
    await source.until(() => source.lastId === '1.0');
    await services().finishRun(run);
    expect((await source.ended()).ids).toEqual(['0.0', '1.0', '1.end']);
  });

  it('end when the submission is deleted', async () => {
    const id = await gateway.submit();
    const source = await follow(id);
    await source.until(() => source.lastId === '0.0');
    await services().forget(id);
    expect((await source.ended()).ids).toEqual(['0.0']);
    expect((await follow(id)).response.status).toBe(404);
  });

  it.each([
    ['0.0', ['1.0', '1.1', '1.2', '1.end']],
    ['1.0', ['1.1', '1.2', '1.end']],
    ['1.1', ['1.2', '1.end']],
    ['1.2', ['1.end']],
    ['1.9', ['1.end']],
    ['7.3', ['1.0', '1.1', '1.2', '1.end']],
  ])('behind %s are %j', async (position, ids) => {
    const id = await gateway.submit();
    const run = await services().run(id);
    run.write('a');
    run.write('b');
    await services().finishRun(run);
    for (const options of [{ 'last-event-id': position }, { query: `?after=${position}` }])
      expect((await (await follow(id, options)).ended()).ids).toEqual(ids);
  });

  it('are not told again to who has them all: an EventSource stops', async () => {
    const id = await gateway.submit();
    expect((await follow(id, { 'last-event-id': '1.end' })).response.status).toBe(204);
    expect((await follow(id, { query: '?after=1.end' })).response.status).toBe(204);
  });

  it.each(['x', '1', '1.', '.1', '-1.0', '1.0 ', '1.2.3', '1e3.0', '9999999999.0', '1.END', '1.0, 1.1'])(
    'can not be told from behind %j',
    async (position) => {
      const id = await gateway.submit();
      const query = `?after=${encodeURIComponent(position)}`;
      const { status, body } = await gateway.get(`/v1/submissions/${id}/events${query}`);
      expect([status, body.code]).toEqual([400, 'invalid_request']);
      // A header's own value has no spaces around it.
      if (position.trim() !== position) return;
      expect((await follow(id, { 'last-event-id': position })).response.status).toBe(400);
    },
  );

  it('are refused as problems where there is nothing to follow', async () => {
    const codes = async (path: string) => {
      const { status, body } = await gateway.get(path);
      return [status, body.code];
    };
    expect(await codes(`/v1/submissions/${ABSENT}/events`)).toEqual([404, 'submission_not_found']);
    expect(await codes('/v1/submissions/nonsense/events')).toEqual([400, 'invalid_id']);
    expect(await codes(`/v1/submissions/${ABSENT}/events?since=1`)).toEqual([400, 'invalid_request']);
    expect(await codes(`/v1/submissions/${ABSENT}/events?after=1.0&after=2.0`)).toEqual([
      400,
      'invalid_request',
    ]);
    const id = await gateway.submit();
    services().backend.finished.add(id);
    expect(await codes(`/v1/submissions/${id}/events`)).toEqual([410, 'result_gone']);
    await services().stop('submission');
    expect(await codes(`/v1/submissions/${id}/events`)).toEqual([503, 'unavailable']);
    await services().start('submission');
  });

  describe('as the answer to its submission', () => {
    const PROGRAM = { language: 'py', code: 'print(1)' };

    async function submit(headers: Record<string, string> = {}, at = gateway) {
      const source = await EventSourceUnderTest.submit(at, PROGRAM, headers);
      sources.push(source);
      await source.until(() => source.events.length > 0);
      const accepted = AcceptedMessageSchema.parse(source.events[0]?.data);
      return { source, accepted, id: accepted.submission_id };
    }

    it('say what was accepted, and then the same as to whoever follows', async () => {
      const { source, accepted, id } = await submit();
      expect(source.response.status).toBe(201);
      expect(source.response.headers.get('location')).toBe(`/v1/submissions/${id}`);
      expect(source.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(accepted).toMatchObject({ status: 'queued', owner_token: expect.any(String) as string });
      const run = await services().run(id);
      run.write('a');
      await source.until(() => source.output() === 'a');
      await services().finishRun(run);
      const told = (await source.ended()).events.slice(1);
      const afterwards = await (await follow(id)).ended();
      expect(told.map(({ id, data }) => [id, data])).toEqual(
        afterwards.events.map(({ id, data }) => [id, data]),
      );
      expect(told[0]?.data).toMatchObject({ status: 'queued', language: 'python' });
    });

    it('stay below the listeners that Node takes for a leak', async () => {
      const server = gateway.app.getHttpServer();
      let most = 0;
      const count = (_request: unknown, response: ServerResponse) =>
        response.on('newListener', (event) => {
          if (event === 'close') most = Math.max(most, response.listenerCount('close') + 1);
        });
      server.prependListener('request', count);
      const { source, id } = await submit();
      const run = await services().run(id);
      await services().finishRun(run);
      await source.ended();
      server.off('request', count);
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(EventEmitter.defaultMaxListeners);
    });

    it('end without a question where the run was over before it was known here to be accepted', async () => {
      const { backend } = services();
      const before = backend.timesAsked('result.replay');
      backend.beforeAccepted = async (id) => {
        const run = await services().run(id);
        run.write('quick\n');
        await services().finishRun(run);
      };
      await whileAllIsAnnounced(async () => {
        const { source } = await submit();
        expect((await source.ended()).output()).toBe('quick\n');
      });
      expect(backend.timesAsked('result.replay')).toBe(before);
    });

    it('are complete though nothing was heard', async () => {
      const { source, id } = await submit();
      await runUnheard(id);
      expect((await source.ended()).output()).toBe('unheard');
    });

    it('are told again by the same key, at any gateway, also when it is over', async () => {
      const key = { 'idempotency-key': '8e03978e-40d5-43dd-bc93-6894a57f9324' };
      const first = await submit(key);
      const run = await services().run(first.id);
      run.write('once');
      await services().finishRun(run);
      await first.source.ended();
      const second = await submit(key, beside);
      await second.source.ended();
      expect(second.source.response.headers.get('idempotency-replayed')).toBe('true');
      expect(second.source.text).toBe(first.source.text);
    });

    it('are not for who does not ask for them, or waits', async () => {
      const { status, body } = await gateway.post('/v1/submissions?wait=1', PROGRAM, {
        accept: 'text/event-stream',
      });
      expect([status, body.code]).toEqual([400, 'invalid_request']);
      for (const accept of ['*/*', 'application/json', 'text/*', 'application/json, text/event-stream;q=0']) {
        const { headers } = await gateway.post('/v1/submissions', PROGRAM, { accept });
        expect(headers.get('content-type')).toContain('application/json');
      }
    });
  });

  it('answer HEAD at once', async () => {
    const id = await gateway.submit();
    const head = await gateway.fetch(`/v1/submissions/${id}/events`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
  });

  it('go on when the broker was away', async () => {
    const id = await gateway.submit();
    const source = await follow(id);
    await source.until(() => source.lastId === '0.0');
    await gateway.nats.interrupt();
    await gateway.nats.resume();
    await until('it is connected again', () => gateway.app.get(NatsConnection).isConnected);
    await services().reconnected();
    const run = await services().run(id);
    run.write('back');
    await source.until(() => source.output() === 'back');
    await services().finishRun(run);
    await source.ended();
  });

  it('cost one subscription, however many follow', async () => {
    const id = await gateway.submit();
    const { core } = gateway.app.get(NatsConnection);
    const subscribe = jest.spyOn(core, 'subscribe');
    const first = await follow(id);
    const many = await Promise.all(Array.from({ length: 499 }, () => follow(id)));
    expect(subscribe.mock.calls.map(([subject]) => subject)).toEqual([`output.${id}`]);
    const run = await services().run(id);
    for (let line = 0; line < 20; line++) run.write(`line ${line}\n`, { lost: line % 7 === 3 });
    await services().finishRun(run);
    const texts = await Promise.all([first, ...many].map(async (source) => (await source.ended()).text));
    expect(new Set(texts).size).toBe(1);
    expect(first.ids).toHaveLength(23);
    // What was lost was asked for once, not by everybody.
    expect(run.reads).toBeLessThan(10);
    subscribe.mockRestore();
  });

  it('do not pile up for a client that does not read', async () => {
    const id = await gateway.submit();
    const run = await services().run(id);
    const sockets = Array.from({ length: 20 }, () => {
      const socket = connect(gateway.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(`GET /v1/submissions/${id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      return socket;
    });
    const witness = await follow(id);
    const line = `${'x'.repeat(32 * 1024 - 1)}\n`;
    for (let written = 0; written < 512; written++) {
      run.write(line);
      if (written % 16 === 15) await witness.until(() => witness.lastId === `1.${written + 1}`);
    }
    // 16 MiB were written, and 20 do not read them.
    expect(watches(gateway).held).toBeLessThan(2 * 1024 * 1024);
    expect(gateway.unsentBytes()).toBeLessThan(20 * 256 * 1024);
    const [slow] = sockets;
    let taken = '';
    slow?.on('data', (data) => (taken += data.toString('latin1')));
    slow?.resume();
    await services().finishRun(run);
    await until('the slow one has read it all', () => taken.includes('event: finished'));
    expect(taken.match(/^id: /gm)).toHaveLength(512 + 3);
    for (const socket of sockets) socket.destroy();
    await witness.ended();
  });
});

describe('places to follow from', () => {
  it('are bounded, for each client and in all, and given back', async () => {
    const gateway = await GatewayUnderTest.start({
      GATEWAY_TRUSTED_PROXIES: 'loopback',
      GATEWAY_CLIENT_WATCHES_MAX: '2',
      GATEWAY_WATCHES_MAX: '3',
    });
    const id = await gateway.submit();
    const from = (address: string) => EventSourceUnderTest.open(gateway, id, { 'x-forwarded-for': address });
    const held = [await from('192.0.2.1'), await from('192.0.2.1')];
    const third = await from('192.0.2.1');
    expect([third.response.status, third.response.headers.get('retry-after')]).toEqual([429, '1']);
    held.push(await from('192.0.2.2'));
    expect((await from('192.0.2.3')).response.status).toBe(503);
    // What is submitted is accepted all the same.
    const submission = { language: 'python', code: 'print(1)' };
    const accept = { accept: 'text/event-stream', 'x-forwarded-for': '192.0.2.1' };
    const { status, headers } = await gateway.post('/v1/submissions', submission, accept);
    expect([status, headers.get('content-type')]).toEqual([201, 'application/json; charset=utf-8']);
    held[0]?.close();
    await until('a place is given back', () => gateway.watchesInUse === 2);
    held.push(await from('192.0.2.3'));
    expect(held.map(({ response }) => response.status)).toEqual([200, 200, 200, 200]);
    // Stopping does not wait for anybody: they go on elsewhere.
    await gateway.stop();
    await Promise.all(held.map((source) => source.ended()));
  });
});
