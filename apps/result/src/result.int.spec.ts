import { connect, type NatsConnection } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { piecesOf } from '@runbin/contracts/output.pieces';
import type { OutputLog, Result } from '@runbin/contracts/result';
import { resultDelete, resultFinals, resultGet, resultReplay, urlLinked } from '@runbin/contracts/rpc';
import { PENDING_MESSAGES } from '@runbin/contracts/status';
import {
  DEAD_STREAM,
  RESULT_READY_ALL,
  RUN_FINISHED,
  RUN_STARTED,
  RUNS_STREAM,
} from '@runbin/contracts/subjects';
import { decodeBytes } from '@runbin/contracts/text';
import type { ResultReady } from '@runbin/contracts/work';
import { Retention } from '@runbin/persistence/retention';
import { NatsServer } from '../../../libs/messaging/test/nats.server';
import { Cleanup } from '../../../libs/persistence/test/cleanup';
import { PostgresServer } from '../../../libs/persistence/test/postgres.server';
import { schemaOf } from '../../../libs/persistence/test/schema';
import { Caller, eventually, RunningService } from '../../../libs/persistence/test/service';
import { finished, started } from '../test/run.events';
import { resultEntities, resultMigrations, ResultModule } from './result.module';
import { isFinished, type RunEvent } from './run.event';

let postgres: PostgresServer;
let nats: NatsServer;
let service: RunningService;
let caller: Caller;
let broker: NatsConnection;
const announced: ResultReady[] = [];
/** Stands in for the url service: submissions that have a link. */
const linked = new Set<string>();
const DAY_MS = 24 * 3_600_000;
const cleanup = new Cleanup();

beforeAll(async () => {
  postgres = await cleanup.add(PostgresServer.start(), (server) => server.stop());
  nats = await cleanup.add(NatsServer.start(), (server) => server.stop());
  const environment = {
    DATABASE_URL: await postgres.createDatabase('result'),
    NATS_URL: nats.url,
    RESULT_RETENTION_DAYS: '30',
  };
  service = await cleanup.add(
    RunningService.start('result', environment, (config) => ResultModule.for(config)),
    (running) => running.stop(),
  );
  caller = await cleanup.add(Caller.connect(nats.url), (open) => open.close());
  broker = await cleanup.add(
    connect({ servers: nats.url, reconnectTimeWait: 100, maxReconnectAttempts: -1 }),
    (open) => open.close(),
  );
  broker.subscribe(RESULT_READY_ALL, {
    callback: (_, message) => void announced.push(message.json<ResultReady>()),
  });
  broker.subscribe(urlLinked.subject, {
    callback: (_, message) => {
      const { id, data } = message.json<{ id: string; data: { submission_ids: string[] } }>();
      const submission_ids = data.submission_ids.filter((one) => linked.has(one));
      message.respond(JSON.stringify({ id, response: { submission_ids }, isDisposed: true }));
    },
  });
  await broker.flush();
});

afterAll(() => cleanup.run());

const get = (submission_id: string) => caller.call(resultGet, { submission_id });
const replay = (submission_id: string) => caller.call(resultReplay, { submission_id });
const publish = (event: RunEvent) =>
  jetstream(broker).publish(isFinished(event) ? RUN_FINISHED : RUN_STARTED, JSON.stringify(event));
const announcedFor = (id: string) =>
  announced.filter(({ submission_id }) => submission_id === id).map((one) => one.final);

/** Everything that was published so far has been settled. */
const settled = async () => {
  const manager = await jetstreamManager(broker);
  await eventually(
    () => manager.streams.info(RUNS_STREAM),
    ({ state }) => state.messages === 0,
  );
};

/** Publishes in this order, each settled before the next: as the events of a run mostly come. */
async function publishInTurn(...events: RunEvent[]): Promise<void> {
  for (const event of events) {
    await publish(event);
    await settled();
  }
}

const stdoutOf = (result: Result | null) =>
  result && decodeBytes({ content: result.stdout, encoding: result.stdout_encoding });

describe('result', () => {
  it('has a schema with names of ours, and entities that say the same', async () => {
    const schema = await schemaOf(await postgres.createDatabase('schema'), resultEntities, resultMigrations);
    expect(schema).toEqual({
      differences: [],
      foreignNames: [],
      external: ['result.compile_output', 'result.stderr', 'result.stdout'],
    });
  });

  it('knows nothing of what it has not heard of', async () => {
    expect(await get(randomUUID())).toBeNull();
    expect(await caller.call(resultFinals, { submission_ids: [] })).toEqual({ submission_ids: [] });
  });

  it('follows a run from its start to its outcome, and announces both', async () => {
    const id = randomUUID();
    await publishInTurn(started(id, 1));
    expect(await get(id)).toMatchObject({
      status: 'running',
      message: PENDING_MESSAGES.running,
      attempt: 1,
      exit_code: null,
      stdout: '',
      usage: null,
      compile: null,
      timeline: {
        picked_at: '2026-11-21T10:00:00.250Z',
        sandbox_ready_at: null,
        started_at: '2026-11-21T10:00:00.250Z',
        finished_at: null,
      },
    });
    expect(await caller.call(resultFinals, { submission_ids: [id] })).toEqual({ submission_ids: [] });

    const event = finished(id, 1, 'out\n', {
      status: 'runtime_error',
      exit_code: null,
      signal: 11,
      stderr: 'c3RkZXJy/w==',
      stderr_encoding: 'base64',
      stderr_truncated: true,
      degraded: ['memory: sampled'],
      compile: {
        exit_code: 0,
        signal: null,
        output: 'warning: \u0000',
        output_encoding: 'utf-8',
        output_truncated: false,
        cpu_time_ms: 120.5,
        wall_time_ms: 130,
        cached: true,
      },
    });
    await publishInTurn(event);
    const { language, language_version, queued_at, picked_at, sandbox_ready_at, compiled_at } = event;
    const { started_at, finished_at } = event;
    expect(await get(id)).toEqual({
      ...event.outcome,
      submission_id: id,
      attempt: 1,
      language,
      language_version,
      timeline: { queued_at, picked_at, sandbox_ready_at, compiled_at, started_at, finished_at },
    });
    expect(await caller.call(resultFinals, { submission_ids: [id, randomUUID()] })).toEqual({
      submission_ids: [id],
    });
    await eventually(
      () => Promise.resolve(announcedFor(id)),
      (finals) => finals.length === 2,
    );
    expect(announcedFor(id)).toEqual([false, true]);
    const [begun, ended] = announced.filter(({ submission_id }) => submission_id === id);
    expect(begun?.run).toBeUndefined();
    expect(ended?.run).toEqual({ status: 'runtime_error', language: 'python' });
    // To the letter: what is told as it happens is told the same afterwards.
    expect(JSON.stringify(ended?.replay)).toBe(JSON.stringify(await replay(id)));
  });

  it('does not announce the whole of what is large', async () => {
    const many: OutputLog = Array.from({ length: 1_000 }, () => ['stdout', 1, 1]);
    const [long, torn] = [randomUUID(), randomUUID()];
    await publishInTurn(finished(long, 1, 'x'.repeat(5_000)), {
      ...finished(torn, 1, 'x'.repeat(1_000)),
      output_log: many,
    });
    for (const id of [long, torn]) {
      await eventually(
        () => Promise.resolve(announcedFor(id)),
        (finals) => finals.length === 1,
      );
      expect(announced.find(({ submission_id }) => submission_id === id)).toEqual({
        submission_id: id,
        final: true,
        run: { status: 'succeeded', language: 'python' },
      });
    }
  });

  it.each([
    ['every byte', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    ['NUL bytes', Buffer.from('a\0b\0')],
    ['broken UTF-8', Buffer.from([0x61, 0xe2, 0x9c, 0x0a])],
    ['no bytes', Buffer.alloc(0)],
    ['1.5 MB of any bytes', Buffer.alloc(1_500_000, Buffer.from([0, 255, 128, 10, 195, 40]))],
    ['1.5 MB of text', Buffer.alloc(1_500_000, 'grüß Gott ✓\n').subarray(0, 1_499_988)],
  ])('keeps %s as they are', async (_, bytes) => {
    const id = randomUUID();
    await publishInTurn(finished(id, 1, bytes));
    expect(stdoutOf(await get(id))?.equals(bytes)).toBe(true);
  });

  it.each<[string, (id: string) => RunEvent[], string, number]>([
    ['a start that comes late', (id) => [finished(id, 1, 'one'), started(id, 1)], 'one', 1],
    ['an outcome that comes twice', (id) => [finished(id, 1, 'one'), finished(id, 1, 'again')], 'one', 1],
    ['a later outcome', (id) => [finished(id, 1, 'one'), started(id, 2), finished(id, 2, 'two')], 'one', 1],
    ['an outcome without a start', (id) => [finished(id, 3, 'three')], 'three', 3],
    [
      'an attempt that was given up',
      (id) => [
        started(id, 1),
        started(id, 2),
        finished(id, 1, 'old'),
        started(id, 1),
        finished(id, 2, 'two'),
      ],
      'two',
      2,
    ],
  ])('is right after %s, one by one and in one batch', async (_, eventsOf, stdout, attempt) => {
    const [apart, together] = [randomUUID(), randomUUID()];
    await publishInTurn(...eventsOf(apart));
    expect(await get(apart)).toMatchObject({ stdout, attempt, status: 'succeeded' });
    // Without waiting in between they reach the service in one read.
    await Promise.all(eventsOf(together).map((event) => publish(event)));
    await settled();
    expect(await get(together)).toMatchObject({ stdout, attempt, status: 'succeeded' });
  });

  it('knows in which pieces the output came, with the outcome that they are of', async () => {
    const id = randomUUID();
    expect(await replay(id)).toBeNull();
    await publishInTurn(started(id, 1));
    expect(await replay(id)).toMatchObject({ result: { status: 'running' }, output_log: null });
    const log: OutputLog = Array.from({ length: 5_000 }, (_, n) => [n % 2 ? 'stderr' : 'stdout', n * 12, 1]);
    const event = finished(id, 2, 'o'.repeat(2_500), { stderr: 'e'.repeat(2_500) });
    await publishInTurn({ ...event, output_log: log }, { ...event, output_log: [['stdout', 1, 2_500]] });
    expect(await replay(id)).toEqual({ result: await get(id), output_log: log });
    const [first, second] = piecesOf({ ...event.outcome, attempt: 2 }, log);
    expect([first?.position, first?.data, second?.at_ms]).toEqual(['2.1', 'o', 12]);
  });

  it('tells what an earlier runner said, which knew nothing of pieces', async () => {
    const id = randomUUID();
    const { output_log: _, ...event } = finished(id, 1, 'out');
    await publishInTurn(event);
    expect(await replay(id)).toEqual({ result: await get(id), output_log: null });
  });

  it('does not say that an outcome is there which it refused', async () => {
    const id = randomUUID();
    await publishInTurn(started(id, 1), started(id, 2), finished(id, 1, 'old'));
    expect(await get(id)).toMatchObject({ status: 'running', attempt: 2 });
    expect(announcedFor(id)).toEqual([false, false]);
  });

  it('says again that an outcome is there', async () => {
    const id = randomUUID();
    await publishInTurn(finished(id, 1, 'one'), finished(id, 1, 'one'));
    expect(announcedFor(id)).toEqual([true, true]);
    // Whoever counts runs counts it once.
    expect(announced.filter(({ submission_id, run }) => submission_id === id && run)).toHaveLength(1);
  });

  it('forgets what was deleted, and what comes of it afterwards', async () => {
    const [done, running, queued] = [randomUUID(), randomUUID(), randomUUID()];
    await publishInTurn(finished(done, 1, 'secret'), started(running, 1));
    const ids = [done, running, queued];
    for (const submission_id of ids) await caller.call(resultDelete, { submission_id });
    await caller.call(resultDelete, { submission_id: done });
    await publishInTurn(finished(running, 1, 'secret'), started(queued, 1), finished(queued, 2, 'secret'));
    for (const id of ids) {
      expect(await get(id)).toBeNull();
      expect(await replay(id)).toBeNull();
      expect(announcedFor(id)).toContain(true);
    }
    // Nobody runs them again.
    expect((await caller.call(resultFinals, { submission_ids: ids })).submission_ids.sort()).toEqual(
      ids.sort(),
    );
    const rows = await service.nest
      .get(DataSource)
      .query<object[]>('select * from result where submission_id = any($1)', [ids]);
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toContain('secret');
    expect(rows).toMatchObject(
      [1, 2, 3].map(() => ({ stdout: null, output_log: null, language: '', attempt: 0 })),
    );
  });

  it('deletes an outcome that is stored at the same moment', async () => {
    const ids = Array.from({ length: 50 }, () => randomUUID());
    await Promise.all(
      ids.flatMap((submission_id) => [
        publish(finished(submission_id, 1, 'x')),
        caller.call(resultDelete, { submission_id }),
      ]),
    );
    await settled();
    expect(await Promise.all(ids.map(get))).toEqual(ids.map(() => null));
  });

  it('keeps results for as many days as it is told, and what a link shows for longer', async () => {
    const idBefore = (days: number) => uuidv7({ msecs: Date.now() - days * DAY_MS });
    const finishedBefore = async (days: number) => {
      const id = idBefore(days);
      const finished_at = new Date(Date.now() - days * DAY_MS).toISOString();
      await publish({ ...finished(id, 1, 'old'), finished_at });
      return id;
    };
    const [old, shared, young, deleted] = [
      await finishedBefore(31),
      await finishedBefore(400),
      await finishedBefore(29),
      await finishedBefore(31),
    ];
    const running = idBefore(31);
    await publish(started(running, 1));
    await settled();
    await caller.call(resultDelete, { submission_id: deleted });
    linked.add(shared);
    await service.nest.get(Retention).runNow();
    expect(await get(old)).toBeNull();
    for (const id of [shared, young, running]) expect(await get(id)).not.toBeNull();
  });

  it('stores a burst of a thousand runs, each once', async () => {
    const ids = Array.from({ length: 1000 }, () => randomUUID());
    await Promise.all(ids.flatMap((id) => [publish(started(id, 1)), publish(finished(id, 1, id))]));
    await settled();
    expect((await caller.call(resultFinals, { submission_ids: ids })).submission_ids.sort()).toEqual(
      [...ids].sort(),
    );
    expect(await get(ids[500] ?? '')).toMatchObject({ stdout: ids[500] });
  });

  it('puts aside what it can not read or store, and stores what came with it', async () => {
    const manager = await jetstreamManager(broker);
    const before = (await manager.streams.info(DEAD_STREAM)).state.messages;
    const [good, other, bad] = [randomUUID(), randomUUID(), randomUUID()];
    await Promise.all([
      publish(finished(good, 1)),
      jetstream(broker).publish(RUN_FINISHED, 'not JSON'),
      jetstream(broker).publish(RUN_STARTED, '{"v":1}'),
      // Postgres text can not hold it.
      publish(finished(bad, 1, 'x', { message: 'a\0b' })),
      publish(finished(other, 1)),
    ]);
    await settled();
    expect((await get(good))?.status).toBe('succeeded');
    expect((await get(other))?.status).toBe('succeeded');
    // Its owner is told, and it is not run again and again.
    expect(await replay(bad)).toMatchObject({
      result: { status: 'internal_error', stdout: '' },
      output_log: null,
    });
    expect(announcedFor(bad)).toEqual([true]);
    expect((await manager.streams.info(DEAD_STREAM)).state.messages).toBe(before + 3);
  });

  it('keeps outcomes in the broker while Postgres is away', async () => {
    const id = randomUUID();
    await postgres.interrupt();
    await publish(finished(id, 1, 'kept'));
    await expect(get(id)).rejects.toMatchObject({ code: 'unavailable' });
    await postgres.resume();
    const result = await eventually(
      () => get(id),
      (found) => found !== null,
    );
    expect(result).toMatchObject({ stdout: 'kept' });
    await settled();
  });

  it('makes its streams again when the broker has lost everything', async () => {
    await nats.interrupt({ emptyStore: true });
    await nats.resume();
    const id = randomUUID();
    await eventually(
      () => publish(finished(id, 1, 'afterwards')),
      () => true,
    );
    const result = await eventually(
      () => get(id),
      (found) => found !== null,
    );
    expect(result).toMatchObject({ stdout: 'afterwards' });
  });
});
