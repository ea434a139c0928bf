import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { resultReadySubject } from '@runbin/contracts/subjects';
import type { ResultReady } from '@runbin/contracts/work';
import type { Delivery } from '@runbin/messaging/delivery';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { isStatementFault } from '@runbin/persistence/database.error';
import { DeadLetters } from './dead.letters';
import { ResultStore } from './result.store';
import { isFinished, latestPerSubmission, type RunEvent } from './run.event';

/** An event with the message it came in. */
export interface RunDelivery {
  readonly event: RunEvent;
  readonly delivery: Delivery;
}

/** While the database is away, messages wait in the broker this long, and this service does not ask for more. */
const TROUBLE_DELAY_MS = 2_000;
const TROUBLE_PAUSE_MS = 500;

/**
 * Stores a batch of events and settles each of its messages: acked only after the commit, given back while the
 * database is away. One event that the table refuses does not hold the others up: the batch is then written
 * one by one, and that event alone becomes a dead letter.
 */
@Injectable()
export class RunsWriter {
  private readonly logger = new Logger('RunsWriter');

  constructor(
    private readonly store: ResultStore,
    private readonly nats: NatsConnection,
    private readonly deadLetters: DeadLetters,
  ) {}

  /** Settles every message; never throws. */
  async write(batch: readonly RunDelivery[]): Promise<void> {
    try {
      await this.store.write(latestPerSubmission(batch.map(({ event }) => event))).then((changes) => {
        const changed = new Map(changes.map(({ submission_id, final }) => [submission_id, final]));
        // An outcome is announced even when it was there already: whoever stored it may have died before saying so.
        for (const { event } of batch) if (isFinished(event)) changed.set(event.submission_id, true);
        for (const [submission_id, final] of changed) this.announce({ submission_id, final });
      });
      for (const { delivery } of batch) delivery.ack();
    } catch (error) {
      await this.settleFailed(batch, error);
    }
  }

  private async settleFailed(batch: readonly RunDelivery[], error: unknown): Promise<void> {
    if (!isStatementFault(error)) {
      this.logger.warn(`${batch.length} events wait for the database: ${String(error)}`);
      for (const { delivery } of batch) delivery.nak(TROUBLE_DELAY_MS);
      await delay(TROUBLE_PAUSE_MS);
      return;
    }
    const [only, ...others] = batch;
    if (only && others.length === 0) await this.deadLetters.bury(only.delivery, String(error));
    else for (const one of batch) await this.write([one]);
  }

  announce(ready: ResultReady): void {
    this.nats.emit(resultReadySubject(ready.submission_id), ready);
  }
}
