import type { GetStatusResponse } from '@runbin/contracts/service.status';
import { wordsOf } from '../api/problem';

/** How long after an answer it is asked again. */
const INTERVAL_MS = 2_000;
/** An answer that takes longer is not waited for. */
const PATIENCE_MS = 10_000;

export interface FeedState {
  /** The last that was told; it stays while nothing new comes. */
  readonly status: GetStatusResponse | undefined;
  /** When it was told, by the clock of this machine. */
  readonly toldAt: number | undefined;
  /** Why nothing new comes, in words. */
  readonly problem: string | undefined;
  readonly isPaused: boolean;
}

/** Asks for the status again and again, while it is looked at and nobody has paused it. */
export class StatusFeed {
  private now: FeedState = { status: undefined, toldAt: undefined, problem: undefined, isPaused: false };
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | undefined;
  private isSeen = false;

  constructor(private readonly ask: (signal: AbortSignal) => Promise<GetStatusResponse>) {}

  get state(): FeedState {
    return this.now;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether anybody looks: a page that is hidden asks for nothing. */
  see(isSeen: boolean): void {
    if (this.isSeen === isSeen) return;
    this.isSeen = isSeen;
    this.follow();
  }

  pause(isPaused: boolean): void {
    this.change({ isPaused });
    this.follow();
  }

  private follow(): void {
    clearTimeout(this.timer);
    if (!this.isSeen || this.now.isPaused) this.asking?.abort();
    else void this.round();
  }

  private async round(): Promise<void> {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    const late = setTimeout(() => asking.abort(new Error('The server does not answer.')), PATIENCE_MS);
    try {
      const status = await this.ask(asking.signal);
      if (this.asking === asking) this.change({ status, toldAt: Date.now(), problem: undefined });
    } catch (error) {
      if (this.asking === asking && this.goesOn) {
        this.change({ problem: wordsOf(error) });
      }
    } finally {
      clearTimeout(late);
    }
    if (this.asking === asking && this.goesOn) this.timer = setTimeout(() => void this.round(), INTERVAL_MS);
  }

  private get goesOn(): boolean {
    return this.isSeen && !this.now.isPaused;
  }

  private change(change: Partial<FeedState>): void {
    this.now = { ...this.now, ...change };
    for (const listener of this.listeners) listener();
  }
}
