import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RESULT_READY_ALL } from '@runbin/contracts/subjects';
import { ResultReadySchema } from '@runbin/contracts/work';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { MicroBatch } from '@runbin/persistence/micro.batch';
import { SubmissionStore } from './submission.store';

const DELAY_MS = 100;
const MAX_BATCH = 500;

/**
 * Notes which submissions have their final result, so that the reconciler need not ask. What is missed here
 * (announcements are losable) it finds out.
 */
@Injectable()
export class FinishedListener implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('FinishedListener');
  private readonly finished = new MicroBatch<string>((ids) => this.mark(ids), {
    maxItems: MAX_BATCH,
    delayMs: DELAY_MS,
  });

  constructor(
    private readonly nats: NatsConnection,
    private readonly store: SubmissionStore,
  ) {}

  onApplicationBootstrap(): void {
    this.nats.core.subscribe(RESULT_READY_ALL, {
      queue: 'submission',
      callback: (error, message) => {
        if (!error) this.note(message.data);
      },
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.finished.idle();
  }

  private note(data: Uint8Array): void {
    try {
      const ready = ResultReadySchema.parse(JSON.parse(Buffer.from(data).toString()));
      if (ready.final) this.finished.add(ready.submission_id);
    } catch (error) {
      this.logger.warn(`an announcement is malformed: ${String(error)}`);
    }
  }

  private async mark(ids: string[]): Promise<void> {
    await this.store.markFinished(ids).catch((error: unknown) => {
      this.logger.warn(`${ids.length} results are left to the reconciler: ${String(error)}`);
    });
  }
}
