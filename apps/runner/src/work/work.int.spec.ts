import { of, throwError } from 'rxjs';
import type { ClientProxy, NatsRecord } from '@nestjs/microservices';
import type { Interactive } from '@runbin/contracts/interactive';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import {
  type InputMessage,
  InputReplySchema,
  type OutputMessage,
  OutputMessageSchema,
  type OutputPage,
  OutputPageSchema,
} from '@runbin/contracts/live';
import {
  DEAD_STREAM,
  inputSubject,
  outputSubject,
  RUNS_CONSUMER,
  RUNS_STREAM,
  WORK_STREAM,
  workConsumer,
  workSubject,
} from '@runbin/contracts/subjects';
import { outputEvent, piecesOf } from '@runbin/contracts/output.pieces';
import { decodeBytes } from '@runbin/contracts/text';
import {
  type ExecuteRun,
  MAX_DELIVERIES,
  type Payload,
  type RunDeadLettered,
  type RunFinished,
  type RunStarted,
} from '@runbin/contracts/work';
import { loadCatalogue } from '@runbin/languages/catalogue';
import { DurablePublisher } from '@runbin/messaging/durable.publisher';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { PullConsumer } from '@runbin/messaging/pull.consumer';
import { Topology } from '@runbin/messaging/topology';
import { RpcClient } from '@runbin/platform/rpc.client';
import { until } from '../../../../libs/platform/test/until';
import { NatsServer } from '../../../../libs/messaging/test/nats.server';
import { Permits } from '../execution/permits';
import { ArtifactCache } from '../execution/artifact.cache';
import { RunExecutor } from '../execution/run.executor';
import { RunChannels } from '../live/run.channel';
import type { Heartbeat } from '../health/heartbeat';
import { SandboxCheck } from '../health/sandbox.check';
import { Toolchains } from '../languages/toolchains';
import { type SandboxEngine, SandboxError, SandboxLost } from '../sandbox/sandbox';
import { SandboxPool } from '../sandbox/sandbox.pool';
import { RunEvents } from './run.events';
import { WorkConsumer } from './work.consumer';
import { WorkProcessor } from './work.processor';
import { bubblewrapUnderTest } from '../../test/bubblewrap.under.test';

const engine = bubblewrapUnderTest();

/** The real engine, which fails as often as it is told to. */
const failing = { times: 0 };
const flakyEngine: SandboxEngine = {
  name: 'flaky',
  degraded: ["no cgroup (mkdir '/sys/fs/cgroup/host-7/1-0'): limited by rlimits"],
  start: () => engine.start(),
  stop: () => engine.stop(),
  keyOf: (profile) => engine.keyOf(profile),
  toolchain: () => engine.toolchain(),
  take: (profile, limits) => {
    if (failing.times === 0) return mortalEngine.take(profile, limits);
    failing.times -= 1;
    return Promise.reject(new SandboxError('no sandbox today'));
  },
};

/** The real engine, whose sandboxes end with their programs as often as it is told to. */
const losing = { times: 0, runs: 0 };
const mortalEngine: SandboxEngine = {
  ...flakyEngine,
  take: async (profile, limits) => {
    const sandbox = await brokenEngine.take(profile, limits);
    const run = sandbox.run.bind(sandbox);
    sandbox.run = async (...stage) => {
      const facts = await run(...stage);
      losing.runs += 1;
      if (losing.times === 0) return facts;
      losing.times -= 1;
      throw new SandboxLost('no report today', facts);
    };
    return sandbox;
  },
};

/** The real engine, or none at all. */
const outage = { isOn: false, refused: 0 };
const brokenEngine: SandboxEngine = {
  ...flakyEngine,
  take: (profile, limits) => {
    if (!outage.isOn) return engine.take(profile, limits);
    outage.refused += 1;
    return Promise.reject(new SandboxError('an outage'));
  },
};

/** What the other services would answer. */
const finals = new Set<string>();
const claims = { awayFor: 0, payload: null as Payload | null };
const services = {
  send: (subject: string, { data: request }: NatsRecord<{ submission_ids: string[] }>) => {
    if (subject === 'result.finals') {
      return of({ submission_ids: request.submission_ids.filter((id) => finals.has(id)) });
    }
    if (claims.awayFor === 0) return of(claims.payload);
    claims.awayFor -= 1;
    return throwError(() => new Error('no responders'));
  },
} as unknown as ClientProxy;

let server: NatsServer;
let nats: NatsConnection;
let publisher: DurablePublisher;
let work: WorkConsumer;
const events: (RunStarted | RunFinished)[] = [];
const stopListening = new AbortController();
const waiting = new Set<() => void>();

beforeAll(async () => {
  server = await NatsServer.start();
  nats = new NatsConnection({ servers: [server.url] });
  await nats.onModuleInit();
  publisher = new DurablePublisher(nats);
  const topology = new Topology(nats);
  await topology.ensureWork(['bash']);
  await topology.ensureRuns();
  await flakyEngine.start();

  const permits = new Permits(2);
  const toolchains = new Toolchains(engine, loadCatalogue('languages'), ['bash'], permits);
  await toolchains.probe();
  const processor = new WorkProcessor(
    new RpcClient(services, 1_000),
    new RunEvents(publisher, 'runner-under-test'),
    new RunExecutor(
      flakyEngine,
      new SandboxPool(flakyEngine, { maxPerShape: 0, minPerShape: 0, memoryBytes: 0, parallel: 1 }),
      new ArtifactCache({ directory: '', maxBytes: 0, memoryBytes: 0 }),
    ),
    new RunChannels(nats),
    new SandboxCheck(brokenEngine, { setReason: () => undefined } as unknown as Heartbeat, ''),
  );
  work = new WorkConsumer(nats, permits, toolchains, processor);
  work.start();
  void new PullConsumer(nats, RUNS_STREAM, RUNS_CONSUMER).run(
    () => Promise.resolve(10),
    (delivery) => {
      events.push(delivery.json() as RunStarted | RunFinished);
      delivery.ack();
      for (const tell of waiting) tell();
      waiting.clear();
    },
    stopListening.signal,
  );
});

afterAll(async () => {
  stopListening.abort();
  await work.stop(5_000);
  await nats.onApplicationShutdown();
  await flakyEngine.stop();
  await server.stop();
});

let serial = 0;
const newId = () => `00000000-0000-7000-8000-${String(++serial).padStart(12, '0')}`;

function command(id: string, code: string): ExecuteRun {
  return {
    v: 1,
    submission_id: id,
    dispatch: 1,
    language: 'bash',
    args: [],
    compiler_args: [],
    limits: DEFAULT_LIMITS,
    queued_at: new Date().toISOString(),
    payload: {
      files: [{ name: 'main.sh', content: code, encoding: 'utf-8' }],
      stdin: { content: '', encoding: 'utf-8' },
    },
    interactive: null,
  };
}

async function finishedOf(id: string): Promise<RunFinished> {
  for (;;) {
    const found = events.find(
      (event): event is RunFinished => event.submission_id === id && 'outcome' in event,
    );
    if (found) return found;
    await new Promise<void>((resolve) => waiting.add(resolve));
  }
}

async function queueLength(): Promise<number> {
  const manager = await nats.manager();
  const info = await manager.consumers.info(WORK_STREAM, workConsumer('bash'));
  return info.num_pending + info.num_ack_pending;
}

async function untilQueueIsEmpty(): Promise<void> {
  await until('the queue is empty', async () => (await queueLength()) === 0);
}

async function deadLetters(): Promise<number> {
  const manager = await nats.manager();
  return (await manager.streams.info(DEAD_STREAM)).state.messages;
}

async function lastDeadLetter(): Promise<RunDeadLettered | undefined> {
  const manager = await nats.manager();
  const stream = await manager.streams.info(DEAD_STREAM);
  const message = await manager.streams.getMessage(DEAD_STREAM, { seq: stream.state.last_seq });
  return message?.json<RunDeadLettered>();
}

it('a run ends in one finished event, and its message leaves the queue', async () => {
  const id = newId();
  await publisher.publish(workSubject('bash', id), command(id, 'echo hi; exit 5'), `${id}:1`);
  const { outcome, attempt, language_version } = await finishedOf(id);
  expect(outcome).toMatchObject({ status: 'runtime_error', exit_code: 5, stdout: 'hi\n' });
  expect(attempt).toBe(1);
  expect(language_version).toMatch(/^\d+\./);
  await untilQueueIsEmpty();
  expect(events.filter((event) => event.submission_id === id && 'outcome' in event)).toHaveLength(1);
});

it('names weaker modes without what was found on the machine', async () => {
  const id = newId();
  await publisher.publish(workSubject('bash', id), command(id, ':'), `${id}:1`);
  expect((await finishedOf(id)).outcome.degraded).toEqual(['no cgroup: limited by rlimits']);
});

it('a run that takes a while is announced before it ends', async () => {
  const id = newId();
  await publisher.publish(workSubject('bash', id), command(id, 'sleep 2'), `${id}:1`);
  await finishedOf(id);
  const seen = events.filter(({ submission_id }) => submission_id === id);
  expect(seen.map((event) => 'outcome' in event)).toEqual([false, true]);
});

it('the broker refuses a second copy while the first is in work, and takes it afterwards', async () => {
  const id = newId();
  const subject = workSubject('bash', id);
  expect(await publisher.publish(subject, command(id, 'sleep 1'), `${id}:1`)).toBe('stored');
  expect(await publisher.publish(subject, command(id, 'sleep 1'), `${id}:2`)).toBe('held');
  await finishedOf(id);
  await untilQueueIsEmpty();
  finals.add(id);
  expect(await publisher.publish(subject, { ...command(id, 'sleep 1'), dispatch: 2 }, `${id}:3`)).toBe(
    'stored',
  );
  await untilQueueIsEmpty();
  expect(events.filter((event) => event.submission_id === id && 'outcome' in event)).toHaveLength(1);
});

it('what a broker brings back though it has ended is not run again', async () => {
  const [one, other, id] = [newId(), newId(), newId()];
  finals.add(id);
  // They take every permit, so that it gets old; the broker delivers it for the first time.
  for (const before of [one, other])
    await publisher.publish(workSubject('bash', before), command(before, 'sleep 4'), `${before}:1`);
  await publisher.publish(workSubject('bash', id), command(id, 'true'), `${id}:1`);
  await Promise.all([one, other].map(finishedOf));
  await untilQueueIsEmpty();
  expect(events.filter((event) => event.submission_id === id)).toEqual([]);
});

it('a sandbox that fails is not the verdict of the program: it is tried again, with a higher attempt', async () => {
  failing.times = 1;
  const id = newId();
  await publisher.publish(workSubject('bash', id), command(id, 'echo again'), `${id}:1`);
  const { outcome, attempt } = await finishedOf(id);
  expect(outcome).toMatchObject({ status: 'succeeded', stdout: 'again\n' });
  expect(attempt).toBe(2);
});

it('a claim check is redeemed, however long the submission service is away: that is no failed try', async () => {
  const id = newId();
  const { payload, ...claim } = command(id, 'echo claimed');
  Object.assign(claims, { awayFor: MAX_DELIVERIES + 1, payload });
  await publisher.publish(workSubject('bash', id), { ...claim, payload: null }, `${id}:1`);
  const { outcome, attempt } = await finishedOf(id);
  expect(outcome.stdout).toBe('claimed\n');
  expect(attempt).toBe(1);
});

it('a submission that was deleted meanwhile leaves the queue without a run', async () => {
  const id = newId();
  claims.payload = null;
  await publisher.publish(workSubject('bash', id), { ...command(id, ''), payload: null }, `${id}:1`);
  await untilQueueIsEmpty();
  expect(events.filter((event) => event.submission_id === id && 'outcome' in event)).toEqual([]);
});

it('a message that can not be read becomes a visible internal_error and a dead letter', async () => {
  const id = newId();
  await publisher.publish(workSubject('bash', id), 'not a command', `${id}:1`);
  const { outcome } = await finishedOf(id);
  expect(outcome.status).toBe('internal_error');
  await untilQueueIsEmpty();
  expect(await lastDeadLetter()).toMatchObject({ subject: workSubject('bash', id) });
});

it('output that JSON would make several times as large comes whole, and holds nobody up', async () => {
  const id = newId();
  const limits = { ...DEFAULT_LIMITS, output_bytes: 16 * 1024 * 1024 };
  await publisher.publish(
    workSubject('bash', id),
    {
      ...command(id, 'head -c 10000000 /dev/zero; tr "\\0" "\\n" < <(head -c 5000000 /dev/zero) >&2'),
      limits,
    },
    `${id}:1`,
  );
  const { stdout, stdout_encoding, stderr } = (await finishedOf(id)).outcome;
  expect(decodeBytes({ content: stdout, encoding: stdout_encoding })).toHaveLength(10_000_000);
  expect(stderr).toBe('\n'.repeat(5_000_000));
});

it('output that is larger than the broker takes ends in a visible internal_error', async () => {
  const id = newId();
  const limits = { ...DEFAULT_LIMITS, output_bytes: 16 * 1024 * 1024 };
  const code = 'head -c 16000000 /dev/urandom; head -c 16000000 /dev/urandom >&2';
  await publisher.publish(workSubject('bash', id), { ...command(id, code), limits }, `${id}:1`);
  const { outcome, output_log } = await finishedOf(id);
  expect(outcome).toMatchObject({ status: 'internal_error', stdout: '' });
  expect(output_log).toBeNull();
  await untilQueueIsEmpty();
});

it('what fails every time is given up visibly, and what is queued behind it moves', async () => {
  failing.times = MAX_DELIVERIES;
  const poison = newId();
  await publisher.publish(workSubject('bash', poison), command(poison, 'echo never'), `${poison}:1`);
  const { outcome, attempt } = await finishedOf(poison);
  const reason = `attempts 1 to ${MAX_DELIVERIES} failed, and attempt ${MAX_DELIVERIES + 1} gave up`;
  expect(outcome).toMatchObject({ status: 'internal_error', stdout: '' });
  expect(outcome.message).toContain(reason);
  expect(attempt).toBe(MAX_DELIVERIES + 1);
  expect(await lastDeadLetter()).toMatchObject({ deliveries: MAX_DELIVERIES + 1, reason });
  const next = newId();
  await publisher.publish(workSubject('bash', next), command(next, 'echo next'), `${next}:1`);
  expect((await finishedOf(next)).outcome.stdout).toBe('next\n');
});

describe('a sandbox that ends with its program', () => {
  it('is tried once more: it may have been chance', async () => {
    losing.times = 1;
    const id = newId();
    await publisher.publish(workSubject('bash', id), command(id, 'echo again'), `${id}:1`);
    const { outcome, attempt } = await finishedOf(id);
    expect(outcome).toMatchObject({ status: 'succeeded', stdout: 'again\n' });
    expect(attempt).toBe(2);
  });

  it('is the failure of that program the second time: two runs, one result, no dead letter', async () => {
    Object.assign(losing, { times: MAX_DELIVERIES, runs: 0 });
    const id = newId();
    const kept = await deadLetters();
    await publisher.publish(workSubject('bash', id), command(id, 'echo last words'), `${id}:1`);
    const { outcome, attempt, output_log } = await finishedOf(id);
    losing.times = 0;
    expect(outcome).toMatchObject({
      status: 'runtime_error',
      message: 'The sandbox ended with the program.',
      stdout: 'last words\n',
      usage: null,
    });
    expect(attempt).toBe(2);
    expect(losing.runs).toBe(2);
    expect([...piecesOf({ ...outcome, attempt }, output_log)].map(({ data }) => data)).toEqual([
      'last words\n',
    ]);
    await untilQueueIsEmpty();
    expect(await deadLetters()).toBe(kept);
  });
});

it('an outage of sandboxes uses up one try of what is in work, and none of what waits', async () => {
  outage.isOn = true;
  const ids = [newId(), newId(), newId(), newId()];
  for (const id of ids) await publisher.publish(workSubject('bash', id), command(id, 'echo late'), `${id}:1`);
  // Two runs fail, and sandboxes are tried until they are well again.
  await until('sandboxes were tried again', () => outage.refused >= 6);
  outage.isOn = false;
  const runs = await Promise.all(ids.map(finishedOf));
  expect(runs.map(({ outcome }) => outcome.stdout)).toEqual(ids.map(() => 'late\n'));
  expect(runs.map(({ attempt }) => attempt).sort()).toEqual([1, 1, 2, 2]);
});

it('a burst beyond the permits waits its turn, and each ends once', async () => {
  const ids = Array.from({ length: 40 }, newId);
  await Promise.all(
    ids.map((id, index) =>
      publisher.publish(workSubject('bash', id), command(id, `echo ${index}`), `${id}:1`),
    ),
  );
  const outputs = await Promise.all(ids.map(async (id) => (await finishedOf(id)).outcome.stdout));
  expect(outputs).toEqual(ids.map((_, index) => `${index}\n`));
  await untilQueueIsEmpty();
  for (const id of ids) {
    expect(events.filter((event) => event.submission_id === id && 'outcome' in event)).toHaveLength(1);
  }
});

it("one client's flood delays another's single run by no more than its own turn", async () => {
  const flood = Array.from({ length: 30 }, newId);
  await Promise.all(
    flood.map((id) =>
      publisher.publish(workSubject('bash', id, 'bulk'), command(id, 'sleep 0.1'), `${id}:1`),
    ),
  );
  await finishedOf(flood[4] ?? '');
  const single = newId();
  await publisher.publish(workSubject('bash', single), command(single, 'echo mine'), `${single}:1`);
  expect((await finishedOf(single)).outcome.stdout).toBe('mine\n');
  const ended = await Promise.all(flood.map(finishedOf));
  const { queued_at, picked_at } = await finishedOf(single);
  const mine = picked_at ?? '';
  const others = ended.map((one) => one.picked_at ?? '');
  const passedBy = others.filter((picked) => picked >= queued_at && picked < mine);
  // One of each of two permits was on its way, and may have let another one of the flood by.
  expect(passedBy.length).toBeLessThanOrEqual(4);
  expect(others.filter((picked) => picked > mine).length).toBeGreaterThan(0);
  await untilQueueIsEmpty();
});

describe('while it runs', () => {
  const OPEN: Interactive = { stdin: 'open', terminal: null };
  const TERMINAL: Interactive = { stdin: 'open', terminal: { columns: 80, rows: 24 } };

  /** A run with somebody at the other end, as the gateway is. */
  class Conversation {
    readonly id = newId();
    readonly messages: OutputMessage[] = [];
    private readonly subscription = nats.core.subscribe(outputSubject(this.id), {
      callback: (_, message) => {
        this.messages.push(OutputMessageSchema.parse(message.json()));
        for (const tell of waiting) tell();
        waiting.clear();
      },
    });

    async start(code: string, change: Partial<ExecuteRun> = {}): Promise<void> {
      await nats.core.flush();
      await publisher.publish(
        workSubject('bash', this.id),
        { ...command(this.id, code), ...change },
        `${this.id}:1`,
      );
    }

    get text(): string {
      const bytes = this.messages.map((message) =>
        message.final ? Buffer.alloc(0) : decodeBytes({ content: message.data, encoding: message.encoding }),
      );
      return Buffer.concat(bytes).toString();
    }

    async says(pattern: RegExp): Promise<void> {
      while (!pattern.test(this.text)) await new Promise<void>((resolve) => waiting.add(resolve));
    }

    async send(message: Omit<InputMessage, 'v'> & Record<string, unknown>) {
      return InputReplySchema.parse(await this.ask(message));
    }

    /** What it has written behind a place. */
    async read(seq: number, attempt = 1): Promise<OutputPage> {
      return OutputPageSchema.parse(await this.ask({ kind: 'read', attempt, seq }));
    }

    private async ask(message: Record<string, unknown>): Promise<unknown> {
      const reply = await nats.core.request(inputSubject(this.id), JSON.stringify({ v: 1, ...message }), {
        timeout: 30_000,
      });
      return reply.json();
    }

    get chunks() {
      return this.messages.filter((message) => !message.final);
    }

    type(data: string) {
      return this.send({ kind: 'stdin', data, encoding: 'utf-8' });
    }

    async outcome() {
      const { outcome } = await finishedOf(this.id);
      this.subscription.unsubscribe();
      return outcome;
    }
  }

  const ACCEPTED = { accepted: true, reason: null };

  it('what it writes is published as it comes, numbered without a gap, and said to be over', async () => {
    const run = new Conversation();
    const wait = 'read -r; read -t 0.2 < <(sleep 9)';
    await run.start(`echo one; ${wait}; echo two >&2; ${wait}; printf "\\xff"`, { interactive: OPEN });
    // Each is here before the program goes on, however long that takes.
    for (const line of [/one/, /two/]) {
      await run.says(line);
      await run.type('\n');
    }
    await run.outcome();
    const { chunks } = run;
    expect(
      chunks.map(({ seq, attempt, stream, data, encoding }) => [seq, attempt, stream, data, encoding]),
    ).toEqual([
      [0, 1, 'stdout', 'one\n', 'utf-8'],
      [1, 1, 'stderr', 'two\n', 'utf-8'],
      [2, 1, 'stdout', '/w==', 'base64'],
    ]);
    expect((chunks[2]?.at_ms ?? 0) - (chunks[0]?.at_ms ?? 0)).toBeGreaterThan(300);
    expect(run.messages.at(-1)).toEqual({
      ...{ v: 1, submission_id: run.id, attempt: 1, seq: 3, final: true },
      picked_at: expect.any(String) as string,
    });
  });

  it('a flood is few messages, and all of it', async () => {
    const run = new Conversation();
    const limits = { ...DEFAULT_LIMITS, output_bytes: 16 * 1024 * 1024 };
    await run.start('seq 1000000', { limits });
    const { stdout, status } = await run.outcome();
    expect(status).toBe('succeeded');
    expect(run.text).toBe(stdout);
    expect(run.messages.map(({ seq }) => seq)).toEqual(run.messages.map((_, index) => index));
    expect(run.messages.length).toBeLessThan(stdout.length / 4_000);
  });

  it('the output of another try starts over, with its number', async () => {
    failing.times = 1;
    const run = new Conversation();
    await run.start('echo again');
    await run.outcome();
    expect(run.messages.map(({ attempt, seq, final }) => [attempt, seq, final])).toEqual([
      [2, 0, false],
      [2, 1, true],
    ]);
  });

  it('whoever comes late is told what it has written, and that it goes on, or that it is over', async () => {
    const run = new Conversation();
    await run.start('echo one; echo two >&2; read -r line; echo "$line"', { interactive: OPEN });
    await run.says(/two/);
    const { chunks: early } = run;
    expect(await run.read(0)).toMatchObject({
      attempt: 1,
      chunks: early,
      written: early.length,
      ended: false,
    });
    expect((await run.read(1)).chunks).toEqual(early.slice(1));
    expect((await run.read(1, 7)).chunks).toEqual(early);
    await run.type('three\n');
    await run.outcome();
    // Also when its result is on its way.
    expect(await run.read(early.length)).toMatchObject({
      attempt: 1,
      chunks: run.chunks.slice(early.length),
      written: early.length + 1,
      ended: true,
    });
    expect(run.chunks.at(-1)?.data).toBe('three\n');
  });

  it('a run that is over is told for a moment, and then no more', async () => {
    const run = new Conversation();
    await run.start('echo over');
    await run.outcome();
    expect((await run.read(0)).ended).toBe(true);
    const refusal = await until('nobody tells of it', () =>
      run.read(0).then(
        () => undefined,
        (error: unknown) => String(error),
      ),
    );
    expect(refusal).toMatch(/no responders/i);
  });

  it('what others missed can be read in pages, while it goes on', async () => {
    const run = new Conversation();
    const limits = { ...DEFAULT_LIMITS, output_bytes: 4 * 1024 * 1024 };
    await run.start('seq 200000; echo done; read -r line', { interactive: OPEN, limits });
    await run.says(/done/);
    const told: string[] = [];
    for (let page = await run.read(0); page.chunks.length > 0; page = await run.read(told.length)) {
      told.push(...page.chunks.map(({ data }) => data));
    }
    expect(told).toEqual(run.chunks.map(({ data }) => data));
    await run.send({ kind: 'cancel' });
    await run.outcome();
  });

  const OUTPUT_BYTES = 64 * 1024;
  it.each([
    ['both streams', 'for i in 1 2 3 4 5; do echo $i; echo e$i >&2; read -t 0.02 < <(sleep 9); done'],
    ['nothing at all', 'exit 3'],
    [
      'characters that come in parts',
      String.raw`printf "a\xe2"; read -t 0.05 < <(sleep 9); printf "\x9c\x93\xf0"`,
    ],
    ['bytes that are no text', String.raw`head -c 40000 /usr/bin/env; echo text; head -c 9 /usr/bin/env >&2`],
    ['more than it may', 'yes "ünï ✓" | head -c 1000000'],
    ['more than it may, cut within a character', `printf x; while :; do printf 🎈🎈🎈🎈🎈🎈🎈🎈; done`],
    ['streams in turns', 'for ((i = 0; i < 5000; i++)); do echo $i; echo e$i >&2; done'],
    ['until it is killed', 'echo first; read -t 0.1 < <(sleep 9); kill -9 $$'],
  ])('the result tells every piece again: %s', async (_, code) => {
    const run = new Conversation();
    await run.start(code, { limits: { ...DEFAULT_LIMITS, output_bytes: OUTPUT_BYTES } });
    const { attempt, outcome, output_log } = await finishedOf(run.id);
    while (!run.messages.at(-1)?.final) await new Promise<void>((resolve) => waiting.add(resolve));
    expect(output_log).toHaveLength(run.chunks.length);
    expect(run.chunks.length).toBeLessThan(1_000);
    expect([...piecesOf({ ...outcome, attempt }, output_log)]).toEqual(run.chunks.map(outputEvent));
  });

  it('it can be given input, and the end of it', async () => {
    const run = new Conversation();
    await run.start('echo ready; while read -r line; do echo "<$line>"; done; echo over', {
      interactive: OPEN,
    });
    await run.says(/ready/);
    expect(await run.type('hé\n')).toEqual(ACCEPTED);
    await run.says(/<hé>/);
    expect(await run.send({ kind: 'resize', columns: 9, rows: 9 })).toMatchObject({ reason: 'no_terminal' });
    expect(await run.send({ kind: 'eof' })).toEqual(ACCEPTED);
    expect(await run.outcome()).toMatchObject({ status: 'succeeded', stdout: 'ready\n<hé>\nover\n' });
    expect(await run.type('late')).toEqual({ accepted: false, reason: 'closed' });
  });

  it('it can be sent a signal', async () => {
    const run = new Conversation();
    await run.start('trap "echo bye; exit 7" INT; echo ready; while :; do sleep 0.01; done', {
      interactive: OPEN,
    });
    await run.says(/ready/);
    expect(await run.send({ kind: 'signal', signal: 'INT' })).toEqual(ACCEPTED);
    expect(await run.outcome()).toMatchObject({ exit_code: 7, stdout: 'ready\nbye\n' });
  });

  it('it can be at a terminal, whose size changes and whose keys interrupt', async () => {
    const run = new Conversation();
    // In `wait`: a shell goes on after an interrupt that comes while a command of its foreground ends.
    const code = 'trap "stty size" WINCH; echo $TERM; stty size; sleep 60 & while :; do wait; done';
    await run.start(code, { interactive: TERMINAL });
    await run.says(/xterm-256color\r\n24 80\r\n/);
    expect(await run.send({ kind: 'resize', columns: 120, rows: 40 })).toEqual(ACCEPTED);
    await run.says(/40 120/);
    await run.type('\x03');
    expect(await run.outcome()).toMatchObject({ status: 'runtime_error', signal: 2 });
  });

  it('it can be cancelled, and what it has written until then is kept; other input it does not take', async () => {
    const run = new Conversation();
    await run.start('echo started; sleep 60');
    await run.says(/started/);
    expect(await run.type('x')).toEqual({ accepted: false, reason: 'not_interactive' });
    expect(await run.send({ kind: 'cancel' })).toEqual(ACCEPTED);
    expect(await run.outcome()).toMatchObject({ status: 'cancelled', stdout: 'started\n', signal: 9 });
    await untilQueueIsEmpty();
  });

  it('the moments of it are told, in order', async () => {
    const run = new Conversation();
    await run.start('sleep 0.1');
    await run.outcome();
    const { queued_at, picked_at, sandbox_ready_at, started_at, finished_at, compiled_at, outcome } =
      await finishedOf(run.id);
    const moments = [queued_at, picked_at, sandbox_ready_at, started_at, finished_at];
    expect(moments).toEqual([...moments].sort());
    expect(compiled_at).toBeNull();
    const ranMs = Date.parse(finished_at) - Date.parse(started_at);
    expect(Math.abs(ranMs - (outcome.usage?.wall_time_ms ?? 0))).toBeLessThanOrEqual(1);
  });
});
