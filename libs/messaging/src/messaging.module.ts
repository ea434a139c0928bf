import { type DynamicModule, Module } from '@nestjs/common';
import type { ConnectionOptions } from '@nats-io/transport-node';
import { DurablePublisher } from './durable.publisher';
import { NATS_CONNECT_OPTIONS, NatsConnection } from './nats.connection';
import { Topology } from './topology';

/** JetStream and core events for one service. Request/reply goes through Nest's own NATS transport. */
@Module({})
export class MessagingModule {
  static forRoot(options: ConnectionOptions): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      providers: [
        { provide: NATS_CONNECT_OPTIONS, useValue: options },
        NatsConnection,
        DurablePublisher,
        Topology,
      ],
      exports: [NatsConnection, DurablePublisher, Topology],
    };
  }
}
