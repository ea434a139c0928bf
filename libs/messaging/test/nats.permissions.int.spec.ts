import {
  AckPolicy,
  jetstream,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
} from '@nats-io/jetstream';
import { connect, type NatsConnection, type Status } from '@nats-io/transport-node';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { GATEWAY_ADMITTED } from '@runbin/contracts/admitted';
import {
  DEAD_STREAM,
  inputSubject,
  outputSubject,
  resultReadySubject,
  RUN_DEAD,
  RUN_FINISHED,
  RUN_STARTED,
  RUNNER_ANNOUNCE,
  RUNNER_HEARTBEAT,
  RUNS_CONSUMER,
  RUNS_STREAM,
  WORK_STREAM,
  WORK_SUBJECTS,
  workConsumer,
  workFilter,
  workSubject,
} from '@runbin/contracts/subjects';
import {
  healthSubject,
  resultDelete,
  resultFinals,
  resultGet,
  resultReplay,
  submissionAuthorize,
  submissionCreate,
  submissionDelete,
  submissionGet,
  submissionPayload,
  submissionQueue,
  submissionRepeat,
  submissionSummary,
  urlCreate,
  urlLinked,
  urlResolve,
  urlRetire,
  urlRevoke,
} from '@runbin/contracts/rpc';
import { natsOptions } from '@runbin/platform/nats.options';
import { NatsServer } from './nats.server';

const USERS = ['gateway', 'submission', 'result', 'url', 'runner'] as const;
type User = (typeof USERS)[number];

const ID = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e';
const LANGUAGE = 'python';
/** For what comes at once, however slow the machine is. */
const PATIENCE_MS = 30_000;

/** What deploy/nats.conf lets each service do, against a real server that reads it. */
describe('the permissions of the services at the broker', () => {
  let server: NatsServer;
  const connections = new Map<User, NatsConnection>();
  const as = (user: User): NatsConnection => {
    const connection = connections.get(user);
    if (!connection) throw new Error(`${user} is not connected`);
    return connection;
  };

  beforeAll(async () => {
    server = await NatsServer.start({
      config: path.join(__dirname, '../../../deploy/nats.conf'),
      env: Object.fromEntries(USERS.map((user) => [`NATS_${user.toUpperCase()}_PASSWORD`, passwordOf(user)])),
    });
    for (const user of USERS) {
      const config = { NATS_URL: server.url, NATS_USER: user, NATS_PASSWORD: passwordOf(user) };
      connections.set(user, await connect(natsOptions(config, user)));
    }
    await makeWork(await managerOf(as('submission')));
    await makeRuns(await managerOf(as('result')));
  });

  afterAll(async () => {
    await Promise.all([...connections.values()].map((connection) => connection.close()));
    await server.stop();
  });

  it('lets nobody in without a password', async () => {
    await expect(connect({ servers: server.url, reconnect: false })).rejects.toThrow(/authorization/i);
  });

  const requests: [User, string, User][] = [
    ['gateway', submissionCreate.subject, 'submission'],
    ['gateway', submissionGet.subject, 'submission'],
    ['gateway', submissionSummary.subject, 'submission'],
    ['gateway', resultGet.subject, 'result'],
    ['gateway', resultReplay.subject, 'result'],
    ['gateway', urlCreate.subject, 'url'],
    ['gateway', urlResolve.subject, 'url'],
    ['gateway', healthSubject('submission'), 'submission'],
    ['gateway', healthSubject('result'), 'result'],
    ['gateway', healthSubject('url'), 'url'],
    ['gateway', healthSubject('runner'), 'runner'],
    ['gateway', inputSubject(ID), 'runner'],
    ['gateway', submissionRepeat.subject, 'submission'],
    ['gateway', submissionAuthorize.subject, 'submission'],
    ['gateway', submissionDelete.subject, 'submission'],
    ['gateway', submissionQueue.subject, 'submission'],
    ['gateway', urlRevoke.subject, 'url'],
    ['submission', resultFinals.subject, 'result'],
    ['submission', resultDelete.subject, 'result'],
    ['submission', urlRetire.subject, 'url'],
    ['submission', urlLinked.subject, 'url'],
    ['result', urlLinked.subject, 'url'],
    ['runner', submissionPayload.subject, 'submission'],
    ['runner', resultFinals.subject, 'result'],
  ];
  it.each(requests)('lets %s ask %s of %s', async (asker, subject, responder) => {
    const subscription = as(responder).subscribe(subject, {
      queue: responder,
      callback: (_, message) => void message.respond('here'),
    });
    await as(responder).flush();
    const reply = await as(asker).request(subject, '', { timeout: PATIENCE_MS });
    expect(reply.string()).toBe('here');
    subscription.unsubscribe();
  });

  it('lets the runner take work, say that it is on it, and acknowledge', async () => {
    const streams = jetstream(as('submission'));
    await streams.publish(workSubject(LANGUAGE, ID, 'bulk'), 'bulk', { msgID: `${ID}-bulk` });
    await streams.publish(workSubject(LANGUAGE, ID), 'work', { msgID: ID });
    const consumer = jetstream(as('runner')).consumers.getConsumerFromInfo(
      consumerInfo(WORK_STREAM, workConsumer(LANGUAGE)),
    );
    const message = await consumer.next({ expires: PATIENCE_MS });
    expect(message?.string()).toBe('work');
    message?.working();
    message?.working();
    await expect(message?.ackAck()).resolves.toBe(true);
  });

  it('lets the runner report, and the result service hear it and say so', async () => {
    const reports = jetstream(as('runner'));
    await reports.publish(RUN_STARTED, 'started');
    await reports.publish(RUN_FINISHED, 'finished');
    const consumer = jetstream(as('result')).consumers.getConsumerFromInfo(
      consumerInfo(RUNS_STREAM, RUNS_CONSUMER),
    );
    for (const wanted of ['started', 'finished']) {
      const message = await consumer.next({ expires: PATIENCE_MS });
      expect(message?.string()).toBe(wanted);
      await message?.ackAck();
    }
  });

  it('lets the result service keep dead letters, look at them and drop them', async () => {
    const manager = await managerOf(as('result'));
    await manager.streams.add({ name: DEAD_STREAM, subjects: [RUN_DEAD] });
    const { seq } = await jetstream(as('result')).publish(RUN_DEAD, 'letter');
    expect((await manager.streams.getMessage(DEAD_STREAM, { seq }))?.string()).toBe('letter');
    expect(await manager.streams.deleteMessage(DEAD_STREAM, seq)).toBe(true);
  });

  it('lets the submission service take a submission out of the queue', async () => {
    const subject = workSubject(LANGUAGE, randomUUID());
    await jetstream(as('submission')).publish(subject, 'work');
    const manager = await managerOf(as('submission'));
    expect(await manager.streams.purge(WORK_STREAM, { filter: subject })).toMatchObject({ purged: 1 });
  });

  const events: [User, string, User][] = [
    ['runner', outputSubject(ID), 'gateway'],
    ['runner', RUNNER_HEARTBEAT, 'gateway'],
    ['result', resultReadySubject(ID), 'gateway'],
    ['result', resultReadySubject(ID), 'submission'],
    ['gateway', RUNNER_ANNOUNCE, 'runner'],
    ['gateway', inputSubject(ID), 'runner'],
    ['gateway', GATEWAY_ADMITTED, 'gateway'],
  ];
  it.each(events)('lets what %s says on %s reach %s', async (sender, subject, hearer) => {
    const subscription = as(hearer).subscribe(subject, { max: 1 });
    await as(hearer).flush();
    as(sender).publish(subject, 'said');
    for await (const message of subscription) expect(message.string()).toBe('said');
  });

  const refusedToRunner = [
    submissionCreate.subject,
    submissionGet.subject,
    resultGet.subject,
    resultDelete.subject,
    submissionDelete.subject,
    submissionRepeat.subject,
    urlResolve.subject,
    resultReadySubject(ID),
    workSubject(LANGUAGE, ID),
    workSubject(LANGUAGE, ID, 'bulk'),
    GATEWAY_ADMITTED,
    RUNNER_ANNOUNCE,
    inputSubject(ID),
    '_INBOX_gateway.forged',
    `$JS.API.STREAM.DELETE.${WORK_STREAM}`,
    `$JS.API.STREAM.PURGE.${WORK_STREAM}`,
    `$JS.API.STREAM.MSG.GET.${RUNS_STREAM}`,
    `$JS.API.STREAM.CREATE.OTHER`,
    `$JS.API.CONSUMER.CREATE.${WORK_STREAM}.other`,
    `$JS.API.CONSUMER.MSG.NEXT.${RUNS_STREAM}.${RUNS_CONSUMER}`,
    '$SYS.REQ.SERVER.PING',
  ];
  it.each(refusedToRunner)('refuses that the runner publishes %s', async (subject) => {
    await expect(refusalOf(as('runner'), () => as('runner').publish(subject, '{}'))).resolves.toContain(
      subject,
    );
  });

  const refusedSubscriptions: [User, string][] = [
    ['runner', '>'],
    ['runner', '_INBOX_gateway.>'],
    ['runner', '_INBOX_submission.>'],
    ['runner', submissionCreate.subject],
    ['runner', submissionPayload.subject],
    ...WORK_SUBJECTS.map((subject): [User, string] => ['runner', subject]),
    ['runner', RUN_FINISHED],
    ['runner', healthSubject('result')],
    ['url', submissionCreate.subject],
    ['gateway', '_INBOX_runner.>'],
    ['submission', inputSubject(ID)],
  ];
  it.each(refusedSubscriptions)('refuses that %s listens to %s', async (user, subject) => {
    await expect(refusalOf(as(user), () => void as(user).subscribe(subject))).resolves.toContain(subject);
  });

  it.each([
    ['url', submissionCreate.subject],
    ['url', workSubject(LANGUAGE, ID)],
    ['url', inputSubject(ID)],
    ['gateway', RUN_FINISHED],
    ['gateway', workSubject(LANGUAGE, ID)],
    ['submission', RUN_FINISHED],
    ['result', workSubject(LANGUAGE, ID)],
  ] satisfies [User, string][])('refuses that %s publishes %s', async (user, subject) => {
    await expect(refusalOf(as(user), () => as(user).publish(subject, '{}'))).resolves.toContain(subject);
  });
});

const passwordOf = (user: User) => `secret${user}`;

const managerOf = (connection: NatsConnection) => jetstreamManager(connection, { checkAPI: false });

type ConsumerInfo = Parameters<ReturnType<typeof jetstream>['consumers']['getConsumerFromInfo']>[0];
const consumerInfo = (stream: string, name: string) =>
  ({ stream_name: stream, name, config: {} }) as ConsumerInfo;

async function makeWork(manager: JetStreamManager): Promise<void> {
  await manager.streams.add({
    name: WORK_STREAM,
    subjects: WORK_SUBJECTS,
    retention: RetentionPolicy.Workqueue,
  });
  await manager.streams.update(WORK_STREAM, { max_msgs_per_subject: 1 });
  await manager.consumers.add(WORK_STREAM, {
    durable_name: workConsumer(LANGUAGE),
    filter_subject: workFilter(LANGUAGE),
    ack_policy: AckPolicy.Explicit,
  });
}

async function makeRuns(manager: JetStreamManager): Promise<void> {
  await manager.streams.add({ name: RUNS_STREAM, subjects: [RUN_STARTED, RUN_FINISHED] });
  await manager.consumers.add(RUNS_STREAM, { durable_name: RUNS_CONSUMER, ack_policy: AckPolicy.Explicit });
}

/** Does something that the server must refuse, and answers what it says. */
async function refusalOf(connection: NatsConnection, act: () => void): Promise<string> {
  const refusal = firstError(connection);
  act();
  return refusal;
}

async function firstError(connection: NatsConnection): Promise<string> {
  for await (const status of connection.status()) {
    if (isError(status)) return status.error.message;
  }
  throw new Error('the connection ended without a refusal');
}

function isError(status: Status): status is Extract<Status, { type: 'error' }> {
  return status.type === 'error';
}
