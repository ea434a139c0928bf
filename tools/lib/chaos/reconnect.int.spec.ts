import path from 'node:path';
// eslint-disable-next-line no-restricted-imports -- the patience of the broker must run out, which shows nowhere here
import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { urlResolve } from '../../../libs/contracts/src/rpc';
import { WORK_STREAM, workConsumer, workSubject } from '../../../libs/contracts/src/subjects';
import type { Delivery } from '../../../libs/messaging/src/delivery';
import { DurablePublisher } from '../../../libs/messaging/src/durable.publisher';
import { NatsConnection } from '../../../libs/messaging/src/nats.connection';
import { PullConsumer } from '../../../libs/messaging/src/pull.consumer';
import { Topology } from '../../../libs/messaging/src/topology';
import { NatsServer } from '../../../libs/messaging/test/nats.server';
import { dataSourceOptions } from '../../../libs/persistence/src/data.source';
import { PostgresServer } from '../../../libs/persistence/test/postgres.server';
import { natsOptions } from '../../../libs/platform/src/nats.options';
import { RpcClient } from '../../../libs/platform/src/rpc.client';
import { RpcServer, RpcTransport } from '../../../libs/platform/src/rpc.transport';
import { until } from '../../../libs/platform/test/until';
import { TcpProxy } from './tcp.proxy.mjs';

const USERS = ['gateway', 'submission', 'result', 'url', 'runner'] as const;
/** More than the broker waits for somebody who has connected to say who it is. */
const SILENCE_MS = 3_500;
/** The client of the broker by itself waits 20 s for one that greeted it and then left. */
const SOON_MS = 10_000;
/** After this a request is taken for lost. */
const LOST_MS = 2_000;
/** In which nothing more is lost. */
const QUIET_MS = 5_000;
/** In which the broker finds out: it never does where it only asks connections that it has nothing to write to. */
const FOUND_OUT_MS = 60_000;
/** More than the sockets between two processes hold. */
const MORE_THAN_FITS = Array.from({ length: 40 }, () => Buffer.alloc(2 ** 20));

type OnHopeless = (fault: Error) => void;

describe('a service whose way to the broker is broken', () => {
  let server: NatsServer;
  let wire: TcpProxy;
  let nats: NatsConnection;
  let NATS_URL: string;

  beforeEach(async () => {
    server = await NatsServer.start({
      config: path.join(__dirname, '../../../deploy/nats.conf'),
      env: Object.fromEntries(USERS.map((user) => [`NATS_${user.toUpperCase()}_PASSWORD`, `of-${user}`])),
    });
    wire = new TcpProxy(() => Number(new URL(server.url).port));
    NATS_URL = `nats://127.0.0.1:${await wire.listen()}`;
    nats = new NatsConnection(optionsOfUrl());
    await nats.onModuleInit();
  });

  afterEach(async () => {
    await nats.onApplicationShutdown();
    wire.close();
    await server.stop();
  });

  const optionsOfUrl = () => natsOptions({ NATS_URL, NATS_USER: 'url', NATS_PASSWORD: 'of-url' }, 'url');
  const reconnected = () => new Promise<void>((resolve) => nats.onReconnected(resolve));

  it('is connected again after silences in which the broker gave it up', async () => {
    for (let silence = 0; silence < 3; silence++) {
      const again = reconnected();
      wire.cut();
      wire.stall();
      await delay(SILENCE_MS);
      wire.heal();
      await again;
      await nats.ping();
    }
  });

  it('takes work as soon as it is connected again', async () => {
    const submission = new NatsConnection(
      natsOptions(
        { NATS_URL: server.url, NATS_USER: 'submission', NATS_PASSWORD: 'of-submission' },
        'submission',
      ),
    );
    await submission.onModuleInit();
    await new Topology(submission).ensureWork(['python']);
    await nats.onApplicationShutdown();
    nats = new NatsConnection(
      natsOptions({ NATS_URL, NATS_USER: 'runner', NATS_PASSWORD: 'of-runner' }, 'runner'),
    );
    await nats.onModuleInit();
    const taken: string[] = [];
    const handle = (delivery: Delivery) => {
      delivery.ack();
      taken.push(delivery.subject);
    };
    const stopping = new AbortController();
    const demand = () => Promise.resolve(1);
    const consumer = new PullConsumer(nats, WORK_STREAM, workConsumer('python'));
    const consuming = consumer.run(demand, handle, stopping.signal);
    const manager = await submission.manager();
    const asking = async () =>
      (await manager.consumers.info(WORK_STREAM, workConsumer('python'))).num_waiting;
    await until('it has asked', async () => (await asking()) === 1);
    const again = reconnected();
    wire.cut();
    // The broker has it for somebody who has asked and is not there: it forgets the question.
    const subject = workSubject('python', 'meanwhile');
    await new DurablePublisher(submission).publish(subject, {}, 'meanwhile');
    await until('the question is forgotten', async () => (await asking()) === 0);
    wire.heal();
    await again;
    await until('the work is taken', () => taken.length > 0, SOON_MS);
    expect(taken).toEqual([subject]);
    stopping.abort();
    await consuming;
    await submission.onApplicationShutdown();
  });

  it('is connected again soon when the broker greets it and is gone', async () => {
    const again = reconnected();
    wire.cut();
    wire.heal();
    await new Promise<void>((resolve) => {
      wire.trap = { direction: 'in', text: 'PONG', when: 'before', spring: resolve };
    });
    const since = performance.now();
    wire.cut();
    wire.heal();
    await again;
    expect(performance.now() - since).toBeLessThan(SOON_MS);
    await nats.ping();
  });

  it('ends, to be started again, when it can not close what the network forgot', async () => {
    const sides = [
      (end: OnHopeless) => new RpcServer({ ...optionsOfUrl(), queue: 'url' }, end).createNatsClient(),
      (end: OnHopeless) => new RpcTransport(optionsOfUrl(), end).createClient(),
    ];
    const faults: Promise<Error>[] = [];
    const connections = await Promise.all(
      sides.map((connect) => {
        let end: OnHopeless = () => undefined;
        faults.push(new Promise((resolve) => (end = resolve)));
        return connect(end);
      }),
    );
    wire.forget();
    wire.heal();
    for (const connection of connections)
      for (const message of MORE_THAN_FITS) connection.publish('health.url', message);
    for (const fault of faults) expect((await fault).message).toContain('closed');
    await Promise.all(connections.map((connection) => connection.close()));
  });

  it(
    'is given no more requests over what the network forgot, however many there are',
    async () => {
      const gateway = new RpcTransport(
        natsOptions({ NATS_URL: server.url, NATS_USER: 'gateway', NATS_PASSWORD: 'of-gateway' }, 'gateway'),
      );
      await gateway.onModuleInit();
      const replicas = [NATS_URL, server.url].map(
        (url) =>
          new RpcServer({
            ...natsOptions({ NATS_URL: url, NATS_USER: 'url', NATS_PASSWORD: 'of-url' }, 'url'),
            queue: 'url',
          }),
      );
      for (const replica of replicas) {
        replica.addHandler('url.resolve', () => Promise.resolve('here'));
        await new Promise((resolve) => void replica.listen(resolve));
      }
      const rpc = new RpcClient(gateway, LOST_MS);
      const ask = (timeoutMs?: number) => rpc.call(urlResolve, { code: 'any' }, timeoutMs);
      wire.forget();
      wire.heal();
      let lostAt: number | undefined;
      // So often that the broker has always something to write, and takes the connection for alive.
      await until(
        'no request is lost any more',
        () => {
          void ask().catch(() => (lostAt = performance.now()));
          return lostAt !== undefined && performance.now() - lostAt > QUIET_MS;
        },
        FOUND_OUT_MS,
      );
      // More at one time than it was ever given is answered all the same.
      await Promise.all(Array.from({ length: 1_000 }, () => ask(20_000)));
      for (const replica of replicas) await replica.close();
      await gateway.onApplicationShutdown();
    },
    2 * FOUND_OUT_MS,
  );

  it('is connected again after the network forgot its connection', async () => {
    const again = reconnected();
    wire.forget();
    wire.heal();
    await again;
    await nats.ping();
  });
});

describe('a service whose way to the database is broken', () => {
  /** What is asked after an answer that did not come must not wait for others that do not come. */
  const STATEMENT_MS = 3_000;
  const IN_POOL = 5;

  it('is answered again after the first question over what the network forgot', async () => {
    const server = await PostgresServer.start();
    const url = new URL(await server.createDatabase('url'));
    const wire = new TcpProxy(() => Number(new URL(server.url('url')).port));
    url.port = String(await wire.listen());
    const config = {
      DATABASE_URL: url.href,
      DATABASE_POOL_SIZE: IN_POOL,
      DATABASE_STATEMENT_TIMEOUT_MS: STATEMENT_MS,
    };
    const database = await new DataSource(dataSourceOptions(config, 'url', [], [])).initialize();
    try {
      const ask = () => database.query('select pg_sleep(0.1)');
      await Promise.all(Array.from({ length: IN_POOL }, ask));
      wire.forget();
      wire.heal();
      await expect(ask()).rejects.toThrow('timeout');
      for (let question = 0; question < IN_POOL; question++) await ask();
    } finally {
      await database.destroy();
      wire.close();
      await server.stop();
    }
  });
});
