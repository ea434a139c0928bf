import type { Told } from './told';

/** Most characters that one run keeps. */
const WINDOW_CHARACTERS = 1024 * 1024;

/** What all windows together hold. */
export class WindowPool {
  held = 0;

  /** @param limit characters; beyond it each window keeps its newest piece only */
  constructor(readonly limit = 64 * 1024 * 1024) {}
}

/**
 * Pieces of one attempt's output that were heard or read lately, by number. It may have gaps, and forgets: what is
 * not here is read again from who has it.
 */
export class OutputWindow {
  /** In the order in which they came. */
  private readonly pieces = new Map<number, Told>();
  private held = 0;

  constructor(
    private readonly pool: WindowPool,
    private readonly limit = WINDOW_CHARACTERS,
  ) {}

  get(seq: number): Told | undefined {
    return this.pieces.get(seq);
  }

  put(seq: number, piece: Told): void {
    this.drop(seq);
    this.pieces.set(seq, piece);
    this.count(piece.json.length);
    for (const oldest of this.pieces.keys()) {
      if ((this.held <= this.limit && this.pool.held <= this.pool.limit) || this.pieces.size === 1) return;
      this.drop(oldest);
    }
  }

  clear(): void {
    this.pieces.clear();
    this.count(-this.held);
  }

  private drop(seq: number): void {
    this.count(-(this.pieces.get(seq)?.json.length ?? 0));
    this.pieces.delete(seq);
  }

  private count(characters: number): void {
    this.held += characters;
    this.pool.held += characters;
  }
}
