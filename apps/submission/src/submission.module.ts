import { type DynamicModule, Module } from '@nestjs/common';
import { healthSubject, urlLinked } from '@runbin/contracts/rpc';
import { loadCatalogue } from '@runbin/languages/catalogue';
import { DurablePublisher } from '@runbin/messaging/durable.publisher';
import { MessagingModule } from '@runbin/messaging/messaging.module';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { Topology } from '@runbin/messaging/topology';
import { dataSourceOptions } from '@runbin/persistence/data.source';
import { DatabaseModule, DatabaseProbe } from '@runbin/persistence/database.module';
import { OutboxRow } from '@runbin/persistence/outbox.entity';
import { OutboxRelay } from '@runbin/persistence/outbox.relay';
import { OutboxStore } from '@runbin/persistence/outbox.store';
import { DayPartitions } from '@runbin/persistence/day.partitions';
import { Retention } from '@runbin/persistence/retention';
import type { Config } from '@runbin/platform/config';
import { natsOptions } from '@runbin/platform/nats.options';
import { HealthController, healthResponder, Readiness, READINESS_CHECKS } from '@runbin/platform/readiness';
import { RpcClient } from '@runbin/platform/rpc.client';
import { RpcTransport } from '@runbin/platform/rpc.transport';
import { Admission } from './admission';
import { AdmissionRow } from './admission.entity';
import { AdmissionStore } from './admission.store';
import { ClientBytesRow } from './client-bytes.entity';
import { DeletionController } from './deletion.controller';
import { DeletionRow } from './deletion.entity';
import { DeletionService } from './deletion.service';
import { DeletionStore } from './deletion.store';
import { ExpiredSubmissionsStore } from './expired.submissions.store';
import { FinishedListener } from './finished.listener';
import { IdempotencyKeyRow } from './idempotency-key.entity';
import { CreateSubmission1764000000000 } from './migrations/1764000000000-create-submission';
import { AddInteractive1764100000000 } from './migrations/1764100000000-add-interactive';
import { CreateAdmission1764200000000 } from './migrations/1764200000000-create-admission';
import { CreateDeletion1764300000000 } from './migrations/1764300000000-create-deletion';
import { PartitionByDay1764400000000 } from './migrations/1764400000000-partition-by-day';
import { AddAdmissionLanguage1764500000000 } from './migrations/1764500000000-add-admission-language';
import { CreateClientBytes1764600000000 } from './migrations/1764600000000-create-client-bytes';
import { DataSource } from 'typeorm';
import { QueueReport } from './queue.report';
import { Reconciler } from './reconciler';
import { StorageRoom } from './storage.room';
import { SubmissionFileRow } from './submission-file.entity';
import { SubmissionController } from './submission.controller';
import { SubmissionRow } from './submission.entity';
import { SubmissionService } from './submission.service';
import { SubmissionStore } from './submission.store';
import { WorkQueue } from './work.queue';

const RPC_TIMEOUT_MS = 5_000;

/** The broker refuses only what admission let through by its slack, twice over: it is the second fence. */
const WORK_MESSAGES_PER_PLACE = 2;

export const submissionEntities = [
  SubmissionRow,
  SubmissionFileRow,
  OutboxRow,
  DeletionRow,
  AdmissionRow,
  IdempotencyKeyRow,
  ClientBytesRow,
];
export const submissionMigrations = [
  CreateSubmission1764000000000,
  AddInteractive1764100000000,
  CreateAdmission1764200000000,
  CreateDeletion1764300000000,
  PartitionByDay1764400000000,
  AddAdmissionLanguage1764500000000,
  CreateClientBytes1764600000000,
];

/** Composition root of the submission service. */
@Module({})
export class SubmissionModule {
  static for(config: Config<'submission'>): DynamicModule {
    const nats = natsOptions(config, 'submission');
    const languages = loadCatalogue(config.LANGUAGES_DIR)
      .all()
      .map(({ id }) => id);
    return {
      module: SubmissionModule,
      imports: [
        DatabaseModule.forRoot(
          dataSourceOptions(config, 'submission', submissionEntities, submissionMigrations),
        ),
        MessagingModule.forRoot(nats),
      ],
      controllers: [
        SubmissionController,
        DeletionController,
        HealthController,
        healthResponder(healthSubject('submission')),
      ],
      providers: [
        SubmissionStore,
        OutboxStore,
        DeletionStore,
        ExpiredSubmissionsStore,
        AdmissionStore,
        SubmissionService,
        FinishedListener,
        QueueReport,
        Readiness,
        {
          provide: WorkQueue,
          inject: [NatsConnection, DurablePublisher, Topology],
          useFactory: (...[connection, publisher, topology]: [NatsConnection, DurablePublisher, Topology]) =>
            new WorkQueue(
              connection,
              publisher,
              topology,
              languages,
              WORK_MESSAGES_PER_PLACE * config.SUBMISSION_UNFINISHED_MAX,
            ),
        },
        {
          provide: Admission,
          inject: [AdmissionStore, StorageRoom],
          useFactory: (store: AdmissionStore, room: StorageRoom) =>
            new Admission(
              store,
              config.SUBMISSION_UNFINISHED_MAX,
              config.SUBMISSION_CLIENT_UNFINISHED_MAX,
              config.SUBMISSION_CLIENT_BYTES_PER_DAY,
              room,
            ),
        },
        {
          provide: StorageRoom,
          inject: [AdmissionStore],
          useFactory: (store: AdmissionStore) =>
            new StorageRoom({
              directories: config.SUBMISSION_STORAGE_DIRS,
              freeBytesMin: config.SUBMISSION_STORAGE_FREE_BYTES_MIN,
              databaseBytesMax: config.SUBMISSION_DATABASE_BYTES_MAX,
              databaseBytes: () => store.databaseBytes(),
            }),
        },
        { provide: RpcTransport, useFactory: () => new RpcTransport(nats) },
        {
          provide: RpcClient,
          inject: [RpcTransport],
          useFactory: (transport: RpcTransport) => new RpcClient(transport, RPC_TIMEOUT_MS),
        },
        {
          provide: OutboxRelay,
          inject: [OutboxStore, WorkQueue],
          useFactory: (store: OutboxStore, queue: WorkQueue) => {
            const relay = new OutboxRelay(store, queue, config.SUBMISSION_RELAY_INTERVAL_MS);
            queue.onReady(() => void relay.wake());
            return relay;
          },
        },
        {
          provide: Reconciler,
          inject: [SubmissionStore, RpcClient, WorkQueue, NatsConnection],
          useFactory: (
            ...[store, rpc, queue, nats]: [SubmissionStore, RpcClient, WorkQueue, NatsConnection]
          ) =>
            new Reconciler(store, rpc, queue, nats, {
              intervalMs: config.SUBMISSION_RECONCILE_INTERVAL_MS,
              silentMs: config.SUBMISSION_RECONCILE_AFTER_MS,
            }),
        },
        {
          provide: DeletionService,
          inject: [DeletionStore, RpcClient, WorkQueue],
          useFactory: (...[store, rpc, queue]: [DeletionStore, RpcClient, WorkQueue]) =>
            new DeletionService(store, rpc, queue, config.SUBMISSION_RELAY_INTERVAL_MS),
        },
        {
          provide: Retention,
          inject: [ExpiredSubmissionsStore, RpcClient],
          useFactory: (store: ExpiredSubmissionsStore, rpc: RpcClient) =>
            new Retention(store, config.SUBMISSION_RETENTION_DAYS, async (submission_ids) => {
              return (await rpc.call(urlLinked, { submission_ids: [...submission_ids] })).submission_ids;
            }),
        },
        {
          provide: DayPartitions,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) =>
            new DayPartitions(
              dataSource,
              [
                { table: 'submission', key: 'id' },
                { table: 'submission_file', key: 'submission_id' },
              ],
              config.SUBMISSION_RETENTION_DAYS,
            ),
        },
        {
          provide: READINESS_CHECKS,
          inject: [DatabaseProbe, NatsConnection, StorageRoom],
          useFactory: (database: DatabaseProbe, connection: NatsConnection, room: StorageRoom) => ({
            database: () => database.ping(),
            nats: () => connection.ping(),
            storage: () => room.check(),
          }),
        },
      ],
    };
  }
}
