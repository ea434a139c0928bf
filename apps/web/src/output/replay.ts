/** What happens at a moment of a run, in milliseconds from its start. */
export interface Moment {
  readonly at_ms: number;
}

export interface ReplayTarget<Piece> {
  /** Everything shown is void: it starts over. */
  clear(): void;
  show(piece: Piece): void;
  /** Playing or not, speed, end; and, while it plays, the position now and then. */
  changed?(): void;
}

export interface ReplayClock {
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

const REAL_CLOCK: ReplayClock = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/** How often a position is told while nothing else happens. */
const TICK_MS = 100;

/**
 * Plays the pieces of a run's output again at the times at which they came, without any framework: what is shown is the
 * target's affair.
 */
export class Replay<Piece extends Moment> {
  readonly durationMs: number;
  private position = 0;
  private next = 0;
  private rate = 1;
  private timer: unknown;
  /** Clock's time of position 0 at this rate, while it plays. */
  private origin: number | undefined;

  /**
   * @param pieces in the order of their times
   * @param durationMs how long the run took, which may be longer than its output
   */
  constructor(
    private readonly pieces: readonly Piece[],
    private readonly target: ReplayTarget<Piece>,
    durationMs = 0,
    private readonly clock: ReplayClock = REAL_CLOCK,
  ) {
    this.durationMs = Math.max(durationMs, pieces.at(-1)?.at_ms ?? 0);
  }

  get isPlaying(): boolean {
    return this.origin !== undefined;
  }

  get hasEnded(): boolean {
    return this.position >= this.durationMs && this.next >= this.pieces.length;
  }

  get positionMs(): number {
    return this.position;
  }

  get speed(): number {
    return this.rate;
  }

  /** 1 is real time. */
  set speed(rate: number) {
    this.advance();
    this.rate = rate;
    if (this.isPlaying) this.start();
    else this.target.changed?.();
  }

  /** Goes on, or starts over from the end. */
  play(): void {
    if (this.isPlaying) return;
    if (this.hasEnded || this.next === 0) this.rewind();
    this.start();
  }

  pause(): void {
    this.advance();
    this.stop();
    this.target.changed?.();
  }

  /** Shows what had been written by then, and plays on from there if it was playing. */
  seek(positionMs: number): void {
    if (positionMs < this.position) this.rewind();
    this.position = Math.min(Math.max(0, positionMs), this.durationMs);
    this.showDue();
    if (this.isPlaying) this.start();
    else this.target.changed?.();
  }

  /** Plays no more. */
  dispose(): void {
    this.stop();
  }

  private rewind(): void {
    this.position = this.next = 0;
    this.target.clear();
  }

  private start(): void {
    this.origin = this.clock.now() - this.position / this.rate;
    this.step();
  }

  private stop(): void {
    this.clock.clearTimeout(this.timer);
    this.origin = undefined;
  }

  private step(): void {
    this.clock.clearTimeout(this.timer);
    this.advance();
    if (this.hasEnded) this.stop();
    else {
      const dueMs = ((this.pieces[this.next]?.at_ms ?? this.durationMs) - this.position) / this.rate;
      this.timer = this.clock.setTimeout(() => this.step(), Math.min(Math.max(0, dueMs), TICK_MS));
    }
    this.target.changed?.();
  }

  /** Comes to where the clock is. */
  private advance(): void {
    if (this.origin === undefined) return;
    this.position = Math.min((this.clock.now() - this.origin) * this.rate, this.durationMs);
    this.showDue();
  }

  private showDue(): void {
    for (
      let piece = this.pieces[this.next];
      piece && piece.at_ms <= this.position;
      piece = this.pieces[this.next]
    ) {
      this.next++;
      this.target.show(piece);
    }
  }
}
