import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { RepeatingTask } from '@runbin/persistence/repeating.task';
import { Problem } from '@runbin/platform/problem';
import type { AdmissionStore } from './admission.store';
import type { StorageRoom } from './storage.room';

/** How often the count is taken anew, and so how long one replica may not know what another has admitted. */
const COUNT_INTERVAL_MS = 1_000;
const TIDY_INTERVAL_MS = 60_000;

/**
 * Bounds how many submissions are unfinished in the whole deployment (ADR 0012). The count is taken from the
 * database every second; what was admitted here since it began is added. So one replica alone never exceeds the
 * bound, several do by at most what the others admit in that second.
 *
 * What one client has unfinished is counted by the statement that stores a submission. It can not see the
 * statements that run beside it: those of this replica are counted here.
 */
export class Admission implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly counting = new RepeatingTask('Admission', COUNT_INTERVAL_MS, () => this.recount());
  private readonly tidying: RepeatingTask;
  private counted = 0;
  private admitted = 0;
  private readonly inFlight = new Map<string, number>();

  constructor(
    private readonly store: AdmissionStore,
    readonly unfinishedMax: number,
    /** Of one client; the statement that stores a submission counts them. */
    readonly clientUnfinishedMax: number,
    /** Bytes of code, files and input that one client may submit in a day; 0: any. The same statement counts them. */
    readonly clientBytesPerDay: number,
    private readonly room: Pick<StorageRoom, 'refusal'>,
  ) {
    this.tidying = new RepeatingTask('Admission', TIDY_INTERVAL_MS, () => store.tidy());
  }

  async onApplicationBootstrap(): Promise<void> {
    this.counting.start();
    this.tidying.start();
    // A replica that starts into a full queue must not believe that it is empty.
    await this.counting.runNow();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.counting.stop(), this.tidying.stop()]);
  }

  /** Nothing more is taken, of whomever. */
  get isClosed(): boolean {
    return this.isFull || this.room.refusal !== undefined;
  }

  private get isFull(): boolean {
    return this.counted + this.admitted >= this.unfinishedMax;
  }

  /**
   * Stores a submission by `insert`, which answers whether anything was stored. The place is taken before, so
   * that many at one time can not all take the last one.
   * @throws Problem `queue_full`, `storage_full`; else whatever `insert` throws
   */
  async admit<Outcome>(
    client: string | undefined,
    insert: (othersInFlight: number) => Promise<Outcome>,
    wasStored: (outcome: Outcome) => boolean,
  ): Promise<Outcome> {
    if (this.room.refusal !== undefined)
      throw new Problem(
        'storage_full',
        'There is no room to store more; try again later. Nothing was stored.',
      );
    if (this.isFull)
      throw new Problem('queue_full', 'The queue is full; try again later. Nothing was stored.');
    this.admitted++;
    let stored = false;
    try {
      const outcome = await this.withOthers(client, insert);
      stored = wasStored(outcome);
      return outcome;
    } finally {
      if (!stored) this.admitted--;
    }
  }

  private async withOthers<Outcome>(
    client: string | undefined,
    insert: (othersInFlight: number) => Promise<Outcome>,
  ): Promise<Outcome> {
    if (client === undefined) return insert(0);
    const others = this.inFlight.get(client) ?? 0;
    this.inFlight.set(client, others + 1);
    try {
      return await insert(others);
    } finally {
      const left = (this.inFlight.get(client) ?? 1) - 1;
      if (left === 0) this.inFlight.delete(client);
      else this.inFlight.set(client, left);
    }
  }

  private async recount(): Promise<void> {
    const before = this.admitted;
    this.counted = await this.store.count();
    // What was admitted while the database counted may be in the count or not: it counts.
    this.admitted -= before;
  }
}
