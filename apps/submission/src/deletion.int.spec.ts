import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { createHash, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import {
  resultDelete,
  submissionAuthorize,
  submissionCreate,
  submissionDelete,
  submissionGet,
  submissionRepeat,
  submissionSummary,
  urlLinked,
  urlRetire,
} from '@runbin/contracts/rpc';
import { WORK_STREAM, workSubject } from '@runbin/contracts/subjects';
import { Retention } from '@runbin/persistence/retention';
import { NatsServer } from '../../../libs/messaging/test/nats.server';
import { Cleanup } from '../../../libs/persistence/test/cleanup';
import { PostgresServer } from '../../../libs/persistence/test/postgres.server';
import { Caller, eventually, RunningService } from '../../../libs/persistence/test/service';
import { SubmissionModule } from './submission.module';

let service: RunningService;
let caller: Caller;
let broker: NatsConnection;
const cleanup = new Cleanup();

/** Stands in for the services that are told: what they heard, and whether they answer. */
const linked = new Set<string>();
const told = { subjects: [] as string[], isDown: false };

beforeAll(async () => {
  const postgres = await cleanup.add(PostgresServer.start(), (server) => server.stop());
  const nats = await cleanup.add(NatsServer.start(), (server) => server.stop());
  broker = await cleanup.add(connect({ servers: nats.url }), (open) => open.close());
  broker.subscribe(urlLinked.subject, {
    callback: (_, message) => {
      const { id, data } = message.json<{ id: string; data: { submission_ids: string[] } }>();
      const submission_ids = data.submission_ids.filter((one) => linked.has(one));
      message.respond(JSON.stringify({ id, response: { submission_ids }, isDisposed: true }));
    },
  });
  for (const subject of [resultDelete.subject, urlRetire.subject]) {
    broker.subscribe(subject, {
      callback: (_, message) => {
        const { id, data } = message.json<{ id: string; data: { submission_id: string } }>();
        const problem = { problem: 'unavailable', detail: 'The database is not reachable; try again.' };
        if (!told.isDown) told.subjects.push(`${subject} ${data.submission_id}`);
        message.respond(
          JSON.stringify({ id, ...(told.isDown ? { err: problem } : { response: {} }), isDisposed: true }),
        );
      },
    });
  }
  const environment = {
    DATABASE_URL: await postgres.createDatabase('submission'),
    NATS_URL: nats.url,
    SUBMISSION_RELAY_INTERVAL_MS: '100',
    SUBMISSION_RETENTION_DAYS: '30',
  };
  service = await cleanup.add(
    RunningService.start('submission', environment, (config) => SubmissionModule.for(config)),
    (running) => running.stop(),
  );
  caller = await cleanup.add(Caller.connect(nats.url), (open) => open.close());
});

afterAll(() => cleanup.run());

const TOKEN_SHA256 = createHash('sha256').update('the token').digest('hex');
const OTHER_SHA256 = createHash('sha256').update('another').digest('hex');
const text = (content: string) => ({ content, encoding: 'utf-8' as const });

async function submitted(submission_id: string = randomUUID()): Promise<string> {
  await caller.call(submissionCreate, {
    submission_id,
    language: 'python',
    payload: { files: [{ name: 'main.py', ...text('print(input())') }], stdin: text('hello') },
    args: ['one'],
    compiler_args: [],
    limits: DEFAULT_LIMITS,
    interactive: { stdin: 'open', terminal: null },
    owner_token_sha256: TOKEN_SHA256,
  });
  return submission_id;
}

const remove = (submission_id: string, owner_token_sha256 = TOKEN_SHA256) =>
  caller.call(submissionDelete, { submission_id, owner_token_sha256 });
const read = (submission_id: string) => caller.call(submissionGet, { submission_id });
const toldOf = (id: string) => told.subjects.filter((one) => one.endsWith(id)).sort();
const TOLD_EVERYBODY = (id: string) => [`${resultDelete.subject} ${id}`, `${urlRetire.subject} ${id}`];

async function rowsOf(id: string): Promise<Record<string, string>> {
  const [row] = await service.nest.get(DataSource).query<[Record<string, string>]>(
    `select (select count(*) from submission where id = $1) as submission,
            (select count(*) from submission_file where submission_id = $1) as files,
            (select count(*) from outbox where message_id like $1 || ':%') as outbox,
            (select count(*) from deletion where submission_id = $1) as deletion`.replaceAll('$1', `'${id}'`),
  );
  return row;
}

async function isQueued(id: string): Promise<boolean> {
  const manager = await jetstreamManager(broker);
  const last_by_subj = workSubject('python', id);
  return (await manager.streams.getMessage(WORK_STREAM, { last_by_subj })) !== null;
}

const NOTHING = { submission: '0', files: '0', outbox: '0', deletion: '0' };

describe('deletion', () => {
  it('takes everything, from the queue too, and tells everybody', async () => {
    const [id, neighbour] = await Promise.all([submitted(), submitted()]);
    expect(await isQueued(id)).toBe(true);
    await remove(id);
    expect(await read(id)).toBeNull();
    expect(await rowsOf(id)).toEqual(NOTHING);
    expect(await isQueued(id)).toBe(false);
    expect(toldOf(id)).toEqual(TOLD_EVERYBODY(id));
    expect(await read(neighbour)).not.toBeNull();
    expect(await isQueued(neighbour)).toBe(true);
    await expect(remove(id)).rejects.toMatchObject({ code: 'submission_not_found' });
  });

  it('is for the owner only', async () => {
    const id = await submitted();
    const asked = { submission_id: id, owner_token_sha256: OTHER_SHA256 };
    const refusal = { code: 'submission_not_found' };
    await expect(remove(id, OTHER_SHA256)).rejects.toMatchObject(refusal);
    await expect(caller.call(submissionAuthorize, asked)).rejects.toMatchObject(refusal);
    await caller.call(submissionAuthorize, { ...asked, owner_token_sha256: TOKEN_SHA256 });
    expect(await read(id)).not.toBeNull();
    expect(toldOf(id)).toEqual([]);
    await expect(remove(randomUUID())).rejects.toMatchObject({ code: 'submission_not_found' });
  });

  it('is complete in the end when the others are away, and once when it is asked for many times', async () => {
    const id = await submitted();
    told.isDown = true;
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => remove(id)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    expect(await read(id)).toBeNull();
    expect(await rowsOf(id)).toEqual({ ...NOTHING, deletion: '1' });
    told.isDown = false;
    await eventually(
      () => rowsOf(id),
      ({ deletion }) => deletion === '0',
    );
    expect([...new Set(toldOf(id))]).toEqual(TOLD_EVERYBODY(id));
  });
});

describe('repetition', () => {
  it('is a submission of its own, the same and of the same owner, made once', async () => {
    const id = await submitted();
    const asked = { submission_id: id, repetition_id: randomUUID() };
    const first = await caller.call(submissionRepeat, asked);
    expect(first).toMatchObject({ submission_id: asked.repetition_id });
    expect(await caller.call(submissionRepeat, asked)).toEqual(first);
    const [original, again] = await Promise.all([read(id), read(asked.repetition_id)]);
    expect(again).toEqual({ ...original, ...first });
    expect(await isQueued(asked.repetition_id)).toBe(true);
    await remove(id);
    await remove(asked.repetition_id);
  });

  it('is nothing when there is nothing to repeat', async () => {
    const asked = { submission_id: randomUUID(), repetition_id: randomUUID() };
    expect(await caller.call(submissionRepeat, asked)).toBeNull();
    expect(await read(asked.repetition_id)).toBeNull();
  });
});

describe('retention', () => {
  const DAY_MS = 24 * 3_600_000;

  /** As if it had been submitted so many days ago. */
  async function submittedBefore(days: number, { isFinished = true } = {}): Promise<string> {
    const msecs = Date.now() - days * DAY_MS;
    const id = await submitted(uuidv7({ msecs }));
    const changes = 'update submission set created_at = $2, finished_at = $3 where id = $1';
    await service.nest.get(DataSource).query(changes, [id, new Date(msecs), isFinished ? new Date() : null]);
    return id;
  }

  it('removes what is finished and older than it is told, with its files, unless a link shows it', async () => {
    const expired = await Promise.all([31, 32, 400].map((days) => submittedBefore(days)));
    const shared = await submittedBefore(400);
    linked.add(shared);
    const owed = await submittedBefore(400, { isFinished: false });
    const young = await submittedBefore(29);
    await service.nest.get(Retention).runNow();
    for (const id of expired) {
      expect(await read(id)).toBeNull();
      expect(await rowsOf(id)).toMatchObject({ submission: '0', files: '0' });
    }
    for (const id of [shared, owed, young]) expect(await rowsOf(id)).toMatchObject({ files: '1' });
    expect(await caller.call(submissionSummary, { submission_id: shared })).toMatchObject({ finished: true });
    expect(await caller.call(submissionSummary, { submission_id: owed })).toMatchObject({ finished: false });

    linked.delete(shared);
    await service.nest.get(Retention).runNow();
    expect(await read(shared)).toBeNull();
  });
});
