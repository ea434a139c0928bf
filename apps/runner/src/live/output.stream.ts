import type { OutputChunk, OutputMessage } from '@runbin/contracts/live';
import { encodeBytes, splitUtf8 } from '@runbin/contracts/text';
import { MESSAGE_VERSION } from '@runbin/contracts/work';
import type { OutputPiece } from '../sandbox/sandbox';

/** What comes this soon after something was sent is gathered, in milliseconds: nobody reads faster. */
const GATHER_MS = 16;
/** So much is sent without waiting. */
const GATHER_BYTES = 32 * 1024;
/** How often the streams may take turns in what is gathered; beyond that each is told as one piece. */
const MAX_TURNS = 16;

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
  private seq = 0;
  private lastSentAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  /** Of each stream the beginning of a character, and when it came. */
  private readonly rest: Record<OutputPiece['stream'], { atMs: number; bytes: Buffer }> = {
    stdout: { atMs: 0, bytes: NOTHING },
    stderr: { atMs: 0, bytes: NOTHING },
  };

  constructor(
    private readonly run: Pick<OutputMessage, 'submission_id' | 'attempt' | 'picked_at'>,
    private readonly send: (message: OutputMessage) => void,
  ) {}

  take({ stream, atMs, bytes }: OutputPiece): void {
    this.turnOf(stream, atMs).pieces.push(bytes);
    this.gathered += bytes.length;
    const waitMs = this.lastSentAt + GATHER_MS - performance.now();
    if (this.gathered >= GATHER_BYTES || waitMs <= 0) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), waitMs);
  }

  /** Sends what is left, and that nothing follows. */
  end(): void {
    this.flush();
    for (const stream of ['stdout', 'stderr'] as const) {
      const { atMs, bytes } = this.rest[stream];
      if (bytes.length > 0) this.sendChunk(stream, atMs, bytes);
    }
    this.send({ ...this.head(), final: true });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
  }

  private turnOf(stream: OutputPiece['stream'], atMs: number): Turn {
    const last = this.turns.at(-1);
    const same = this.turns.length < MAX_TURNS ? last : this.turns.findLast((turn) => turn.stream === stream);
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
      const [whole, rest] = splitUtf8(Buffer.concat([before.bytes, ...pieces]));
      this.rest[stream] = { atMs: whole.length > 0 ? atMs : sinceMs, bytes: rest };
      if (whole.length > 0) this.sendChunk(stream, sinceMs, whole);
    }
  }

  private sendChunk(stream: OutputChunk['stream'], at_ms: number, bytes: Buffer): void {
    const { content: data, encoding } = encodeBytes(bytes);
    this.send({ ...this.head(), final: false, at_ms, stream, data, encoding });
  }

  private head() {
    return { v: MESSAGE_VERSION, ...this.run, seq: this.seq++ } as const;
  }
}
