import { type INestMicroservice, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, type MicroserviceOptions } from '@nestjs/microservices';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { natsOptions } from '@runbin/platform/nats.options';
import { RpcClient } from '@runbin/platform/rpc.client';
import { RpcController } from '@runbin/platform/rpc.controller';
import { RpcServer, RpcTransport } from '@runbin/platform/rpc.transport';
import { z } from 'zod';
import { until } from '../../platform/test/until';
import { NatsServer } from './nats.server';

const USERS = ['gateway', 'submission', 'result', 'url', 'runner'] as const;
type User = (typeof USERS)[number];

/** As deploy/nats.conf has it, for a shorter time. */
const LAPSES = { of: 'expires: "10s"', after: 'expires: "1500ms"' };
const REPLY_WITHIN_MS = 1_000;
/** For so long somebody waits who gives up before the permission lapses. */
const GIVEN_UP_MS = 400;
/** A handler that takes longer than the broker lets it answer. */
const LATE_MS = 2_500;

const url = (subject: string) => ({ subject, request: z.object({}), reply: z.string() });
const PROMPT = url('url.resolve');
const LATE = url('url.create');
const HELD = url('url.revoke');

const late = { begun: 0, ended: 0 };
/** Handlers that go on when the test says so. */
const holding: (() => void)[] = [];

@RpcController()
class Handlers {
  @MessagePattern(PROMPT.subject)
  prompt(): string {
    return 'here';
  }

  // How long a handler takes is what is tried here.
  @MessagePattern(LATE.subject)
  async late(): Promise<string> {
    late.begun++;
    const since = performance.now();
    await until('the permission has lapsed', () => performance.now() - since > LATE_MS);
    late.ended++;
    return 'too late';
  }

  @MessagePattern(HELD.subject)
  async held(): Promise<string> {
    await new Promise<void>((resolve) => holding.push(resolve));
    return 'after all';
  }
}

describe('a reply that comes too late', () => {
  let server: NatsServer;
  let directory: string;
  let service: RpcServer;
  let app: INestMicroservice;
  let asking: NatsConnection;
  let transport: RpcTransport;
  const optionsOf = (user: User) =>
    natsOptions({ NATS_URL: server.url, NATS_USER: user, NATS_PASSWORD: `of${user}` }, user);

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'runbin-late-'));
    const config = await readFile(path.join(__dirname, '../../../deploy/nats.conf'), 'utf8');
    expect(config).toContain(LAPSES.of);
    await writeFile(path.join(directory, 'nats.conf'), config.replaceAll(LAPSES.of, LAPSES.after));
    server = await NatsServer.start({
      config: path.join(directory, 'nats.conf'),
      env: Object.fromEntries(USERS.map((user) => [`NATS_${user.toUpperCase()}_PASSWORD`, `of${user}`])),
    });
    service = new RpcServer({ ...optionsOf('url'), queue: 'url' }, undefined, REPLY_WITHIN_MS);
    app = await NestFactory.createMicroservice<MicroserviceOptions>(moduleOf(Handlers), {
      strategy: service,
      logger: false,
    });
    await app.listen();
    await service.unwrap<NatsConnection>().flush();
    asking = await connect(optionsOf('gateway'));
    transport = new RpcTransport(optionsOf('gateway'));
    await transport.connect();
  });
  afterAll(async () => {
    await transport.close();
    await asking.close();
    await app.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  /** What the broker has refused, once it has dealt with everything that was sent. */
  async function violations(): Promise<string[]> {
    await service.unwrap<NatsConnection>().flush();
    return server.log.split('\n').filter((line) => /violation/i.test(line));
  }

  it('is not sent when its permission has lapsed, also to whoever does not say how long it waits', async () => {
    const patient = new RpcClient(transport, LATE_MS + 500);
    const silently = () =>
      asking.request(LATE.subject, JSON.stringify({ id: '1', pattern: LATE.subject, data: {} }), {
        timeout: LATE_MS + 500,
      });
    while (late.begun === 0) {
      const answers = await Promise.allSettled([silently(), patient.call(LATE, {})]);
      expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    }
    await until('the handlers have ended', () => late.ended === late.begun);
    expect(await violations()).toEqual([]);
    // What lay for a second while the machine was busy is not begun, and asked again.
    let answer: string | undefined;
    while (answer === undefined) answer = await patient.call(PROMPT, {}).catch(() => undefined);
    expect(answer).toBe('here');
  });

  it('is not sent to whoever has given up', async () => {
    const heard: string[] = [];
    const inbox = '_INBOX_gateway.late';
    const subscription = asking.subscribe(inbox, {
      callback: (_, message) => void heard.push(message.string()),
    });
    /** Asks until a handler has begun, and answers how it goes on: a message that lay for long is not begun. */
    const begun = async (timeoutMs: number): Promise<() => void> => {
      holding.length = 0;
      for (;;) {
        const given = headers();
        given.set('Runbin-Timeout-Ms', String(timeoutMs));
        const request = JSON.stringify({ id: '1', pattern: HELD.subject, data: {} });
        asking.publish(HELD.subject, request, { reply: inbox, headers: given });
        const goOn = await until('it has begun', () => holding.shift(), 2_000).catch(() => undefined);
        if (goOn) return goOn;
      }
    };
    const goOn = await begun(GIVEN_UP_MS);
    const since = performance.now();
    await until('nobody waits any more', () => performance.now() - since > GIVEN_UP_MS);
    goOn();
    for (const connection of [service.unwrap<NatsConnection>(), asking]) await connection.flush();
    expect(heard).toEqual([]);
    while (heard.length === 0) {
      (await begun(60_000))();
      for (const connection of [service.unwrap<NatsConnection>(), asking]) await connection.flush();
    }
    subscription.unsubscribe();
    expect(await violations()).toEqual([]);
  });
});

function moduleOf(controller: Type): Type {
  @Module({ controllers: [controller] })
  class HandlersModule {}
  return HandlersModule;
}
