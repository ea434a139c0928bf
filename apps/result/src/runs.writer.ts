import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { resultReadySubject } from '@runbin/contracts/subjects';
import { NOTHING_RAN, type Outcome } from '@runbin/contracts/result';
import type { ResultReady, RunFinished } from '@runbin/contracts/work';
import type { Delivery } from '@runbin/messaging/delivery';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { isStatementFault } from '@runbin/persistence/database.error';
import { announcementOf } from './announcement';
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
 * one by one, and that event alone becomes a dead letter, and its submission an `internal_error`.
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
      const events = batch.map(({ event }) => event);
      const news = await this.writeRows(latestPerSubmission(events));
      const known = await this.storedBefore(events, news);
      // At once, so that they leave with one packet.
      for (const ready of [...news, ...known]) this.announce(ready);
      for (const { delivery } of batch) delivery.ack();
    } catch (error) {
      await this.settleFailed(batch, error);
    }
  }

  /**
   * @param events one per submission
   * @returns what is to be said of the rows that changed
   */
  private async writeRows(events: readonly RunEvent[]): Promise<ResultReady[]> {
    const changes = new Map((await this.store.write(events)).map((change) => [change.submission_id, change]));
    return events.flatMap((event) => {
      const change = changes.get(event.submission_id);
      return change ? [announcementOf(change, event)] : [];
    });
  }

  /**
   * Outcomes that were there already: whoever stored them may have died before saying so. An outcome that was refused,
   * because a later attempt has begun, is not among them: whoever heard that it is final would not look after it again.
   */
  private async storedBefore(
    events: readonly RunEvent[],
    news: readonly ResultReady[],
  ): Promise<ResultReady[]> {
    const changed = new Set(news.map(({ submission_id }) => submission_id));
    const outcomes = events.filter((event) => isFinished(event) && !changed.has(event.submission_id));
    if (outcomes.length === 0) return [];
    const finals = await this.store.findFinals(outcomes.map(({ submission_id }) => submission_id));
    return finals.map((submission_id) => ({ submission_id, final: true }));
  }

  private async settleFailed(batch: readonly RunDelivery[], error: unknown): Promise<void> {
    if (!isStatementFault(error)) {
      this.logger.warn(`${batch.length} events wait for the database: ${String(error)}`);
      for (const { delivery } of batch) delivery.nak(TROUBLE_DELAY_MS);
      await delay(TROUBLE_PAUSE_MS);
      return;
    }
    const [only, ...others] = batch;
    if (!only || others.length > 0) {
      for (const one of batch) await this.write([one]);
      return;
    }
    if (isFinished(only.event)) await this.writeInstead(only.event);
    await this.deadLetters.bury(only.delivery, String(error));
  }

  /** Without any outcome a submission would be run again, and come to the same, for ever. */
  private async writeInstead(event: RunFinished): Promise<void> {
    const outcome: Outcome = {
      ...NOTHING_RAN,
      status: 'internal_error',
      message: 'Your program ran, but what came of it could not be stored. It was kept for us to look into.',
    };
    try {
      const news = await this.writeRows([{ ...event, outcome, output_log: null }]);
      for (const ready of news) this.announce(ready);
    } catch (error) {
      this.logger.error(`${event.submission_id} has no outcome at all: ${String(error)}`);
    }
  }

  announce(ready: ResultReady): void {
    this.nats.emit(resultReadySubject(ready.submission_id), ready);
  }
}
