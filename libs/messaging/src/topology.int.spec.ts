import { DiscardPolicy } from '@nats-io/jetstream';
import {
  DEAD_STREAM,
  RUN_DEAD,
  RUNS_CONSUMER,
  RUNS_STREAM,
  WORK_STREAM,
  workConsumer,
  workSubject,
} from '@runbin/contracts/subjects';
import { NatsServer } from '../test/nats.server';
import type { Delivery } from './delivery';
import { DurablePublisher } from './durable.publisher';
import { NatsConnection } from './nats.connection';
import { PullConsumer } from './pull.consumer';
import { DEAD_BYTES_MAX, Topology } from './topology';

const LANGUAGES = ['python', 'c'];

let server: NatsServer;
let nats: NatsConnection;
let topology: Topology;
let publisher: DurablePublisher;

beforeEach(async () => {
  server = await NatsServer.start();
  nats = new NatsConnection({ servers: [server.url], maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  await nats.onModuleInit();
  topology = new Topology(nats);
  publisher = new DurablePublisher(nats);
  await topology.ensureWork(LANGUAGES);
  await topology.ensureRuns();
});

afterEach(async () => {
  await nats.onApplicationShutdown();
  await server.stop();
});

/** Takes and acknowledges so many messages. */
async function take(stream: string, consumer: string, count: number): Promise<string[]> {
  const taken: string[] = [];
  const enough = new AbortController();
  const handle = (delivery: Delivery) => {
    taken.push(delivery.subject);
    delivery.ack();
    if (taken.length === count) enough.abort();
  };
  await new PullConsumer(nats, stream, consumer).run(
    () => Promise.resolve(count - taken.length),
    handle,
    enough.signal,
  );
  return taken;
}

async function publishWork(count: number, from: string): Promise<string[]> {
  const subjects = Array.from({ length: count }, (_, index) => workSubject('python', `${from}-${index}`));
  for (const subject of subjects) await publisher.publish(subject, 'work', subject);
  return subjects;
}

async function resume(): Promise<void> {
  const reconnected = new Promise<void>((resolve) => nats.onReconnected(resolve));
  await server.resume();
  await reconnected;
}

it('is idempotent, and leaves consumers that are in order alone', async () => {
  await publishWork(3, 'first');
  await take(WORK_STREAM, workConsumer('python'), 2);
  const manager = await nats.manager();
  const before = await manager.consumers.info(WORK_STREAM, workConsumer('python'));
  await topology.ensureWork(LANGUAGES);
  await topology.ensureRuns();
  const after = await manager.consumers.info(WORK_STREAM, workConsumer('python'));
  expect(after.created).toBe(before.created);
  expect(after.ack_floor.stream_seq).toBe(2);
});

it('bounds the bytes of dead letters, of a broker that had them without a bound, too', async () => {
  const manager = await nats.manager();
  const unbounded = { name: DEAD_STREAM, subjects: [RUN_DEAD] };
  for (const before of [() => Promise.resolve(), () => manager.streams.update(DEAD_STREAM, unbounded)]) {
    await before();
    await topology.ensureRuns();
    const { config } = await manager.streams.info(DEAD_STREAM);
    expect(config).toMatchObject({ max_bytes: DEAD_BYTES_MAX, discard: DiscardPolicy.Old });
  }
});

it('leaves a consumer alone that is given messages while it is looked at', async () => {
  const manager = await nats.manager();
  const { created } = await manager.consumers.info(RUNS_STREAM, RUNS_CONSUMER);
  let published = 0;
  // After each answer of the broker the next message comes and goes.
  const thenGoesOn = <Args extends unknown[], Answer>(ask: (...args: Args) => Promise<Answer>) =>
    async function (...args: Args): Promise<Answer> {
      const answer = await ask(...args);
      await publisher.publish('run.started', {}, `flow-${published++}`);
      await take(RUNS_STREAM, RUNS_CONSUMER, 1);
      return answer;
    };
  manager.streams.info = thenGoesOn(manager.streams.info.bind(manager.streams));
  manager.consumers.info = thenGoesOn(manager.consumers.info.bind(manager.consumers));
  jest.spyOn(nats, 'manager').mockResolvedValue(manager);
  await topology.ensureRuns();
  expect(published).toBe(2);
  expect((await manager.consumers.info(RUNS_STREAM, RUNS_CONSUMER)).created).toBe(created);
});

describe('when a killed broker comes back with a stream that counts from the start again', () => {
  beforeEach(async () => {
    await publishWork(5, 'first');
    await take(WORK_STREAM, workConsumer('python'), 5);
    await server.interruptForgetting(WORK_STREAM);
    await resume();
  });

  it('what is published after the repair is delivered', async () => {
    await topology.ensureWork(LANGUAGES);
    const published = await publishWork(3, 'second');
    expect(await take(WORK_STREAM, workConsumer('python'), 3)).toEqual(published);
  });

  it('what was published before the repair is delivered, even when the count has caught up', async () => {
    const published = await publishWork(8, 'second');
    await topology.ensureWork(LANGUAGES);
    expect((await take(WORK_STREAM, workConsumer('python'), 8)).sort()).toEqual(published);
  });
});

it('what shows only after the reconnect is repaired by whoever looks again', async () => {
  await publishWork(5, 'first');
  await take(WORK_STREAM, workConsumer('python'), 5);
  for (let i = 0; i < 4; i++) await publisher.publish('run.started', { i }, `first-${i}`);
  await take(RUNS_STREAM, RUNS_CONSUMER, 4);
  await server.interruptForgetting(WORK_STREAM, RUNS_STREAM);
  await resume();
  const published = await publishWork(8, 'second');
  for (let i = 0; i < 6; i++) await publisher.publish('run.started', { i }, `second-${i}`);
  await topology.mendWork(LANGUAGES);
  await topology.mendRuns();
  expect((await take(WORK_STREAM, workConsumer('python'), 8)).sort()).toEqual(published);
  expect(await take(RUNS_STREAM, RUNS_CONSUMER, 6)).toHaveLength(6);
});

it('the events of runs are repaired alike', async () => {
  for (let i = 0; i < 4; i++) await publisher.publish('run.started', { i }, `first-${i}`);
  await take(RUNS_STREAM, RUNS_CONSUMER, 4);
  await server.interruptForgetting(RUNS_STREAM);
  await resume();
  await publisher.publish('run.finished', {}, 'second');
  await topology.ensureRuns();
  expect(await take(RUNS_STREAM, RUNS_CONSUMER, 1)).toEqual(['run.finished']);
});
