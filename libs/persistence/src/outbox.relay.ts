import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { type DueMessage, type OutboxStore } from './outbox.store';
import { RepeatingTask } from './repeating.task';

/** Where messages of the outbox go. Resolves when the broker has the message, for the first time or already. */
export interface OutboxPublisher {
  readonly isReady: boolean;
  publish(subject: string, message: unknown, messageId: string): Promise<unknown>;
}

const BATCH = 200;

/**
 * Sends what a crash or a broker that was away left in the outbox. The service that wrote a message normally
 * sends it itself, at once; the relay only sees what stayed. At least once: the message id is the same each
 * time, so the broker drops a repetition.
 */
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('OutboxRelay');
  private readonly task: RepeatingTask;

  constructor(
    private readonly store: OutboxStore,
    private readonly publisher: OutboxPublisher,
    intervalMs: number,
  ) {
    this.task = new RepeatingTask('OutboxRelay', intervalMs, () => this.round());
  }

  onApplicationBootstrap(): void {
    this.task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }

  /** Looks through the outbox now. */
  wake(): Promise<void> {
    return this.task.runNow();
  }

  private async round(): Promise<void> {
    while (this.publisher.isReady) {
      const messages = await this.store.claimDue(BATCH);
      if (messages.length === 0) return;
      const unsent = await this.send(messages);
      if (unsent > 0 || messages.length < BATCH) return;
    }
  }

  /** @returns how many could not be sent */
  private async send(messages: DueMessage[]): Promise<number> {
    const outcomes = await Promise.allSettled(
      messages.map(({ subject, message, message_id }) =>
        this.publisher.publish(subject, message, message_id),
      ),
    );
    const idsWhere = (status: PromiseSettledResult<unknown>['status']) =>
      messages.filter((_, index) => outcomes[index]?.status === status).map(({ id }) => id);
    const sent = idsWhere('fulfilled');
    const unsent = idsWhere('rejected');
    if (sent.length > 0) await this.store.remove(sent);
    if (unsent.length > 0) await this.store.release(unsent);
    this.logger.log(`sent ${sent.length} messages that had stayed behind, ${unsent.length} still wait`);
    return unsent.length;
  }
}
