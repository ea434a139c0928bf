import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { RUNS_CONSUMER, RUNS_STREAM } from '@runbin/contracts/subjects';
import type { Delivery } from '@runbin/messaging/delivery';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { PullConsumer } from '@runbin/messaging/pull.consumer';
import { Topology } from '@runbin/messaging/topology';
import { MicroBatch } from '@runbin/persistence/micro.batch';
import { RepeatingTask } from '@runbin/persistence/repeating.task';
import { DeadLetters } from './dead.letters';
import { ForeignVersionError, parseRunEvent } from './run.event';
import { type RunDelivery, RunsWriter } from './runs.writer';

/** Messages in hand at one time. An outcome may be some MB: this bounds the memory, not the speed. */
const MAX_IN_HAND = 32;
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
const ENSURE_RETRY_MS = 500;
/** How long events may be passed by, after a broker that was killed, until it is noticed. */
const MEND_MS = 5_000;
/** How long a message for a newer version of this service waits before somebody is asked again. */
const FOREIGN_VERSION_DELAY_MS = 10_000;

/** Takes run events from the broker for as long as the service runs, and has them written in batches. */
@Injectable()
export class RunsConsumer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('RunsConsumer');
  private readonly stopping = new AbortController();
  private readonly batch: MicroBatch<RunDelivery>;
  private readonly mending = new RepeatingTask('RunsConsumer', MEND_MS, async () => {
    if (this.nats.isConnected) await this.topology.mendRuns();
  });
  private inHand = 0;
  private roomMade: (() => void) | undefined;
  private consuming: Promise<void> | undefined;

  constructor(
    private readonly nats: NatsConnection,
    private readonly topology: Topology,
    private readonly writer: RunsWriter,
    private readonly deadLetters: DeadLetters,
  ) {
    this.batch = new MicroBatch((items) => this.write(items), {
      maxItems: MAX_IN_HAND,
      maxBytes: MAX_BATCH_BYTES,
      bytesOf: ({ delivery }) => delivery.bytes.length,
    });
  }

  onApplicationBootstrap(): void {
    this.nats.onReconnected(() => void this.ensureRuns());
    this.consuming = this.consume();
    this.mending.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.roomMade?.();
    await this.mending.stop();
    await this.consuming;
    await this.batch.idle();
  }

  private async consume(): Promise<void> {
    await this.ensureRuns();
    const consumer = new PullConsumer(this.nats, RUNS_STREAM, RUNS_CONSUMER);
    await consumer.run(
      () => this.room(),
      (delivery) => this.take(delivery),
      this.stopping.signal,
    );
  }

  /** The stream may be missing: a first start, or a broker that came back empty. */
  private async ensureRuns(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.topology.ensureRuns();
        return;
      } catch (error) {
        this.logger.warn(`the stream of run events could not be made, trying again: ${String(error)}`);
        await delay(ENSURE_RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** How many messages may come now; waits until half of the hand is free, so that pulls stay few. */
  private async room(): Promise<number> {
    while (this.inHand > MAX_IN_HAND / 2 && !this.stopping.signal.aborted) {
      await new Promise<void>((resolve) => (this.roomMade = resolve));
    }
    return MAX_IN_HAND - this.inHand;
  }

  private take(delivery: Delivery): void {
    try {
      const event = parseRunEvent(delivery.subject, delivery.json());
      this.inHand++;
      this.batch.add({ event, delivery });
    } catch (error) {
      if (error instanceof ForeignVersionError) delivery.nak(FOREIGN_VERSION_DELAY_MS);
      else void this.deadLetters.bury(delivery, `can not be read: ${String(error)}`);
    }
  }

  private async write(items: RunDelivery[]): Promise<void> {
    await this.writer.write(items);
    this.inHand -= items.length;
    this.roomMade?.();
  }
}
