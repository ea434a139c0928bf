import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { NOTHING_RAN, type Outcome, type OutputLog } from '@runbin/contracts/result';
import { RUN_FINISHED, RUN_STARTED } from '@runbin/contracts/subjects';
import { type ExecuteRun, MESSAGE_VERSION, type RunFinished, type RunStarted } from '@runbin/contracts/work';
import { keepDeadLetter } from '@runbin/messaging/dead.letter';
import type { Delivery } from '@runbin/messaging/delivery';
import { DurablePublisher, isTooLarge } from '@runbin/messaging/durable.publisher';
import type { Execution } from '../execution/run.executor';
import type { Toolchain } from '../languages/toolchains';
import type { RunClock } from './run.clock';

export const RUNNER_ID = Symbol('RUNNER_ID');

const PUBLISH_RETRY_MS = 500;
/** A run that ends sooner is not announced as running: nobody would see it, and it costs the system a write. */
const UNANNOUNCED_MS = 50;

const TOO_LARGE: Outcome = {
  ...NOTHING_RAN,
  status: 'internal_error',
  message: 'Your program ran, but what it wrote is larger than this installation can pass on.',
};

/** What became of a try. */
export interface Ended extends Execution {
  /** In which pieces its output was published; null: nothing ran. */
  readonly outputLog: OutputLog | null;
}

/** A try that has begun. Dispose it when it is over, however it ends. */
export interface BegunRun extends Disposable {
  readonly event: RunStarted;
}

/** One try at a submission, as it is told to the result service. */
@Injectable()
export class RunEvents {
  private readonly logger = new Logger('RunEvents');

  constructor(
    private readonly publisher: DurablePublisher,
    @Inject(RUNNER_ID) private readonly runnerId: string,
  ) {}

  /**
   * Says that it has begun, unless it is over in a moment. Losable, and not waited for: the finished event tells the
   * same and more. A second attempt is announced at once: from then on the first one's outcome comes too late.
   */
  begin(
    work: Pick<ExecuteRun, 'submission_id' | 'queued_at'>,
    attempt: number,
    { language, version }: Toolchain,
    clock: RunClock,
  ): BegunRun {
    const picked_at = clock.iso();
    const event: RunStarted = {
      v: MESSAGE_VERSION,
      submission_id: work.submission_id,
      attempt,
      runner_id: this.runnerId,
      language: language.id,
      language_version: version,
      queued_at: work.queued_at,
      picked_at,
      started_at: picked_at,
    };
    const timer = setTimeout(() => this.announce(event), attempt > 1 ? 0 : UNANNOUNCED_MS);
    return { event, [Symbol.dispose]: () => clearTimeout(timer) };
  }

  /**
   * Says how it ended, trying until the broker has it: the outcome exists only here.
   * @throws Error of the last try, once the signal is aborted
   */
  async finished(
    event: RunStarted,
    { outcome, times, outputLog }: Ended,
    clock: RunClock,
    signal: AbortSignal,
  ): Promise<void> {
    let finished: RunFinished = {
      ...event,
      sandbox_ready_at: clock.isoOrNull(times.readyAt),
      compiled_at: clock.isoOrNull(times.compiledAt),
      started_at: clock.isoOrNull(times.releasedAt) ?? event.started_at,
      finished_at: clock.isoOrNull(times.endedAt) ?? clock.iso(),
      outcome,
      output_log: outputLog,
    };
    for (;;) {
      try {
        await this.publisher.publish(
          RUN_FINISHED,
          finished,
          `${event.submission_id}:${event.attempt}:finished`,
        );
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        if (isTooLarge(error) && finished.outcome !== TOO_LARGE) {
          this.logger.error(`${event.submission_id} becomes internal_error: ${String(error)}`);
          finished = { ...finished, outcome: TOO_LARGE, output_log: null };
          continue;
        }
        this.logger.warn(`run.finished was not stored, trying again: ${String(error)}`);
        await delay(PUBLISH_RETRY_MS);
      }
    }
  }

  private announce(event: RunStarted): void {
    this.publisher
      .publish(RUN_STARTED, event, `${event.submission_id}:${event.attempt}:started`)
      .catch((error: unknown) => {
        this.logger.debug(`run.started was not stored: ${String(error)}`);
      });
  }

  /** Keeps a message that can not succeed, for a person. */
  async dead(delivery: Delivery, reason: string): Promise<void> {
    await keepDeadLetter(this.publisher, delivery, reason, this.runnerId);
  }
}
