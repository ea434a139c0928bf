import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { DurablePublisher, isStoreRefusal, type PublishOutcome } from '@runbin/messaging/durable.publisher';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { Topology } from '@runbin/messaging/topology';
import type { OutboxPublisher } from '@runbin/persistence/outbox.relay';
import { RepeatingTask } from '@runbin/persistence/repeating.task';

const RETRY_MS = 500;
/** How long work may be passed by, after a broker that was killed, until it is noticed. */
const MEND_MS = 5_000;

/**
 * The work queue as this service uses it. It makes the stream and its consumers when it starts, after every
 * reconnect, and whenever the broker failed a message while the connection was fine: its store may have
 * been emptied under it. (Not when it is full: then it is there.) Now and then it looks whether all is handed out.
 */
@Injectable()
export class WorkQueue implements OutboxPublisher, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('WorkQueue');
  private readonly stopping = new AbortController();
  private readonly mending = new RepeatingTask('WorkQueue', MEND_MS, async () => {
    if (this.isReady) await this.topology.mendWork(this.languages);
  });
  private ensuring: Promise<void> | undefined;
  private readonly readyListeners = new Set<() => void>();

  constructor(
    private readonly nats: NatsConnection,
    private readonly publisher: DurablePublisher,
    private readonly topology: Topology,
    private readonly languages: readonly string[],
    private readonly maxMessages: number,
  ) {}

  onApplicationBootstrap(): void {
    this.nats.onReconnected(() => this.ensure());
    this.ensure();
    this.mending.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.mending.stop();
  }

  /** Whether the broker is there and its queue is, as far as is known. */
  get isReady(): boolean {
    return this.nats.isConnected && this.ensuring === undefined;
  }

  /** Calls back each time the queue has become ready: messages may wait for it. */
  onReady(listener: () => void): void {
    this.readyListeners.add(listener);
  }

  /** @throws Error at once while the broker is away; else as DurablePublisher does. */
  async publish(subject: string, message: unknown, messageId: string): Promise<PublishOutcome> {
    if (!this.nats.isConnected) throw new Error('NATS is not connected');
    try {
      return await this.publisher.publish(subject, message, messageId);
    } catch (error) {
      if (!isStoreRefusal(error)) this.ensure();
      throw error;
    }
  }

  /** Takes a submission out of the queue, whether it waits or is in work; a run that goes on is not ended by it. */
  async withdraw(language: string, submissionId: string): Promise<void> {
    if (!this.nats.isConnected) throw new Error('NATS is not connected');
    await this.topology.withdrawWork(language, submissionId);
  }

  /** Makes what is missing of the queue and mends what is broken, in the background. */
  ensure(): void {
    this.ensuring ??= this.ensureWithRetry().finally(() => (this.ensuring = undefined));
  }

  private async ensureWithRetry(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.topology.ensureWork(this.languages, this.maxMessages);
        // After this turn, in which `isReady` is still false.
        setImmediate(() => this.readyListeners.forEach((listener) => listener()));
        return;
      } catch (error) {
        this.logger.warn(`the work queue could not be made, trying again: ${String(error)}`);
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
