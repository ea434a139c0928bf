import { type Budgets, overloaded } from '../admission/budgets';
import type { Share } from '../admission/budget';
import type { Client } from '../admission/client';

/** Records below this are not worth counting. */
const LARGE_RECORD_BYTES = 64 * 1024;
/** Followers get this long to take a record, and a second for each so many bytes of it; then they are to come again. */
const TAKE_MS = 60_000;
const TAKEN_BYTES_PER_S = 64 * 1024;

/** The memory of one record, among that of all large answers: somebody who reads slowly does not hold it for ever. */
export class HeldRecord implements Disposable {
  private share: Share | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly budgets: Pick<Budgets, 'answers'>,
    private readonly client: Client,
    private readonly tooSlow: () => void,
  ) {}

  /** @throws Problem `overloaded` */
  hold(bytes: number): void {
    if (bytes < LARGE_RECORD_BYTES) return;
    const share = this.budgets.answers.take(this.client, bytes);
    if (typeof share === 'string') throw overloaded();
    this.share = share;
    this.timer = setTimeout(this.tooSlow, TAKE_MS + (bytes / TAKEN_BYTES_PER_S) * 1000).unref();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
    this.share?.[Symbol.dispose]();
  }
}
