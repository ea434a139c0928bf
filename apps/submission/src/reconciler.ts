import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { resultFinals } from '@runbin/contracts/rpc';
import { workSubject } from '@runbin/contracts/subjects';
import { type NatsConnection } from '@runbin/messaging/nats.connection';
import { RepeatingTask } from '@runbin/persistence/repeating.task';
import { Problem } from '@runbin/platform/problem';
import { type RpcClient } from '@runbin/platform/rpc.client';
import { executeRun, messageIdOf } from './execute.run';
import { type DispatchRow, type SubmissionStore } from './submission.store';
import { type WorkQueue } from './work.queue';

export interface ReconcilerOptions {
  readonly intervalMs: number;
  /** Silence after which a submission without a result is looked into. */
  readonly silentMs: number;
}

const BATCH = 500;
/**
 * A broker that comes back may have lost what it held: so long afterwards everything is looked into that was silent a
 * little less long, once.
 */
const CHECK_UP_MS = 6_000;
const CHECK_UP_SILENT_MS = 5_000;

/**
 * Postgres is the record, NATS only the wire: what is on record without a final result is sent again, whatever
 * became of it on the wire. It can not run twice side by side by this: the broker holds one message per
 * submission from the first send until a runner has emitted the outcome, and answers `held` until then.
 * When the result service can not be asked nothing is sent: the result may well be there.
 */
export class Reconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Reconciler');
  private readonly task: RepeatingTask;
  private silentMs: number;
  private checkUp: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: SubmissionStore,
    private readonly rpc: RpcClient,
    private readonly queue: WorkQueue,
    private readonly nats: NatsConnection,
    private readonly options: ReconcilerOptions,
  ) {
    this.silentMs = options.silentMs;
    this.task = new RepeatingTask('Reconciler', options.intervalMs, () => this.round());
  }

  onApplicationBootstrap(): void {
    this.task.start();
    this.nats.onReconnected(() => this.checkUpSoon());
    // Whatever ended us may have ended the broker.
    this.checkUpSoon();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.checkUp);
    await this.task.stop();
  }

  private checkUpSoon(): void {
    clearTimeout(this.checkUp);
    this.checkUp = setTimeout(() => {
      this.silentMs = Math.min(CHECK_UP_SILENT_MS, this.options.silentMs);
      void this.task.runNow();
    }, CHECK_UP_MS);
  }

  private async round(): Promise<void> {
    const { silentMs } = this;
    while (this.queue.isReady) {
      const silent = await this.store.findSilent(silentMs, BATCH);
      const finished = await this.finishedAmong(silent);
      if (!finished) return;
      if (finished.length > 0) await this.store.markFinished(finished);
      const known = new Set(finished);
      const unfinished = silent.filter((id) => !known.has(id));
      const failed = await this.sendAgain(unfinished, silentMs);
      if (failed > 0) return;
      if (silent.length < BATCH) {
        this.silentMs = this.options.silentMs;
        return;
      }
    }
  }

  /** undefined: the result service can not be asked. */
  private async finishedAmong(ids: string[]): Promise<string[] | undefined> {
    if (ids.length === 0) return [];
    try {
      return (await this.rpc.call(resultFinals, { submission_ids: ids })).submission_ids;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.logger.warn(`skips this round: ${error.detail}`);
      return undefined;
    }
  }

  /** @returns how many could not be sent */
  private async sendAgain(ids: string[], silentMs: number): Promise<number> {
    if (ids.length === 0) return 0;
    const claimed = await this.store.claimSilent(ids, silentMs);
    const outcomes = await Promise.allSettled(claimed.map((submission) => this.dispatchAgain(submission)));
    const failed = claimed.filter((_, index) => outcomes[index]?.status === 'rejected').map(({ id }) => id);
    if (failed.length > 0) await this.store.unclaim(failed, silentMs);
    const stored = outcomes.filter(
      (outcome) => outcome.status === 'fulfilled' && outcome.value === 'stored',
    ).length;
    if (stored > 0) this.logger.warn(`dispatched ${stored} submissions again: the broker had lost them`);
    // Those that it holds are queued or running; or nobody is given them, and that can be mended.
    if (stored < claimed.length - failed.length) this.queue.ensure();
    return failed.length;
  }

  private async dispatchAgain(submission: DispatchRow) {
    const dispatch = submission.dispatch + 1;
    const outcome = await this.queue.publish(
      workSubject(submission.language, submission.id, submission.lane ?? 'light'),
      executeRun(submission, dispatch),
      messageIdOf(submission.id, dispatch),
    );
    if (outcome === 'stored') await this.store.markDispatched(submission.id, dispatch);
    return outcome;
  }
}
