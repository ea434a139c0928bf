import { unescapedBytes } from './bytes';
import type { OutputStore } from './output.store';

/** What of a terminal is written to. */
export interface Screen {
  write(bytes: Uint8Array, done: () => void): void;
  reset(): void;
}

/** A terminal gets no more at a time: what waits in it can not be stopped any more. */
const IN_FLIGHT_BYTES = 256 * 1024;

/** Writes the output of a run to a terminal, all of it and in its order, as fast as that draws it. */
export class TerminalFeed {
  private next = 0;
  private inFlight = 0;
  /** Grows when the output begins anew: what was written before is void. */
  private generation = 0;
  private readonly stopListening: () => void;

  constructor(
    private readonly output: OutputStore,
    private readonly screen: Screen,
  ) {
    this.stopListening = output.onChange(() => this.pump());
    this.pump();
  }

  /** Whether the terminal shows all that there is. */
  get isDrained(): boolean {
    return this.inFlight === 0 && this.next === this.output.textCount;
  }

  dispose(): void {
    this.stopListening();
    this.generation++;
  }

  private pump(): void {
    if (this.output.textCount < this.next) {
      this.generation++;
      this.next = this.inFlight = 0;
      this.screen.reset();
    }
    const { generation } = this;
    while (this.inFlight < IN_FLIGHT_BYTES && this.next < this.output.textCount) {
      const bytes = unescapedBytes(this.output.textAt(this.next++).text);
      this.inFlight += bytes.length;
      this.screen.write(bytes, () => {
        if (generation !== this.generation) return;
        this.inFlight -= bytes.length;
        this.pump();
      });
    }
  }
}
