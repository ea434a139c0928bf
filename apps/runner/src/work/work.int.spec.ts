import { of, throwError } from 'rxjs';
import type { ClientProxy } from '@nestjs/microservices';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import {
  DEAD_STREAM,
  RUNS_CONSUMER,
  RUNS_STREAM,
  WORK_STREAM,
  workConsumer,
  workSubject,
} from '@runbin/contracts/subjects';
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
import { NatsServer } from '../../../../libs/messaging/test/nats.server';
import { Permits } from '../execution/permits';
import { ArtifactCache } from '../execution/artifact.cache';
import { RunExecutor } from '../execution/run.executor';
import { Toolchains } from '../languages/toolchains';
import { BubblewrapEngine } from '../sandbox/bubblewrap.engine';
import { type SandboxEngine, SandboxError } from '../sandbox/sandbox';
import { SandboxPool } from '../sandbox/sandbox.pool';
import { RunEvents } from './run.events';
import { WorkConsumer } from './work.consumer';
import { WorkProcessor } from './work.processor';

const engine = new BubblewrapEngine({
  bwrapPath: 'bwrap',
  supervisorPath: 'dist/supervisor',
  uidBase: 64_000,
  cgroupDir: undefined,
});

/** The real engine, which fails as often as it is told to. */
const failing = { times: 0 };
const flakyEngine: SandboxEngine = {
  name: 'flaky',
  degraded: [],
  start: () => engine.start(),
  stop: () => engine.stop(),
  keyOf: (profile) => engine.keyOf(profile),
  toolchain: () => engine.toolchain(),
  take: (profile, limits) => {
    if (failing.times === 0) return engine.take(profile, limits);
    failing.times -= 1;
    return Promise.reject(new SandboxError('no sandbox today'));
  },
};

/** What the other services would answer. */
const finals = new Set<string>();
const claims = { awayFor: 0, payload: null as Payload | null };
const services = {
  send: (subject: string, request: { submission_ids: string[] }) => {
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
  while ((await queueLength()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
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
  expect(events.filter(({ submission_id }) => submission_id === id)).toHaveLength(2);
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

it('what fails every time is given up visibly, and what is queued behind it moves', async () => {
  failing.times = MAX_DELIVERIES;
  const poison = newId();
  await publisher.publish(workSubject('bash', poison), command(poison, 'echo never'), `${poison}:1`);
  const { outcome, attempt } = await finishedOf(poison);
  expect(outcome).toMatchObject({ status: 'internal_error', stdout: '' });
  expect(attempt).toBe(MAX_DELIVERIES + 1);
  expect(await lastDeadLetter()).toMatchObject({ deliveries: MAX_DELIVERIES + 1 });
  const next = newId();
  await publisher.publish(workSubject('bash', next), command(next, 'echo next'), `${next}:1`);
  expect((await finishedOf(next)).outcome.stdout).toBe('next\n');
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
