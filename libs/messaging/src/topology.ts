import { Injectable, Logger } from '@nestjs/common';
import {
  AckPolicy,
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import {
  DEAD_STREAM,
  RUN_DEAD,
  RUN_FINISHED,
  RUN_STARTED,
  RUNS_CONSUMER,
  RUNS_STREAM,
  WORK_STREAM,
  WORK_SUBJECTS,
  workConsumer,
  workFilter,
} from '@runbin/contracts/subjects';
import { NatsConnection } from './nats.connection';

/** Silence after which a message goes to another consumer. */
const ACK_WAIT_MS = 20_000;
const DUPLICATE_WINDOW_MS = 120_000;

/**
 * The streams and consumers that Runbin uses. Making them is idempotent, and any service that needs them may:
 * a broker that lost its store gets them again from whoever reconnects first.
 */
@Injectable()
export class Topology {
  private readonly logger = new Logger('Topology');

  constructor(private readonly nats: NatsConnection) {}

  /** WORK with one consumer per language. */
  async ensureWork(languages: readonly string[]): Promise<void> {
    const manager = await this.nats.manager();
    await ensureStream(manager, {
      name: WORK_STREAM,
      subjects: [WORK_SUBJECTS],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      // A submission is in the queue once or not at all, however often it is sent (ADR 0004).
      discard: DiscardPolicy.New,
      discard_new_per_subject: true,
      max_msgs_per_subject: 1,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    });
    for (const language of languages) {
      await manager.consumers.add(WORK_STREAM, {
        durable_name: workConsumer(language),
        filter_subject: workFilter(language),
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(ACK_WAIT_MS),
        // Unlimited here: the runner itself ends what was delivered too often, visibly (ADR 0004).
        max_deliver: -1,
        max_ack_pending: -1,
      });
    }
    this.logger.debug(`${WORK_STREAM} has ${languages.length} consumers`);
  }

  /** RUNS and its one consumer, and DEAD for a person to look into. */
  async ensureRuns(): Promise<void> {
    const manager = await this.nats.manager();
    await ensureStream(manager, {
      name: RUNS_STREAM,
      subjects: [RUN_STARTED, RUN_FINISHED],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    });
    await manager.consumers.add(RUNS_STREAM, {
      durable_name: RUNS_CONSUMER,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      max_deliver: -1,
      max_ack_pending: -1,
    });
    await ensureStream(manager, {
      name: DEAD_STREAM,
      subjects: [RUN_DEAD],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      max_msgs: 10_000,
    });
  }
}

type StreamConfig = Parameters<JetStreamManager['streams']['add']>[0];

/** Makes the stream, or brings an existing one to this configuration. */
async function ensureStream(manager: JetStreamManager, config: StreamConfig): Promise<void> {
  try {
    await manager.streams.add(config);
  } catch {
    await manager.streams.update(config.name, config);
  }
}
