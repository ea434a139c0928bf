import type { OutputMessage } from '@runbin/contracts/live';
import { splitUtf8 } from '@runbin/contracts/text';
import type { OutputPiece } from '../sandbox/sandbox';
import type { OutputRecord } from './output.record';

/** What comes this soon after something was sent is gathered, in milliseconds: nobody reads faster. */
const GATHER_MS = 16;
/** So much is sent without waiting. */
const GATHER_BYTES = 32 * 1024;
/** However long a run has gone on, a message is not larger than about this. */
const MAX_GATHER_BYTES = 256 * 1024;
/** How often the streams may take turns in what is gathered; beyond that each is told as one piece. */
const MAX_TURNS = 16;
/**
 * After each so many pieces everything is gathered twice as long: whatever a program does within a minute and 16 MiB of
 * each stream, it is told in fewer than 5,000, for its result names every one of them.
 */
const PIECES_PER_PACE = 1_000;

const NOTHING = Buffer.alloc(0);

/** What a stream wrote before the other one did. */
interface Turn {
  readonly stream: OutputPiece['stream'];
  readonly atMs: number;
  readonly pieces: Buffer[];
}

/**
 * Makes messages of what one attempt writes. The first byte goes out at once, and a flood in few messages: each
 * costs everybody on its way the same, however little it holds.
 */
export class OutputStream implements Disposable {
  private turns: Turn[] = [];
  private gathered = 0;
  private lastSentAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  /** Of each stream the beginning of a character, and when it came. */
  private readonly rest: Record<OutputPiece['stream'], { atMs: number; bytes: Buffer }> = {
    stdout: { atMs: 0, bytes: NOTHING },
    stderr: { atMs: 0, bytes: NOTHING },
  };

  constructor(
    /** Keeps what is sent. */
    private readonly record: OutputRecord,
    private readonly send: (message: OutputMessage) => void,
  ) {}

  take({ stream, atMs, bytes }: OutputPiece): void {
    this.turnOf(stream, atMs).pieces.push(bytes);
    this.gathered += bytes.length;
    const { pace } = this;
    const waitMs = this.lastSentAt + GATHER_MS * pace - performance.now();
    const enough = Math.min(GATHER_BYTES * pace, MAX_GATHER_BYTES);
    if (this.gathered >= enough || waitMs <= 0) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), waitMs);
  }

  /** Sends what is left, and that nothing follows. */
  end(): void {
    this.flush();
    for (const stream of ['stdout', 'stderr'] as const) {
      const { atMs, bytes } = this.rest[stream];
      if (bytes.length > 0) this.sendPiece(stream, atMs, bytes);
    }
    this.send(this.record.end());
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
  }

  /** How many times as long, and as much, is gathered by now. */
  private get pace(): number {
    return 2 ** Math.floor(this.record.written / PIECES_PER_PACE);
  }

  private turnOf(stream: OutputPiece['stream'], atMs: number): Turn {
    const last = this.turns.at(-1);
    const mayTurn = this.turns.length < Math.max(2, MAX_TURNS / this.pace);
    const same = mayTurn ? last : this.turns.findLast((turn) => turn.stream === stream);
    if (same?.stream === stream) return same;
    const turn: Turn = { stream, atMs, pieces: [] };
    this.turns.push(turn);
    return turn;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.lastSentAt = performance.now();
    this.gathered = 0;
    for (const { stream, atMs, pieces } of this.turns.splice(0)) {
      const before = this.rest[stream];
      const sinceMs = before.bytes.length > 0 ? before.atMs : atMs;
      const [whole, rest] = splitUtf8(joined(before.bytes, pieces));
      this.rest[stream] = { atMs: whole.length > 0 ? atMs : sinceMs, bytes: rest };
      if (whole.length > 0) this.sendPiece(stream, sinceMs, whole);
    }
  }

  private sendPiece(stream: OutputPiece['stream'], atMs: number, bytes: Buffer): void {
    this.send(this.record.add({ stream, at_ms: Math.round(atMs), bytes }));
  }
}

/** One piece alone is not copied. */
function joined(before: Buffer, pieces: readonly Buffer[]): Buffer {
  const [only, second] = pieces;
  return only && !second && before.length === 0 ? only : Buffer.concat([before, ...pieces]);
}
