import 'reflect-metadata';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppName, type Config, loadConfig } from '@runbin/platform/config';
import { natsOptions } from '@runbin/platform/nats.options';
import { RpcClient } from '@runbin/platform/rpc.client';
import { RpcProblemFilter } from '@runbin/platform/rpc.filter';
import { RpcServer, RpcTransport } from '@runbin/platform/rpc.transport';

const CALL_TIMEOUT_MS = 8_000;

/** One service of ours in this process, as `runService` would run it, with real servers around it. */
export class RunningService {
  private constructor(readonly nest: NestFastifyApplication) {}

  static async start<App extends Exclude<AppName, 'gateway'>>(
    app: App,
    environment: Record<string, string>,
    moduleFor: (config: Config<App>) => DynamicModule,
  ): Promise<RunningService> {
    const config = loadConfig(app, environment);
    const nest = await NestFactory.create<NestFastifyApplication>(moduleFor(config), new FastifyAdapter(), {
      logger: ['fatal'],
      abortOnError: false,
    });
    const strategy = new RpcServer({ ...natsOptions(config, app), queue: app });
    const microservice = nest.connectMicroservice<CustomStrategy>({ strategy });
    microservice.useGlobalFilters(new RpcProblemFilter());
    await nest.startAllMicroservices();
    await nest.init();
    return new RunningService(nest);
  }

  stop(): Promise<void> {
    return this.nest.close();
  }
}

/** A caller of services, as the gateway is one. */
export class Caller extends RpcClient {
  constructor(private readonly transport: RpcTransport) {
    super(transport, CALL_TIMEOUT_MS);
  }

  static async connect(natsUrl: string): Promise<Caller> {
    const transport = new RpcTransport({
      servers: natsUrl,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
    await transport.connect();
    return new Caller(transport);
  }

  async close(): Promise<void> {
    await this.transport.close();
  }
}

const POLL_MS = 20;
const PATIENCE_MS = 20_000;

/**
 * Asks again and again until the condition holds.
 * @throws Error with the last answer when it does not within 20 s
 */
export async function eventually<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  let last: unknown;
  for (;;) {
    try {
      const value = await ask();
      if (holds(value)) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`did not come about; last: ${JSON.stringify(last)} ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
