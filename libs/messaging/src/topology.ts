import { Injectable, Logger } from '@nestjs/common';
import {
  AckPolicy,
  type ConsumerConfig,
  DiscardPolicy,
  type JetStreamManager,
  type MsgRequest,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DEAD_STREAM,
  LANES,
  RUN_DEAD,
  RUN_FINISHED,
  RUN_STARTED,
  RUNS_CONSUMER,
  RUNS_STREAM,
  WORK_STREAM,
  WORK_SUBJECTS,
  workConsumer,
  workFilter,
  workSubject,
} from '@runbin/contracts/subjects';
import { ACK_WAIT_MS } from './delivery';
import { NatsConnection } from './nats.connection';

const DUPLICATE_WINDOW_MS = 120_000;

/** Of dead letters. */
export const DEAD_BYTES_MAX = 256 * 1024 * 1024;

const AT_LEAST_ONCE = {
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ACK_WAIT_MS),
  // Unlimited here: the runner itself ends what was delivered too often, visibly (ADR 0004).
  max_deliver: -1,
  max_ack_pending: -1,
};

type DurableConsumer = Partial<ConsumerConfig> & { durable_name: string };

const CONSUMER_OF_RUNS: DurableConsumer = { durable_name: RUNS_CONSUMER, ...AT_LEAST_ONCE };

/** One per language and lane. */
const consumersOfWork = (languages: readonly string[]): DurableConsumer[] =>
  languages.flatMap((language) =>
    LANES.map((lane) => ({
      durable_name: workConsumer(language, lane),
      filter_subject: workFilter(language, lane),
      ...AT_LEAST_ONCE,
    })),
  );

/** In which a message that was acknowledged is removed from its queue, on whatever machine. */
const REMOVED_MS = 200;

/**
 * The streams and consumers that Runbin uses. Making them is idempotent, and any service that needs them may:
 * a broker that lost its store gets them again from whoever reconnects first.
 */
@Injectable()
export class Topology {
  private readonly logger = new Logger('Topology');

  constructor(private readonly nats: NatsConnection) {}

  /**
   * WORK with one consumer per language and lane.
   * @param maxMessages it refuses more: the second fence behind admission (ADR 0012)
   */
  async ensureWork(languages: readonly string[], maxMessages = -1): Promise<void> {
    const manager = await this.nats.manager();
    await ensureStream(manager, {
      name: WORK_STREAM,
      subjects: WORK_SUBJECTS,
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      // A submission is in the queue once or not at all, however often it is sent (ADR 0004).
      discard: DiscardPolicy.New,
      discard_new_per_subject: true,
      max_msgs_per_subject: 1,
      max_msgs: maxMessages,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    });
    const consumers = consumersOfWork(languages);
    await Promise.all(consumers.map((consumer) => this.ensureConsumer(manager, WORK_STREAM, consumer)));
    this.logger.debug(`${WORK_STREAM} has ${consumers.length} consumers`);
  }

  /**
   * Makes those of its consumers anew that pass by what waits for them. To be called now and then: after a broker was
   * killed this shows only when something has been published. An empty queue costs one question.
   */
  async mendWork(languages: readonly string[]): Promise<void> {
    const manager = await this.nats.manager();
    if ((await firstSequence(manager, WORK_STREAM)) === undefined) return;
    for (const consumer of consumersOfWork(languages)) {
      if ((await firstSequence(manager, WORK_STREAM, consumer.filter_subject)) === undefined) continue;
      await this.mend(manager, WORK_STREAM, consumer);
    }
  }

  /** Takes what there is of a submission out of WORK; nothing when it is not there. */
  async withdrawWork(language: string, submissionId: string): Promise<void> {
    const manager = await this.nats.manager();
    for (const lane of LANES) {
      await manager.streams.purge(WORK_STREAM, { filter: workSubject(language, submissionId, lane) });
    }
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
    await this.ensureConsumer(manager, RUNS_STREAM, CONSUMER_OF_RUNS);
    await ensureStream(manager, {
      name: DEAD_STREAM,
      subjects: [RUN_DEAD],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      max_msgs: 10_000,
      // The oldest go first: a letter holds what a stranger submitted.
      max_bytes: DEAD_BYTES_MAX,
    });
  }

  /** As `mendWork`, for the consumer of RUNS. */
  async mendRuns(): Promise<void> {
    await this.mend(await this.nats.manager(), RUNS_STREAM, CONSUMER_OF_RUNS);
  }

  /** Makes the consumer, or makes it anew when it would pass messages by. */
  private async ensureConsumer(
    manager: JetStreamManager,
    stream: string,
    config: DurableConsumer,
  ): Promise<void> {
    await manager.consumers.add(stream, config);
    await this.mend(manager, stream, config);
  }

  private async mend(manager: JetStreamManager, stream: string, config: DurableConsumer): Promise<void> {
    if (!(await passesMessagesBy(manager, stream, config.durable_name, config.filter_subject))) return;
    this.logger.warn(`${stream}: consumer ${config.durable_name} is ahead of its stream and is made anew`);
    await manager.consumers.delete(stream, config.durable_name);
    await manager.consumers.add(stream, config);
  }
}

/**
 * Whether there are messages, or will be, that the consumer takes for delivered. A broker that was killed may
 * come back with a stream that counts from an earlier number again, because it was empty and the note of its
 * last number had not reached the disk (seen with nats-server 2.10, `sync_interval: always`), while the consumer
 * remembers how far it had come. What is published then lies in the stream, and nobody is given it.
 */
async function passesMessagesBy(
  manager: JetStreamManager,
  stream: string,
  name: string,
  filter: string | undefined,
): Promise<boolean> {
  // In this order: what is published and delivered between the two answers must not look like a consumer ahead.
  const { delivered, ack_floor } = await manager.consumers.info(stream, name);
  const { state } = await manager.streams.info(stream);
  if (delivered.stream_seq > state.last_seq) return true;
  // A work queue removes what is acknowledged: what still lies below the floor was never this consumer's.
  const first = await firstSequence(manager, stream, filter);
  if (first === undefined || first > ack_floor.stream_seq) return false;
  await delay(REMOVED_MS);
  return first === (await firstSequence(manager, stream, filter));
}

/** Of the oldest message that the filter lets through; undefined when there is none. */
async function firstSequence(
  manager: JetStreamManager,
  stream: string,
  filter = '>',
): Promise<number | undefined> {
  // The server knows `next_by_subj` since 2.9; the client's type does not name it.
  const query: MsgRequest & { next_by_subj: string } = { seq: 1, next_by_subj: filter };
  return (await manager.streams.getMessage(stream, query))?.seq;
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
