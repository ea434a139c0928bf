import 'reflect-metadata';
import { Logger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppName, type Config, ConfigError, loadConfig, type SharedConfig } from './config';
import { natsOptions } from './nats.options';
import { Readiness } from './readiness';
import { RpcServer } from './rpc.transport';

const LEVELS = ['error', 'warn', 'log', 'debug'] as const;

/** `error` up to the configured level. Fatal is always logged. */
export function logLevels(level: (typeof LEVELS)[number]) {
  return ['fatal' as const, ...LEVELS.slice(0, LEVELS.indexOf(level) + 1)];
}

/** Parses the app's configuration, or says what is wrong with it and ends the process. */
export function configOrExit<App extends AppName>(app: App): Config<App> {
  try {
    return loadConfig(app);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

/**
 * Runs one of the services behind the gateway: request/reply over NATS, and HTTP only for health.
 * SIGTERM turns readiness off, lets requests in flight end, and exits 0.
 */
export async function runService<App extends Exclude<AppName, 'gateway'>>(
  app: App,
  moduleFor: (config: Config<App>) => Type | { module: Type },
): Promise<void> {
  const config = configOrExit(app);
  const shared: SharedConfig = config;
  const nest = await NestFactory.create<NestFastifyApplication>(moduleFor(config), new FastifyAdapter(), {
    logger: logLevels(shared.LOG_LEVEL),
    abortOnError: false,
  });
  const strategy = new RpcServer({
    ...natsOptions(shared, app),
    queue: app,
    gracefulShutdown: true,
    gracePeriod: shared.SHUTDOWN_GRACE_MS,
  });
  nest.connectMicroservice<CustomStrategy>({ strategy });
  stopOnSignals(nest, app);
  await nest.startAllMicroservices();
  await nest.listen(shared.HEALTH_PORT, shared.HEALTH_HOST);
  new Logger(app).log('ready');
}

/** Ends the app on SIGTERM or SIGINT: readiness off first, then Nest's shutdown hooks, then exit 0. */
export function stopOnSignals(nest: NestFastifyApplication, app: string): void {
  const logger = new Logger(app);
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.log(`${signal}: stopping`);
    nest.get(Readiness, { strict: false }).stop();
    nest.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** A fault that leaves the process in an unknown state ends it: whoever started it starts it again (crash-only). */
export function exitOnFault(app: string): void {
  const exit = (error: unknown) => {
    new Logger(app).fatal(error);
    process.exit(1);
  };
  process.on('uncaughtException', exit);
  process.on('unhandledRejection', exit);
}
