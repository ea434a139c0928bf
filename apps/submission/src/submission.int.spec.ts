import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import {
  resultFinals,
  submissionCreate,
  submissionGet,
  submissionPayload,
  submissionSummary,
} from '@runbin/contracts/rpc';
import { resultReadySubject, WORK_STREAM, workSubject } from '@runbin/contracts/subjects';
import { decodeBytes, encodeBytes } from '@runbin/contracts/text';
import {
  type ExecuteRun,
  ExecuteRunSchema,
  INLINE_PAYLOAD_BYTES,
  type Payload,
} from '@runbin/contracts/work';
import { NatsServer } from '../../../libs/messaging/test/nats.server';
import { Cleanup } from '../../../libs/persistence/test/cleanup';
import { PostgresServer } from '../../../libs/persistence/test/postgres.server';
import { schemaOf } from '../../../libs/persistence/test/schema';
import { Caller, eventually, RunningService } from '../../../libs/persistence/test/service';
import { executeRun, messageIdOf } from './execute.run';
import type { SubmissionRow } from './submission.entity';
import { submissionEntities, submissionMigrations, SubmissionModule } from './submission.module';
import { SubmissionStore } from './submission.store';

type CreateRequest = z.input<typeof submissionCreate.request>;

let postgres: PostgresServer;
let nats: NatsServer;
let service: RunningService;
let caller: Caller;
let broker: NatsConnection;
const cleanup = new Cleanup();

/** Stands in for the result service: what it knows to be final, and whether it can be asked. */
const results = { finals: new Set<string>(), isDown: false, asked: 0 };

beforeAll(async () => {
  postgres = await cleanup.add(PostgresServer.start(), (server) => server.stop());
  nats = await cleanup.add(NatsServer.start(), (server) => server.stop());
  broker = await cleanup.add(
    connect({ servers: nats.url, reconnectTimeWait: 100, maxReconnectAttempts: -1 }),
    (open) => open.close(),
  );
  broker.subscribe(resultFinals.subject, {
    callback: (_, message) => {
      results.asked++;
      const { id, data } = message.json<{ id: string; data: { submission_ids: string[] } }>();
      const submission_ids = data.submission_ids.filter((one) => results.finals.has(one));
      const answer = results.isDown
        ? { err: { problem: 'unavailable', detail: 'The database is not reachable; try again.' } }
        : { response: { submission_ids } };
      message.respond(JSON.stringify({ id, ...answer, isDisposed: true }));
    },
  });
  const environment = {
    DATABASE_URL: await postgres.createDatabase('submission'),
    NATS_URL: nats.url,
    SUBMISSION_RELAY_INTERVAL_MS: '100',
    SUBMISSION_RECONCILE_INTERVAL_MS: '100',
  };
  service = await cleanup.add(
    RunningService.start('submission', environment, (config) => SubmissionModule.for(config)),
    (running) => running.stop(),
  );
  caller = await cleanup.add(Caller.connect(nats.url), (open) => open.close());
});

afterAll(() => cleanup.run());

const text = (content: string) => ({ content, encoding: 'utf-8' as const });

function request(change: Partial<CreateRequest> = {}): CreateRequest {
  return {
    submission_id: randomUUID(),
    language: 'python',
    payload: { files: [{ name: 'main.py', ...text('print(input())') }], stdin: text('hello') },
    args: ['--flag', 'two words', 'ünï'],
    compiler_args: [],
    limits: DEFAULT_LIMITS,
    owner_token_sha256: 'ab'.repeat(32),
    ...change,
  };
}

const create = (wanted: CreateRequest) => caller.call(submissionCreate, wanted);
const database = () => service.nest.get(DataSource);
const manager = () => jetstreamManager(broker);

async function rowOf(id: string): Promise<SubmissionRow> {
  const [row] = await database().query<SubmissionRow[]>('select * from submission where id = $1', [id]);
  if (!row) throw new Error(`no row ${id}`);
  return row;
}

/** The command that waits for this submission in the broker, or undefined. */
async function queued(id: string, language = 'python'): Promise<ExecuteRun | undefined> {
  const message = await (
    await manager()
  ).streams.getMessage(WORK_STREAM, { last_by_subj: workSubject(language, id) });
  return message ? ExecuteRunSchema.parse(message.json()) : undefined;
}

/** As if nobody had sent it or looked into it for long. */
const backdate = (id: string) =>
  database().query(`update submission set dispatched_at = now() - interval '1 hour' where id = $1`, [id]);

const outboxIsEmpty = () =>
  eventually(
    () => database().query<{ count: string }[]>('select count(*) from outbox'),
    ([row]) => row?.count === '0',
  );

describe('submission', () => {
  it('has a schema with names of ours, and entities that say the same', async () => {
    const schema = await schemaOf(
      await postgres.createDatabase('schema'),
      submissionEntities,
      submissionMigrations,
    );
    expect(schema).toEqual({
      differences: [],
      foreignNames: [],
      external: ['submission.code_input', 'submission_file.content'],
    });
  });

  it('answers when the submission is on record and in the queue', async () => {
    const wanted = request();
    const { submission_id, created_at } = await create(wanted);
    expect(submission_id).toBe(wanted.submission_id);
    expect(await queued(submission_id)).toEqual({
      v: 1,
      submission_id,
      dispatch: 1,
      language: 'python',
      args: wanted.args,
      compiler_args: [],
      limits: DEFAULT_LIMITS,
      queued_at: created_at,
      payload: wanted.payload,
      interactive: null,
    });
    expect(await caller.call(submissionSummary, { submission_id })).toEqual({
      submission_id,
      language: 'python',
      created_at,
      finished: false,
    });
    expect(await caller.call(submissionPayload, { submission_id })).toEqual(wanted.payload);
    expect(await rowOf(submission_id)).toMatchObject({
      dispatch: 1,
      finished_at: null,
      owner_token_sha256: Buffer.alloc(32, 0xab),
    });
    await outboxIsEmpty();
  });

  it('says null of what does not exist', async () => {
    const submission_id = randomUUID();
    expect(await caller.call(submissionGet, { submission_id })).toBeNull();
    expect(await caller.call(submissionSummary, { submission_id })).toBeNull();
    expect(await caller.call(submissionPayload, { submission_id })).toBeNull();
  });

  it('is idempotent by id: twenty at one time are one, and the first stands', async () => {
    const wanted = request();
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(wanted)));
    expect(new Set(answers.map(({ created_at }) => created_at)).size).toBe(1);
    const changed = { ...wanted, payload: { files: [{ name: 'other.py', ...text('') }], stdin: text('') } };
    expect(await create(changed)).toEqual(answers[0]);
    expect(await caller.call(submissionPayload, { submission_id: wanted.submission_id })).toEqual(
      wanted.payload,
    );
    const { state } = await (
      await manager()
    ).streams.info(WORK_STREAM, { subjects_filter: workSubject('python', wanted.submission_id) });
    expect(state.subjects).toEqual({ [workSubject('python', wanted.submission_id)]: 1 });
    await outboxIsEmpty();
  });

  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  it.each<[string, Buffer[], Buffer]>([
    ['every byte', [everyByte, Buffer.from('second')], everyByte],
    ['NUL bytes', [Buffer.from('a\0b')], Buffer.from('\0')],
    ['broken UTF-8', [Buffer.from([0xe2, 0x9c])], Buffer.from([0xff])],
    ['nothing at all', [Buffer.alloc(0), Buffer.alloc(0)], Buffer.alloc(0)],
    ['1.5 MB each of code and input', [Buffer.alloc(1_500_000, everyByte)], Buffer.alloc(1_500_000, 'grüß✓')],
    ['256 files', Array.from({ length: 256 }, (_, n) => Buffer.from(`file ${n}`)), Buffer.from('x')],
  ])('keeps %s as they are', async (_, contents, input) => {
    const files = contents.map((content, n) => ({ name: `dir/ünï ${n}.py`, ...encodeBytes(content) }));
    const payload: Payload = { files, stdin: encodeBytes(input) };
    const { submission_id } = await create(request({ payload }));
    expect(await caller.call(submissionPayload, { submission_id })).toEqual(payload);
    const submission = await caller.call(submissionGet, { submission_id });
    if (!submission) throw new Error('is gone');
    expect(submission.files).toEqual(files);
    const { code, code_encoding, code_input, code_input_encoding } = submission;
    expect(decodeBytes({ content: code, encoding: code_encoding }).equals(contents[0] ?? input)).toBe(true);
    expect(decodeBytes({ content: code_input, encoding: code_input_encoding }).equals(input)).toBe(true);
  });

  it('sends a payload along up to its bound, and one byte more as a claim check', async () => {
    const withCode = (bytes: number) => ({
      files: [{ name: 'a', ...text('x'.repeat(bytes)) }],
      stdin: text('12345'),
    });
    const atBound = await create(request({ payload: withCode(INLINE_PAYLOAD_BYTES - 5) }));
    const above = await create(request({ payload: withCode(INLINE_PAYLOAD_BYTES - 4) }));
    expect((await queued(atBound.submission_id))?.payload).not.toBeNull();
    expect((await queued(above.submission_id))?.payload).toBeNull();
  });

  it.each([
    { args: ['a\0'] },
    { args: ['\ud800'] },
    { payload: { files: [{ name: 'a\0', ...text('') }], stdin: text('') } },
    { submission_id: 'nonsense' },
  ])('refuses %j, and keeps nothing of it', async (change) => {
    const wanted = request(change);
    await expect(create(wanted)).rejects.toMatchObject({ code: 'invalid_request' });
    if (change.submission_id) return;
    expect(await caller.call(submissionSummary, { submission_id: wanted.submission_id })).toBeNull();
  });

  it('passes on how a run is to be talked with, also when it is sent again', async () => {
    const interactive = { stdin: 'open' as const, terminal: { columns: 80, rows: 24 } };
    const { submission_id } = await create(request({ interactive }));
    expect(await queued(submission_id)).toMatchObject({ dispatch: 1, interactive });
    await (await manager()).streams.purge(WORK_STREAM);
    await backdate(submission_id);
    await eventually(
      () => queued(submission_id),
      (found) => found !== undefined,
    );
    expect(await queued(submission_id)).toMatchObject({ dispatch: 2, interactive });
  });

  it('sends what a crash between commit and publish left behind', async () => {
    const { submission_id: id, language, args, compiler_args, limits } = request();
    const created_at = new Date();
    const submission = {
      ...{ id, language, args, compiler_args, limits, created_at, code_input: Buffer.alloc(0) },
      interactive: { stdin: 'open' as const, terminal: null },
    };
    await service.nest.get(SubmissionStore).insert(
      {
        ...submission,
        owner_token_sha256: Buffer.alloc(32),
        files: [{ name: 'a', content: Buffer.from('b') }],
        client: undefined,
        key: undefined,
      },
      {
        subjects: { light: workSubject(language, id), bulk: workSubject(language, id, 'bulk') },
        message_id: messageIdOf(id, 1),
        message: executeRun(submission, 1),
      },
      { others: 0, clientBytesPerDay: 0, clientUnfinishedMax: 1 },
    );
    expect(await queued(id)).toBeUndefined();
    const command = await eventually(
      () => queued(id),
      (found) => found !== undefined,
    );
    const { interactive } = submission;
    expect(command).toMatchObject({
      ...{ dispatch: 1, payload: null, queued_at: created_at.toISOString(), interactive },
    });
    await outboxIsEmpty();
  });

  it('takes submissions while the work queue is missing, makes it and sends them', async () => {
    await (await manager()).streams.delete(WORK_STREAM);
    const { submission_id } = await create(request());
    const command = await eventually(
      () => queued(submission_id),
      (found) => found !== undefined,
    );
    expect(command).toMatchObject({ submission_id, dispatch: 1 });
    await outboxIsEmpty();
  });

  it('dispatches again what the broker has lost', async () => {
    const { submission_id } = await create(request());
    await outboxIsEmpty();
    await (await manager()).streams.purge(WORK_STREAM);
    await backdate(submission_id);
    const command = await eventually(
      () => queued(submission_id),
      (found) => found !== undefined,
    );
    expect(command).toMatchObject({ dispatch: 2, payload: null });
    await eventually(
      () => rowOf(submission_id),
      ({ dispatch }) => dispatch === 2,
    );
  });

  it('leaves alone what the broker still holds', async () => {
    const { submission_id } = await create(request());
    await backdate(submission_id);
    const row = await eventually(
      () => rowOf(submission_id),
      ({ dispatched_at }) => Date.now() - dispatched_at.getTime() < 60_000,
    );
    expect(row.dispatch).toBe(1);
    expect(await queued(submission_id)).toMatchObject({ dispatch: 1 });
  });

  it('asks the result service, and does not run again what has its result', async () => {
    const { submission_id } = await create(request());
    results.finals.add(submission_id);
    await (await manager()).streams.purge(WORK_STREAM);
    await backdate(submission_id);
    await eventually(
      () => rowOf(submission_id),
      ({ finished_at }) => finished_at !== null,
    );
    expect(await queued(submission_id)).toBeUndefined();
  });

  it('waits while the result service can not say', async () => {
    const { submission_id } = await create(request());
    await (await manager()).streams.purge(WORK_STREAM);
    results.isDown = true;
    await backdate(submission_id);
    const before = results.asked;
    await eventually(
      () => Promise.resolve(results.asked),
      (asked) => asked >= before + 3,
    );
    expect(await queued(submission_id)).toBeUndefined();
    results.isDown = false;
    expect(
      await eventually(
        () => queued(submission_id),
        (found) => found !== undefined,
      ),
    ).toMatchObject({ dispatch: 2 });
  });

  it('notes final results as they are announced', async () => {
    const [final, running] = await Promise.all([create(request()), create(request())]);
    const announce = (submission_id: string, isFinal: boolean) =>
      broker.publish(resultReadySubject(submission_id), JSON.stringify({ submission_id, final: isFinal }));
    announce(running.submission_id, false);
    broker.publish(resultReadySubject('x'), 'not JSON');
    announce(final.submission_id, true);
    await eventually(
      () => rowOf(final.submission_id),
      ({ finished_at }) => finished_at !== null,
    );
    expect((await rowOf(running.submission_id)).finished_at).toBeNull();
  });

  it('gets over a broker that lost everything', async () => {
    const { submission_id: before } = await create(request());
    await nats.interrupt({ emptyStore: true });
    await nats.resume();
    // Soon, though it was not silent for long: a broker that comes back may have lost it.
    await eventually(
      () => queued(before),
      (found) => found !== undefined,
    );
    const { submission_id: after } = await eventually(
      () => create(request()),
      () => true,
    );
    await eventually(
      () => queued(after),
      (found) => found !== undefined,
    );
  });

  it('answers unavailable while Postgres is away, and by itself again afterwards', async () => {
    const wanted = request();
    await postgres.interrupt();
    await expect(create(wanted)).rejects.toMatchObject({ code: 'unavailable' });
    await postgres.resume();
    const { submission_id } = await eventually(
      () => create(wanted),
      () => true,
    );
    expect(await caller.call(submissionPayload, { submission_id })).toEqual(wanted.payload);
  });
});
