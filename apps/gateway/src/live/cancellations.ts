import { Injectable, Logger } from '@nestjs/common';
import { isFinal } from '@runbin/contracts/status';
import { MESSAGE_VERSION } from '@runbin/contracts/work';
import { Problem } from '@runbin/platform/problem';
import { ResultDesk } from '../submissions/result.desk';
import { ResultWaiters } from '../waiting/result.waiters';
import { RunInputs } from './run.inputs';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
/** Nothing waits in the queue longer than it takes to be reconciled some times. */
const GIVE_UP_MS = 60 * 60 * 1000;

/**
 * Runs that somebody wants to end. One that is still in the queue hears nothing: it is told as soon as a runner has it,
 * and again should it be tried once more, until there is a result. Kept in memory: when this gateway stops, a run that
 * has not begun goes on to its limits (ADR 25).
 */
@Injectable()
export class Cancellations {
  private readonly logger = new Logger('Cancellations');
  private readonly pending = new Set<string>();

  constructor(
    private readonly inputs: RunInputs,
    private readonly results: ResultDesk,
    private readonly waiters: ResultWaiters,
  ) {}

  cancel(submissionId: string): void {
    if (this.pending.has(submissionId)) return;
    this.pending.add(submissionId);
    this.pursue(submissionId)
      .catch((error: unknown) => this.logger.error(error))
      .finally(() => this.pending.delete(submissionId));
  }

  /** How many are not over yet. */
  get size(): number {
    return this.pending.size;
  }

  private async pursue(submissionId: string): Promise<void> {
    using waiter = this.waiters.register(submissionId, 'anything');
    const deadline = performance.now() + GIVE_UP_MS;
    const { signal } = new AbortController();
    let retryMs = FIRST_RETRY_MS;
    do {
      const delivery = await this.inputs.deliver(submissionId, { v: MESSAGE_VERSION, kind: 'cancel' });
      await waiter.wake(delivery === 'taken' ? LAST_RETRY_MS : retryMs, signal);
      retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    } while (performance.now() < deadline && !this.waiters.isClosing && !(await this.isOver(submissionId)));
  }

  private async isOver(submissionId: string): Promise<boolean> {
    try {
      return isFinal((await this.results.now(submissionId)).status);
    } catch (error) {
      return !(error instanceof Problem && error.code === 'unavailable');
    }
  }
}
