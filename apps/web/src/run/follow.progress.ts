import type {
  FollowEvent,
  SharedEvent,
  SharedFinishedEvent,
  SharedStatusEvent,
} from '@runbin/contracts/follow.events';
import type { SharedResult } from '@runbin/contracts/result';
import type { OutputStore } from '../output/output.store';

/** What an event was, for whoever follows the run. */
export type Taken =
  | { readonly what: 'status'; readonly event: SharedStatusEvent }
  | { readonly what: 'finished'; readonly event: SharedFinishedEvent }
  /** New output, which is in the store. */
  | { readonly what: 'output' }
  /** It was told before, or an attempt that was started over told it. */
  | { readonly what: 'known' }
  /** Something before it has not been told: go on from `position` again. */
  | { readonly what: 'gap' };

/**
 * How far a run has been followed. Events may be told twice and by several connections: each piece of output comes into
 * the store once, in its order, and a higher attempt starts over.
 */
export class FollowProgress {
  private attempt = 0;
  /** Pieces of this attempt that are in the store. */
  private seen = 0;
  private isKnown = false;

  constructor(private readonly output: Pick<OutputStore, 'append' | 'clear' | 'end'>) {}

  /** Where to go on; undefined: nothing has been told yet. */
  get position(): string | undefined {
    return this.isKnown ? `${this.attempt}.${this.seen}` : undefined;
  }

  take(event: FollowEvent | SharedEvent): Taken {
    this.isKnown = true;
    const attempt = event.type === 'finished' ? event.result.attempt : event.attempt;
    if (attempt < this.attempt) return { what: 'known' };
    if (attempt > this.attempt) this.startOver(attempt);
    switch (event.type) {
      case 'status':
        return { what: 'status', event };
      case 'finished':
        this.output.end();
        return { what: 'finished', event };
      case 'output':
        if (event.seq < this.seen) return { what: 'known' };
        if (event.seq > this.seen) return { what: 'gap' };
        this.seen++;
        this.output.append(event);
        return { what: 'output' };
    }
  }

  /** The whole result at once, in the place of what was told; which of its streams came first is not known. */
  takeResult(result: SharedResult): void {
    this.output.clear();
    for (const stream of ['stdout', 'stderr'] as const) {
      const encoding = result[`${stream}_encoding`];
      if (result[stream] !== '') this.output.append({ stream, data: result[stream], encoding, at_ms: 0 });
    }
    this.output.end();
  }

  private startOver(attempt: number): void {
    // The first is entered by the program's first sign of life: nothing is there that could be void.
    if (this.seen > 0) this.output.clear();
    this.attempt = attempt;
    this.seen = 0;
  }
}
