import { finishedEvent, outputEvent, statusEvent } from '../../test/run.events';
import { json, problem, StandInEvents, StandInServer } from '../../test/stand.in.server';
import { OutputStore } from '../output/output.store';
import { RunSession } from './run.session';
import { statusOf } from './run.state';

const ID = '01980000-0000-7000-8000-000000000000';
const SUBMIT = 'POST /v1/submissions';
const EVENTS = `GET /v1/submissions/${ID}/events`;
const RESULT = `GET /v1/submissions/${ID}/result?wait=25`;
const DELETE = `DELETE /v1/submissions/${ID}`;
const SUBMISSION = { language: 'python', code: 'print(1)' };
const ACCEPTED = { submission_id: ID, status: 'queued' as const, created_at: '', owner_token: 'secret' };

let server: StandInServer;
let session: RunSession;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
  server = new StandInServer();
  server.install();
  server.on(SUBMIT, () => json(ACCEPTED, 201));
  session = new RunSession(new OutputStore());
});

afterEach(() => {
  session.leave();
  jest.useRealTimers();
});

/** Lets everything happen that waits for nothing but its turn. */
const settle = async () => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};
const pass = async (ms: number) => {
  await jest.advanceTimersByTimeAsync(ms);
  await settle();
};
const shown = () => Buffer.concat(session.output.bytes()).toString();

describe('a run without input', () => {
  it('is submitted, followed and shown', async () => {
    const events = new StandInEvents();
    server.on(EVENTS, events.respond);
    const phases: string[] = [];
    session.onChange(() => phases.push(session.state.phase));
    session.start(SUBMISSION);
    await settle();
    events.tell(statusEvent('queued', 0), statusEvent('running', 1), outputEvent(0, 'a'));
    await settle();
    expect([shown(), session.state.run]).toEqual([
      'a',
      { submissionId: ID, ownerToken: 'secret', input: 'none' },
    ]);
    events.tell(outputEvent(1, 'b'), finishedEvent(1));
    await settle();
    expect(shown()).toBe('ab');
    expect(statusOf(session.state)).toBe('succeeded');
    expect(phases).toEqual(['submitting', 'queued', 'running', 'finished']);
    expect(server.requests.map(({ body }) => body)).toEqual([SUBMISSION, undefined]);
  });

  describe('whose events are the answer to its submission', () => {
    const accepted = { type: 'accepted', ...ACCEPTED } as const;
    let answer: StandInEvents;

    beforeEach(() => {
      answer = new StandInEvents();
      server.on(SUBMIT, answer.respond);
    });

    it('needs one request', async () => {
      session.start(SUBMISSION);
      await settle();
      expect(server.requests[0]?.headers.get('accept')).toContain('text/event-stream');
      expect(session.state.phase).toBe('submitting');
      answer.tell(accepted);
      await settle();
      expect(session.state).toMatchObject({
        phase: 'queued',
        run: { submissionId: ID, ownerToken: 'secret' },
      });
      answer.tell(statusEvent('queued', 0), statusEvent('running', 1), outputEvent(0, 'a'), finishedEvent(1));
      await settle();
      expect([session.state.phase, shown()]).toEqual(['finished', 'a']);
      expect(server.requests).toHaveLength(1);
    });

    it('goes on where it was cut off', async () => {
      const rest = new StandInEvents();
      server.on(EVENTS, rest.respond);
      session.start(SUBMISSION);
      await settle();
      answer.tell(accepted, statusEvent('running', 1), outputEvent(0, 'a'));
      await settle();
      answer.cut();
      await settle();
      expect(server.asked(EVENTS)[0]?.headers.get('last-event-id')).toBe('1.1');
      rest.tell(outputEvent(1, 'b'), finishedEvent(1));
      await settle();
      expect([session.state.phase, shown()]).toEqual(['finished', 'ab']);
    });

    it.each([
      ['begins', (_: AbortSignal | null) => new Promise<Response>(() => undefined)],
      ['goes on', new StandInEvents().respond],
    ])('is submitted again by the same key when the answer never %s', async (_, held) => {
      const events = new StandInEvents();
      server.on(
        SUBMIT,
        async (signal) =>
          Promise.race([
            held(signal),
            new Promise<never>((_, reject) =>
              signal?.addEventListener('abort', () => reject(signal.reason as Error)),
            ),
          ]),
        () => json(ACCEPTED, 201),
      );
      server.on(EVENTS, events.respond);
      session.start(SUBMISSION);
      await settle();
      await pass(8000);
      const [first, second] = server.asked(SUBMIT).map(({ headers }) => headers.get('idempotency-key'));
      expect(second).toBe(first);
      events.tell(statusEvent('running', 1), outputEvent(0, 'a'), finishedEvent(1));
      await settle();
      expect([session.state.phase, shown()]).toEqual(['finished', 'a']);
    });
  });

  it('goes on where the connection was cut', async () => {
    const [first, second] = [new StandInEvents(), new StandInEvents()];
    server.on(EVENTS, first.respond, second.respond);
    session.start(SUBMISSION);
    await settle();
    first.tell(statusEvent('running', 1), outputEvent(0, 'a'), outputEvent(1, 'b'));
    await settle();
    first.cut();
    await settle();
    await pass(400);
    expect(server.asked(EVENTS)[1]?.headers.get('last-event-id')).toBe('1.2');
    second.tell(outputEvent(1, 'b'), outputEvent(2, 'c'), finishedEvent(1));
    await settle();
    expect([shown(), session.state.trouble]).toEqual(['abc', null]);
  });

  it('asks again for what was left out', async () => {
    const [first, second] = [new StandInEvents(), new StandInEvents()];
    server.on(EVENTS, first.respond, second.respond);
    session.start(SUBMISSION);
    await settle();
    first.tell(statusEvent('running', 1), outputEvent(1, 'b'));
    await settle();
    await pass(400);
    second.tell(outputEvent(0, 'a'), outputEvent(1, 'b'), finishedEvent(1));
    await settle();
    expect(shown()).toBe('ab');
  });

  it('says why it waits, and until when', async () => {
    server.on(
      SUBMIT,
      () => problem(503, 'queue_full', { 'retry-after': '3' }),
      () => json(ACCEPTED, 201),
    );
    server.on(EVENTS, new StandInEvents().respond);
    session.start(SUBMISSION);
    await settle();
    expect(session.state).toMatchObject({ phase: 'submitting', trouble: 'queue_full.' });
    expect((session.state.retryAt ?? 0) - Date.now()).toBe(3000);
    await pass(3000);
    expect(session.state).toMatchObject({ phase: 'queued', trouble: null, retryAt: null });
  });

  it('says why it is refused', async () => {
    server.on(SUBMIT, () => problem(422, 'unknown_language'));
    session.start(SUBMISSION);
    await settle();
    expect(session.state).toMatchObject({ phase: 'failed', trouble: 'unknown_language.' });
    expect(statusOf(session.state)).toBeNull();
  });

  it('waits for the result where events do not get through', async () => {
    server.on(EVENTS, () => new Response('<h1>Hello</h1>', { headers: { 'content-type': 'text/html' } }));
    const result = {
      ...finishedEvent(1).result,
      stdout: 'whole',
      stdout_encoding: 'utf-8',
      stderr: '',
      stderr_encoding: 'utf-8',
    };
    server.on(
      RESULT,
      () => json({ ...result, status: 'running' }),
      () => json(result),
    );
    session.start(SUBMISSION);
    await settle();
    for (let i = 0; i < 4; i++) await pass(3000);
    expect([session.state.phase, shown(), session.state.trouble]).toEqual(['finished', 'whole', null]);
    expect(session.state.result).not.toHaveProperty('stdout');
  });

  it('waits for the result at once where events are held back', async () => {
    server.on(
      EVENTS,
      (signal) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    server.on(RESULT, () =>
      json({
        ...finishedEvent(1).result,
        stdout: 'x',
        stdout_encoding: 'utf-8',
        stderr: '',
        stderr_encoding: 'utf-8',
      }),
    );
    session.start(SUBMISSION);
    await settle();
    await pass(8000);
    expect([session.state.phase, shown()]).toEqual(['finished', 'x']);
  });

  it('notices a connection that is dead', async () => {
    const [first, second] = [new StandInEvents(), new StandInEvents()];
    server.on(EVENTS, first.respond, second.respond);
    session.start(SUBMISSION);
    await settle();
    first.tell(statusEvent('running', 1), outputEvent(0, 'a'));
    await settle();
    await pass(45_000);
    await pass(400);
    second.tell(outputEvent(1, 'b'), finishedEvent(1));
    await settle();
    expect(shown()).toBe('ab');
  });

  it('ends with what became of a run that is gone', async () => {
    server.on(EVENTS, () => problem(410, 'result_gone'));
    session.resume({ submissionId: ID, ownerToken: 'secret', input: 'none' });
    await settle();
    expect(session.state).toMatchObject({ phase: 'failed', trouble: 'result_gone.' });
  });

  it('makes room for the next', async () => {
    const [first, second] = [new StandInEvents(), new StandInEvents()];
    server.on(EVENTS, first.respond, second.respond);
    session.start(SUBMISSION);
    await settle();
    first.tell(statusEvent('running', 1), outputEvent(0, 'first'));
    await settle();
    session.start(SUBMISSION);
    expect([shown(), session.state.phase]).toEqual(['', 'submitting']);
    await settle();
    second.tell(statusEvent('running', 1), outputEvent(0, 'second'));
    await settle();
    expect(shown()).toBe('second');
  });
});

describe('stopping', () => {
  it('cancels a run over its socket, and follows it there', async () => {
    const events = new StandInEvents();
    server.on(EVENTS, events.respond);
    session.start(SUBMISSION);
    await settle();
    events.tell(statusEvent('running', 1), outputEvent(0, 'a'));
    await settle();
    session.stop();
    expect(session.state.isStopping).toBe(true);
    const [socket] = server.sockets;
    socket?.accept();
    expect(socket?.url).toBe('wss://runbin.example/v1/run');
    expect(socket?.sent).toEqual([
      { type: 'attach', submission_id: ID, owner_token: 'secret', after: '1.1' },
      { type: 'cancel' },
    ]);
    const { result } = finishedEvent(1);
    socket?.tell(outputEvent(1, 'b'), { ...finishedEvent(1), result: { ...result, status: 'cancelled' } });
    await settle();
    expect([shown(), statusOf(session.state), session.state.isStopping]).toEqual(['ab', 'cancelled', false]);
  });

  it('takes back what waits in the queue', async () => {
    const events = new StandInEvents();
    server.on(EVENTS, events.respond);
    server.on(DELETE, () => new Response(null, { status: 204 }));
    session.start(SUBMISSION);
    await settle();
    events.tell(statusEvent('queued', 0));
    await settle();
    session.stop();
    server.sockets[0]?.accept();
    await pass(3000);
    expect(server.asked(DELETE)[0]?.headers.get('authorization')).toBe('Bearer secret');
    expect([statusOf(session.state), session.state.run]).toEqual(['cancelled', null]);
  });

  it('deletes what can not be reached otherwise', async () => {
    server.on(EVENTS, new StandInEvents().respond);
    server.on(DELETE, () => new Response(null, { status: 204 }));
    session.start(SUBMISSION);
    await settle();
    session.stop();
    server.sockets[0]?.cut();
    await pass(3000);
    expect(statusOf(session.state)).toBe('cancelled');
  });

  it('is remembered until the run is accepted', async () => {
    server.on(EVENTS, new StandInEvents().respond);
    session.start(SUBMISSION);
    session.stop();
    await settle();
    server.sockets[0]?.accept();
    expect(server.sockets[0]?.sent).toContainEqual({ type: 'cancel' });
  });

  it('gives up what waits to be sent again', async () => {
    server.on(SUBMIT, () => problem(503, 'overloaded', { 'retry-after': '20' }));
    session.start(SUBMISSION);
    await settle();
    session.stop();
    expect([statusOf(session.state), session.state.trouble]).toEqual(['cancelled', null]);
    await pass(60_000);
    expect(server.asked(SUBMIT)).toHaveLength(1);
  });
});

describe('a run that listens', () => {
  const begin = () => {
    session.start(SUBMISSION, { terminal: { columns: 80, rows: 24 } });
    const [socket] = server.sockets;
    if (!socket) throw new Error('no socket was opened');
    socket.accept();
    return socket;
  };

  it('is submitted on the socket, and hears what is typed once it runs', () => {
    const socket = begin();
    session.type('early\n');
    socket.tell({ type: 'accepted', ...ACCEPTED }, statusEvent('queued', 0));
    expect(socket.sent).toEqual([
      { type: 'run', submission: SUBMISSION, terminal: { columns: 80, rows: 24 }, detached: true },
    ]);
    socket.tell(statusEvent('running', 1));
    session.type('late\n');
    session.typeBytes('/w==');
    session.signal('INT');
    session.resize({ columns: 100, rows: 30 });
    session.endInput();
    expect(socket.sent.slice(1)).toEqual([
      { type: 'stdin', data: 'early\n', encoding: 'utf-8' },
      { type: 'stdin', data: 'late\n', encoding: 'utf-8' },
      { type: 'stdin', data: '/w==', encoding: 'base64' },
      { type: 'signal', signal: 'INT' },
      { type: 'resize', columns: 100, rows: 30 },
      { type: 'eof' },
    ]);
    socket.tell(outputEvent(0, 'a'), finishedEvent(1));
    expect([shown(), session.state.phase]).toEqual(['a', 'finished']);
  });

  it('says that input was not taken, until there is other input', () => {
    const socket = begin();
    socket.tell({ type: 'accepted', ...ACCEPTED }, statusEvent('running', 1), {
      type: 'input_refused',
      reason: 'queue_full',
    });
    expect(session.state.inputTrouble).toMatch(/has not read/);
    session.type('x');
    expect(session.state.inputTrouble).toBeNull();
  });

  it('is sent a long text in pieces that keep its characters whole', () => {
    const socket = begin();
    socket.tell({ type: 'accepted', ...ACCEPTED }, statusEvent('running', 1));
    const text = `${'x'.repeat(16 * 1024 - 1)}🎉${'y'.repeat(40_000)}`;
    session.type(text);
    const sent = socket.sent.slice(1) as { data: string }[];
    expect(sent.map(({ data }) => data).join('')).toBe(text);
    expect(sent.every(({ data }) => data.length <= 16 * 1024 && data.isWellFormed())).toBe(true);
  });

  it('is attached to again where the connection was lost', async () => {
    const socket = begin();
    socket.tell({ type: 'accepted', ...ACCEPTED }, statusEvent('running', 1), outputEvent(0, 'a'));
    socket.cut();
    session.type('meanwhile');
    expect(session.state.trouble).toMatch(/lost/);
    await pass(250);
    const second = server.sockets[1];
    second?.accept();
    expect(second?.sent).toEqual([
      { type: 'attach', submission_id: ID, owner_token: 'secret', after: '1.1' },
      { type: 'stdin', data: 'meanwhile', encoding: 'utf-8' },
    ]);
    second?.tell(outputEvent(1, 'b'), finishedEvent(1));
    expect([shown(), session.state.trouble, session.state.phase]).toEqual(['ab', null, 'finished']);
  });

  it('is found again after a reload', () => {
    session.resume({ submissionId: ID, ownerToken: 'secret', input: 'terminal' });
    const [socket] = server.sockets;
    socket?.accept();
    expect(socket?.sent).toEqual([{ type: 'attach', submission_id: ID, owner_token: 'secret' }]);
    socket?.tell(statusEvent('queued', 0), statusEvent('running', 1), outputEvent(0, 'all of it'));
    session.type('x');
    expect(socket?.sent).toHaveLength(2);
    expect(shown()).toBe('all of it');
  });

  it('says why it was not taken', () => {
    const socket = begin();
    socket.tell({
      type: 'problem',
      problem: { type: '', title: 'T', status: 422, code: 'unknown_language', detail: 'No such language.' },
    });
    socket.cut();
    expect(session.state).toMatchObject({ phase: 'failed', trouble: 'No such language.' });
  });

  it('does not run twice what may have been taken', () => {
    const socket = begin();
    socket.cut();
    expect(session.state).toMatchObject({ phase: 'failed' });
    expect(server.sockets).toHaveLength(1);
  });

  it('goes on trying while the server has too much in hand', async () => {
    const socket = begin();
    socket.tell({ type: 'accepted', ...ACCEPTED }, statusEvent('running', 1));
    socket.tell({
      type: 'problem',
      problem: { type: '', title: '', status: 503, code: 'overloaded', detail: '' },
    });
    socket.cut();
    await pass(250);
    expect(server.sockets).toHaveLength(2);
  });
});
