import { RateLimiter } from '../admission/rate.limiter';

/** What one socket may send: a person types, a program pipes. */
const MESSAGES = { perSecond: 500, burst: 2_000 };
const BLOCKS = { perSecond: 128, burst: 512 };
const BLOCK_BYTES = 64 * 1024;

/** Measures what comes in on one socket. */
export class SocketMeter {
  private readonly messages = new RateLimiter(MESSAGES);
  private readonly blocks = new RateLimiter(BLOCKS);
  /** Bytes that are no whole block yet. */
  private rest = 0;

  /** @returns whether it is more than a client may send */
  exceeds(bytes: number, nowMs = performance.now()): boolean {
    if (!this.messages.take('', nowMs).allowed) return true;
    for (this.rest += bytes; this.rest >= BLOCK_BYTES; this.rest -= BLOCK_BYTES)
      if (!this.blocks.take('', nowMs).allowed) return true;
    return false;
  }
}
