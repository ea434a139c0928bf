import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { ClientNats, type NatsOptions, ServerNats } from '@nestjs/microservices';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { untilHopeless } from './nats.watch';

type Options = Required<NatsOptions>['options'] & ConnectionOptions;
type OnHopeless = (fault: Error) => void;

/** Answers requests, over a connection that ends the process when it can not be mended (exitOnFault). */
export class RpcServer extends ServerNats {
  constructor(
    options: Options,
    private readonly onHopeless: OnHopeless = crash,
  ) {
    super(options);
  }

  override async createNatsClient(): Promise<NatsConnection> {
    const connection = (await super.createNatsClient()) as NatsConnection;
    watch(connection, this.onHopeless);
    return connection;
  }
}

/**
 * Asks, over a connection that is there before the first question and until after the last, and ends the process
 * when it can not be mended (exitOnFault).
 */
export class RpcTransport extends ClientNats implements OnModuleInit, OnApplicationShutdown {
  constructor(
    options: Options,
    private readonly onHopeless: OnHopeless = crash,
  ) {
    super(options);
  }

  override async createClient(): Promise<NatsConnection> {
    const connection = (await super.createClient()) as NatsConnection;
    watch(connection, this.onHopeless);
    return connection;
  }

  async onModuleInit(): Promise<void> {
    await this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }
}

function watch(connection: NatsConnection, onHopeless: OnHopeless): void {
  void untilHopeless(connection).then((fault) => fault && onHopeless(fault));
}

function crash(fault: Error): never {
  throw fault;
}
