import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { submissionCreate, submissionDelete, submissionQueue } from '@runbin/contracts/rpc';
import { resultReadySubject, WORK_STREAM, workSubject } from '@runbin/contracts/subjects';
import type { RepeatingTask } from '@runbin/persistence/repeating.task';
import { NatsServer } from '../../../libs/messaging/test/nats.server';
import { Cleanup } from '../../../libs/persistence/test/cleanup';
import { PostgresServer } from '../../../libs/persistence/test/postgres.server';
import { Caller, eventually, RunningService } from '../../../libs/persistence/test/service';
import { Admission } from './admission';
import { AdmissionStore } from './admission.store';
import { SubmissionModule } from './submission.module';

type CreateRequest = z.input<typeof submissionCreate.request>;

const UNFINISHED_MAX = 12;
const CLIENT_UNFINISHED_MAX = 8;
const LIGHT_UNFINISHED = 4;
const CLIENT_BYTES_PER_DAY = 10_000;

let postgres: PostgresServer;
let nats: NatsServer;
let caller: Caller;
let broker: NatsConnection;
/** Two, that share the requests as the broker deals them out. */
let replicas: RunningService[];
const cleanup = new Cleanup();

beforeAll(async () => {
  postgres = await cleanup.add(PostgresServer.start(), (server) => server.stop());
  nats = await cleanup.add(NatsServer.start(), (server) => server.stop());
  broker = await cleanup.add(connect({ servers: nats.url }), (open) => open.close());
  const environment = {
    DATABASE_URL: await postgres.createDatabase('submission'),
    NATS_URL: nats.url,
    SUBMISSION_RELAY_INTERVAL_MS: '100',
    SUBMISSION_UNFINISHED_MAX: String(UNFINISHED_MAX),
    SUBMISSION_CLIENT_UNFINISHED_MAX: String(CLIENT_UNFINISHED_MAX),
    SUBMISSION_CLIENT_BYTES_PER_DAY: String(CLIENT_BYTES_PER_DAY),
  };
  const start = () =>
    cleanup.add(
      RunningService.start('submission', environment, (config) => SubmissionModule.for(config)),
      (running) => running.stop(),
    );
  replicas = [await start(), await start()];
  caller = await cleanup.add(Caller.connect(nats.url), (open) => open.close());
});

afterAll(() => cleanup.run());

beforeEach(async () => {
  await database().query('delete from admission');
  await (await jetstreamManager(broker)).streams.purge(WORK_STREAM);
  await counted();
});

const database = () => theFirst().get(DataSource);
const theFirst = () => {
  const [replica] = replicas;
  if (!replica) throw new Error('no replica was started');
  return replica.nest;
};
/** Every replica counts again: now, and not when its second is over. */
async function counted(): Promise<void> {
  for (const { nest } of replicas) {
    const counting = Reflect.get(nest.get(Admission), 'counting') as RepeatingTask;
    // The first may be a round that had begun before.
    for (let round = 0; round < 2; round++) await counting.runNow();
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const keyed = (key: string, body = 'body') => ({
  idempotency: {
    key_sha256: sha256(key),
    request_sha256: sha256(body),
    owner_token_salt: randomBytes(32).toString('hex'),
  },
});

function request(change: Partial<CreateRequest> = {}): CreateRequest {
  const text = (content: string) => ({ content, encoding: 'utf-8' as const });
  return {
    submission_id: randomUUID(),
    language: 'python',
    payload: { files: [{ name: 'main.py', ...text('print(1)') }], stdin: text('') },
    args: [],
    compiler_args: [],
    limits: DEFAULT_LIMITS,
    owner_token_sha256: 'ab'.repeat(32),
    ...change,
  };
}

const create = (change: Partial<CreateRequest> = {}) => caller.call(submissionCreate, request(change));
const createMany = (count: number, change: Partial<CreateRequest>) =>
  Promise.allSettled(Array.from({ length: count }, () => create(change)));
/** One after another. @returns how many were accepted before the client had too many unfinished */
async function createUntilRefused(client: string): Promise<number> {
  for (let accepted = 0; ; accepted++) {
    const [code] = codesOf(await createMany(1, { client }));
    if (code === undefined) continue;
    expect(code).toBe('too_many_unfinished');
    return accepted;
  }
}
const codesOf = (outcomes: PromiseSettledResult<unknown>[]) =>
  outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [(outcome.reason as { code: string }).code] : [],
  );
async function count(table: string): Promise<number> {
  const [row] = await database().query<{ count: string }[]>(`select count(*) from ${table}`);
  return Number(row?.count);
}
const isQueued = async (subject: string) =>
  (await (await jetstreamManager(broker)).streams.getMessage(WORK_STREAM, { last_by_subj: subject })) !==
  null;

describe('an idempotency key', () => {
  it('makes twenty requests at one time, to two replicas, one submission', async () => {
    const before = await count('submission');
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(keyed('parallel'))));
    expect(await count('submission')).toBe(before + 1);
    expect(await count('submission_file')).toBe(await count('submission'));
    expect(new Set(answers.map(({ submission_id, created_at }) => submission_id + created_at)).size).toBe(1);
    expect(answers.filter(({ replayed }) => replayed === undefined)).toHaveLength(1);
    expect(
      new Set(answers.flatMap(({ replayed }) => (replayed ? [replayed.owner_token_salt] : []))).size,
    ).toBe(1);
    const [answer] = answers;
    expect(await isQueued(workSubject('python', answer?.submission_id ?? ''))).toBe(true);
  });

  it('answers with the salt of the first request, so that the token is the same', async () => {
    const first = keyed('salt');
    const made = await create(first);
    const { owner_token_salt } = first.idempotency;
    expect(await create(keyed('salt'))).toEqual({ ...made, replayed: { owner_token_salt } });
  });

  it('is not taken by another body, which leaves no trace', async () => {
    await create(keyed('other', 'one'));
    const before = await count('submission');
    await expect(create(keyed('other', 'two'))).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(await count('submission')).toBe(before);
  });

  it('is forgotten after a day, before the row is gone and after', async () => {
    const age = (hours: number) =>
      database().query(
        `update idempotency_key set created_at = now() - make_interval(hours => $1, secs => 5) where key_sha256 = $2`,
        [hours, Buffer.from(sha256('old'), 'hex')],
      );
    const first = await create(keyed('old', 'one'));
    await age(23);
    expect((await create(keyed('old', 'one'))).submission_id).toBe(first.submission_id);
    await age(24);
    const second = await create(keyed('old', 'two'));
    expect(second.submission_id).not.toBe(first.submission_id);
    expect((await create(keyed('old', 'two'))).submission_id).toBe(second.submission_id);
    await age(24);
    const before = await count('idempotency_key');
    await theFirst().get(AdmissionStore).tidy();
    expect(await count('idempotency_key')).toBe(before - 1);
  });

  it('still answers what it made when nothing more is admitted', async () => {
    const mine = { client: 'full', ...keyed('full') };
    const { submission_id } = await create(mine);
    expect(await createUntilRefused('full')).toBe(CLIENT_UNFINISHED_MAX - 1);
    expect((await create({ client: 'full', ...keyed('full') })).submission_id).toBe(submission_id);
    await createMany(UNFINISHED_MAX, {});
    await counted();
    expect(codesOf(await createMany(1, {}))).toEqual(['queue_full']);
    expect((await create({ client: 'full', ...keyed('full') })).submission_id).toBe(submission_id);
  });
});

describe('admission', () => {
  it('bounds what is unfinished in all, and admits again once something has finished', async () => {
    const before = await count('submission');
    const outcomes = await createMany(4 * UNFINISHED_MAX, {});
    const accepted = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    // Each of two replicas knows what itself has admitted.
    expect(accepted.length).toBeGreaterThanOrEqual(UNFINISHED_MAX);
    expect(accepted.length).toBeLessThanOrEqual(2 * UNFINISHED_MAX);
    expect(new Set(codesOf(outcomes))).toEqual(new Set(['queue_full']));
    expect(await count('submission')).toBe(before + accepted.length);
    await counted();
    expect(codesOf(await createMany(10, {}))).toHaveLength(10);

    for (const { submission_id } of accepted)
      broker.publish(resultReadySubject(submission_id), JSON.stringify({ submission_id, final: true }));
    await eventually(
      () => create(),
      () => true,
    );
  });

  it('bounds what one client has unfinished, across replicas, and nobody else', async () => {
    const outcomes = await createMany(3 * CLIENT_UNFINISHED_MAX, { client: '192.0.2.1' });
    expect(codesOf(outcomes)).toContain('too_many_unfinished');
    const accepted = outcomes.length - codesOf(outcomes).length + (await createUntilRefused('192.0.2.1'));
    expect(accepted).toBeGreaterThanOrEqual(CLIENT_UNFINISHED_MAX);
    // A statement does not see what the other replica does at the same moment.
    expect(accepted).toBeLessThanOrEqual(2 * CLIENT_UNFINISHED_MAX);
    expect(await create({ client: '192.0.2.2' })).toMatchObject({ created_at: expect.any(String) as string });
  });

  it('puts what a client submits beyond its first few into the other lane', async () => {
    const ids: string[] = [];
    for (let made = 0; made < LIGHT_UNFINISHED + 2; made++)
      ids.push((await create({ client: '192.0.2.3' })).submission_id);
    const lanes = await Promise.all(ids.map((id) => isQueued(workSubject('python', id, 'light'))));
    expect(lanes).toEqual([true, true, true, true, false, false]);
    expect(await isQueued(workSubject('python', ids.at(-1) ?? '', 'bulk'))).toBe(true);
    const { submission_id } = await create({ client: '192.0.2.4' });
    expect(await isQueued(workSubject('python', submission_id))).toBe(true);
  });

  it('keeps in the outbox what the broker refuses because its stream is full, and sends it when there is room', async () => {
    const manager = await jetstreamManager(broker);
    const { config } = await manager.streams.info(WORK_STREAM);
    expect(config.max_msgs).toBe(2 * UNFINISHED_MAX);
    // What was submitted before may be on its way still.
    await eventually(
      () => count('outbox'),
      (many) => many === 0,
    );
    await manager.streams.purge(WORK_STREAM);
    await manager.streams.update(WORK_STREAM, { max_msgs: 2 });
    const ids = (await Promise.all([create(), create(), create()])).map(({ submission_id }) => submission_id);
    const queuedOnes = async () => {
      const answers = await Promise.all(ids.map((id) => isQueued(workSubject('python', id))));
      return answers.filter(Boolean).length;
    };
    expect(await queuedOnes()).toBe(2);
    await eventually(
      () => count('outbox'),
      (many) => many === 1,
    );
    await manager.streams.update(WORK_STREAM, { max_msgs: 2 * UNFINISHED_MAX });
    await eventually(queuedOnes, (many) => many === 3);
    await eventually(
      () => count('outbox'),
      (many) => many === 0,
    );
  });

  it('tells how much is unfinished, by language', async () => {
    // Each of the replicas tells for a second what it has counted.
    const queueOf = (unfinished: number) =>
      eventually(
        () => caller.call(submissionQueue, {}),
        (queue) => queue.unfinished === unfinished,
      );
    expect(await queueOf(0)).toEqual({ unfinished: 0, unfinished_max: UNFINISHED_MAX, languages: [] });
    await create();
    const { submission_id } = await create({ language: 'lua' });
    await create({ language: 'lua' });
    // Admitted by an earlier service.
    await database().query('update admission set language = null where submission_id = $1', [submission_id]);
    await database().query(
      `update admission set admitted_at = '2026-11-21T10:00:00Z' where language = 'lua'`,
    );
    const { languages } = await queueOf(3);
    expect(languages).toMatchObject([
      { language: 'lua', unfinished: 2, oldest_at: '2026-11-21T10:00:00.000Z' },
      { language: 'python', unfinished: 1 },
    ]);
    broker.publish(resultReadySubject(submission_id), JSON.stringify({ submission_id, final: true }));
    expect((await queueOf(2)).languages.map(({ unfinished }) => unfinished)).toEqual([1, 1]);
  });

  it('gives the place of a submission back that is deleted', async () => {
    const { submission_id } = await create();
    await caller.call(submissionDelete, { submission_id, owner_token_sha256: 'ab'.repeat(32) });
    expect(await count('admission')).toBe(0);
  });

  it('gives back places that were forgotten, and no others', async () => {
    const { submission_id: unfinished } = await create();
    const { submission_id: finished } = await create();
    const { submission_id: young } = await create();
    await database().query('update submission set finished_at = now() where id = any($1)', [
      [finished, young],
    ]);
    await database().query(
      `update admission set admitted_at = now() - interval '1 hour' where submission_id <> $1`,
      [young],
    );
    await theFirst().get(AdmissionStore).tidy();
    const left = await database().query<{ id: string }[]>('select submission_id as id from admission');
    expect(left.map(({ id }) => id).sort()).toEqual([unfinished, young].sort());
  });
});

describe('the bytes of a day', () => {
  const text = (length: number) => ({ content: 'x'.repeat(length), encoding: 'utf-8' as const });
  const of = (client: string | undefined, code: number, input: number) =>
    request({ client, payload: { files: [{ name: 'main.py', ...text(code) }], stdin: text(input) } });
  const submit = (client: string | undefined, code: number, input = 0) =>
    caller.call(submissionCreate, of(client, code, input));

  it('are bounded for each client, to the byte, and what is refused leaves no trace', async () => {
    await submit('daily', 6_000, 3_000);
    const before = await count('submission');
    await expect(submit('daily', 1_000, 1)).rejects.toMatchObject({ code: 'too_many_bytes' });
    expect(await count('submission')).toBe(before);
    await submit('daily', 900, 100);
    await expect(submit('daily', 1)).rejects.toMatchObject({ code: 'too_many_bytes' });
    await submit('another', CLIENT_BYTES_PER_DAY);
    await submit(undefined, CLIENT_BYTES_PER_DAY + 1);
  });

  it('are another day forgotten', async () => {
    await submit('yesterday', CLIENT_BYTES_PER_DAY);
    await database().query(`update client_bytes set day = day - 1 where client = 'yesterday'`);
    await submit('yesterday', CLIENT_BYTES_PER_DAY);
    await theFirst().get(AdmissionStore).tidy();
    expect(await count(`client_bytes where client = 'yesterday'`)).toBe(1);
  });
});
