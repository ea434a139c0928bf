import { type DynamicModule, Module } from '@nestjs/common';
import { healthSubject, urlLinked } from '@runbin/contracts/rpc';
import { MessagingModule } from '@runbin/messaging/messaging.module';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { dataSourceOptions } from '@runbin/persistence/data.source';
import { DatabaseModule, DatabaseProbe } from '@runbin/persistence/database.module';
import { DayPartitions } from '@runbin/persistence/day.partitions';
import { Retention } from '@runbin/persistence/retention';
import type { Config } from '@runbin/platform/config';
import { natsOptions } from '@runbin/platform/nats.options';
import { HealthController, healthResponder, Readiness, READINESS_CHECKS } from '@runbin/platform/readiness';
import { RpcClient } from '@runbin/platform/rpc.client';
import { RpcTransport } from '@runbin/platform/rpc.transport';
import { DeadLetters } from './dead.letters';
import { ExpiredResultsStore } from './expired.results.store';
import { CreateResult1764000000000 } from './migrations/1764000000000-create-result';
import { AddTimeline1764100000000 } from './migrations/1764100000000-add-timeline';
import { AddCompileCached1764200000000 } from './migrations/1764200000000-add-compile-cached';
import { AddDeletedAt1764300000000 } from './migrations/1764300000000-add-deleted-at';
import { PartitionByDay1764400000000 } from './migrations/1764400000000-partition-by-day';
import { AddOutputLog1764500000000 } from './migrations/1764500000000-add-output-log';
import { DataSource } from 'typeorm';
import { ResultController } from './result.controller';
import { ResultRow } from './result.entity';
import { ResultService } from './result.service';
import { ResultStore } from './result.store';
import { RunsConsumer } from './runs.consumer';
import { RunsWriter } from './runs.writer';

const RPC_TIMEOUT_MS = 5_000;

export const resultEntities = [ResultRow];
export const resultMigrations = [
  CreateResult1764000000000,
  AddTimeline1764100000000,
  AddCompileCached1764200000000,
  AddDeletedAt1764300000000,
  PartitionByDay1764400000000,
  AddOutputLog1764500000000,
];

/** Composition root of the result service. */
@Module({})
export class ResultModule {
  static for(config: Config<'result'>): DynamicModule {
    const nats = natsOptions(config, 'result');
    return {
      module: ResultModule,
      imports: [
        DatabaseModule.forRoot(dataSourceOptions(config, 'result', resultEntities, resultMigrations)),
        MessagingModule.forRoot(nats),
      ],
      controllers: [ResultController, HealthController, healthResponder(healthSubject('result'))],
      providers: [
        ResultStore,
        ExpiredResultsStore,
        ResultService,
        RunsConsumer,
        RunsWriter,
        DeadLetters,
        Readiness,
        { provide: RpcTransport, useFactory: () => new RpcTransport(nats) },
        {
          provide: RpcClient,
          inject: [RpcTransport],
          useFactory: (transport: RpcTransport) => new RpcClient(transport, RPC_TIMEOUT_MS),
        },
        {
          provide: Retention,
          inject: [ExpiredResultsStore, RpcClient],
          useFactory: (store: ExpiredResultsStore, rpc: RpcClient) =>
            new Retention(store, config.RESULT_RETENTION_DAYS, async (submission_ids) => {
              return (await rpc.call(urlLinked, { submission_ids: [...submission_ids] })).submission_ids;
            }),
        },
        {
          provide: DayPartitions,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) =>
            new DayPartitions(
              dataSource,
              [{ table: 'result', key: 'submission_id' }],
              config.RESULT_RETENTION_DAYS,
            ),
        },
        {
          provide: READINESS_CHECKS,
          inject: [DatabaseProbe, NatsConnection],
          useFactory: (database: DatabaseProbe, connection: NatsConnection) => ({
            database: () => database.ping(),
            nats: () => connection.ping(),
          }),
        },
      ],
    };
  }
}
