import type { Writable } from 'node:stream';
import { frame, FrameIn, STDIN_WINDOW_BYTES } from './supervisor.protocol';

/**
 * What goes to a program's stdin. Never more is on its way than the supervisor has room for: what is sent behind
 * it, a signal for example, does not wait until the program reads.
 */
export class StdinFeed {
  /** What does not fit into the window yet. */
  private waiting: Buffer[] = [];
  /** Bytes that were sent, and that the program is not known to have. */
  private ahead = 0;
  private ended = false;
  private endSent = false;

  constructor(private readonly supervisor: Writable) {}

  get isEnded(): boolean {
    return this.ended;
  }

  /** All of it, as the program takes it. */
  push(bytes: Buffer): void {
    if (bytes.length > 0) this.waiting.push(bytes);
    this.send();
  }

  /** All of it now, or nothing: @returns whether there was room */
  offer(bytes: Buffer): boolean {
    if (this.waiting.length > 0 || this.ahead + bytes.length > STDIN_WINDOW_BYTES) return false;
    this.push(bytes);
    return true;
  }

  /** Nothing follows. */
  end(): void {
    this.ended = true;
    this.send();
  }

  /** The program has so many more bytes. */
  taken(bytes: number): void {
    this.ahead -= bytes;
    this.send();
  }

  private send(): void {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const room = STDIN_WINDOW_BYTES - this.ahead;
      if (next.length > room) this.waiting.unshift(next.subarray(room));
      if (room === 0) return;
      const piece = next.subarray(0, room);
      this.ahead += piece.length;
      this.supervisor.write(frame(FrameIn.stdin, piece));
    }
    if (!this.ended || this.endSent) return;
    this.endSent = true;
    this.supervisor.write(frame(FrameIn.eof));
  }
}
