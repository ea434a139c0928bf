import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RepeatingTask } from './repeating.task';

/** A table whose rows are named by the ids of submissions (UUIDv7: their order is that of time). */
export interface ExpiringStore {
  /** Of what was made before this moment and is over, the first ids after this one, in order. */
  findExpired(before: Date, after: string, limit: number): Promise<string[]>;
  remove(ids: readonly string[]): Promise<void>;
}

const BATCH = 500;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** The least UUIDv7 (RFC 9562: 48 bits of milliseconds first) that can have been made at this moment or later. */
export function firstIdAt(moment: Date): string {
  const milliseconds = moment.getTime().toString(16).padStart(12, '0');
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-0000-0000-000000000000`;
}

/**
 * Removes what is older than so many days, in small batches, once an hour. What a share link still shows is kept for
 * as long as the link lives; while that can not be asked, nothing is removed.
 */
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Retention');
  private readonly task = new RepeatingTask('Retention', HOUR_MS, () => this.round());
  private stopping = false;

  /**
   * @param days 0: for ever
   * @param linkedAmong which of these submissions have a link that opens
   */
  constructor(
    private readonly store: ExpiringStore,
    private readonly days: number,
    private readonly linkedAmong: (ids: readonly string[]) => Promise<readonly string[]>,
  ) {}

  onApplicationBootstrap(): void {
    if (this.days === 0) return;
    this.task.start();
    void this.task.runNow();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.task.stop();
  }

  /** A round now, or the one that is running. Never rejects. */
  runNow(): Promise<void> {
    return this.task.runNow();
  }

  private async round(): Promise<void> {
    const before = new Date(Date.now() - this.days * DAY_MS);
    let removed = 0;
    for (let after = FIRST_ID; !this.stopping;) {
      const ids = await this.store.findExpired(before, after, BATCH);
      const last = ids.at(-1);
      if (last === undefined) break;
      const linked = new Set(await this.linkedAmong(ids));
      const expired = ids.filter((id) => !linked.has(id));
      if (expired.length > 0) await this.store.remove(expired);
      removed += expired.length;
      after = last;
    }
    if (removed > 0) this.logger.log(`removed ${removed} that were older than ${this.days} days`);
  }
}
