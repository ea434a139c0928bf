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
import { until } from '../../platform/test/until';

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

/**
 * Asks again until the answer is as wanted; a question that fails is asked again, too.
 * @throws Error with the last answer when none is in time
 */
export async function eventually<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  let last: unknown;
  try {
    const { value } = await until('the answer is as wanted', async () => {
      try {
        const value = await ask();
        if (holds(value)) return { value };
        last = value;
      } catch (error) {
        last = error;
      }
      return undefined;
    });
    return value;
  } catch (error) {
    throw new Error(`${String(error)}; last: ${JSON.stringify(last)} ${String(last)}`);
  }
}
