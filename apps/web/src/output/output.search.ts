import { spansOf } from './ansi';
import type { OutputStore } from './output.store';

/** More rows are counted, but not gone to. */
export const MAX_FOUND = 10_000;
/** Rows that are looked through between two looks at the clock. */
const ROWS_AT_A_TIME = 512;
const SLICE_MS = 8;

/**
 * Looks for text in the rows of an output, without regard to case, in slices that a page does not notice; output that
 * comes later is looked through when it is there.
 */
export class OutputSearch {
  /** Rows that hold it, in their order. */
  readonly found: number[] = [];
  private at = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly wanted: string;
  private readonly stopListening: () => void;

  /** @param onFound called when more was found, and at the end */
  constructor(
    private readonly output: OutputStore,
    text: string,
    private readonly onFound: () => void,
  ) {
    this.wanted = text.toLowerCase();
    this.stopListening = output.onChange(() => this.goOn());
    this.goOn();
  }

  /** Whether all rows that are there were looked through. */
  get isDone(): boolean {
    return this.at >= this.output.rowCount || this.found.length >= MAX_FOUND;
  }

  dispose(): void {
    this.stopListening();
    clearTimeout(this.timer);
  }

  private goOn(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.look();
    });
  }

  private look(): void {
    if (this.output.rowCount < this.at) {
      this.at = 0;
      this.found.length = 0;
    }
    const end = performance.now() + SLICE_MS;
    do {
      const until = Math.min(this.at + ROWS_AT_A_TIME, this.output.rowCount);
      // The last row may still grow: it is looked at again.
      for (; this.at < until && this.found.length < MAX_FOUND; this.at++) {
        if (this.holds(this.at) && this.found.at(-1) !== this.at) this.found.push(this.at);
      }
    } while (!this.isDone && performance.now() < end);
    this.onFound();
    if (!this.isDone) this.goOn();
    else if (this.at > 0 && this.found.length < MAX_FOUND) this.at--;
  }

  private holds(row: number): boolean {
    const { text, pen } = this.output.row(row);
    if (text.length < this.wanted.length) return false;
    const spans = spansOf(text, pen);
    const shown = spans.length === 1 ? (spans[0]?.text ?? '') : spans.map((span) => span.text).join('');
    return shown.toLowerCase().includes(this.wanted);
  }
}
