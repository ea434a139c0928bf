import type { JsMsg } from '@nats-io/jetstream';

/** A message that the broker has not heard of for this long is delivered again, to whoever asks. */
export const ACK_WAIT_MS = 5_000;
/** How often a message in work tells the broker that it is alive. */
const IN_PROGRESS_INTERVAL_MS = ACK_WAIT_MS / 4;

/** This process did not run for so long that its message is somebody else's by now: nothing may be said about it. */
export class LeaseLost extends Error {
  constructor() {
    super(`it was not held for ${ACK_WAIT_MS / 1000} s, and is somebody else's by now`);
  }
}

/** A message that is ours for as long as this is not disposed. */
export interface Lease extends Disposable {
  /** Aborted by what `keepAlive` was given, or with LeaseLost. */
  readonly signal: AbortSignal;
}

/** One message in hand: it must end in exactly one of ack, nak or drop. */
export class Delivery {
  constructor(private readonly message: JsMsg) {}

  get subject(): string {
    return this.message.subject;
  }

  /** 1 for the first delivery of this message. */
  get deliveries(): number {
    return this.message.info.deliveryCount;
  }

  /** Milliseconds since it was published, as far as the broker's clock and ours agree. */
  get ageMs(): number {
    return Date.now() - this.message.info.timestampNanos / 1e6;
  }

  /** Position in the stream: one message, one number, however often it is delivered. */
  get sequence(): number {
    return this.message.seq;
  }

  get bytes(): Uint8Array {
    return this.message.data;
  }

  /** @throws SyntaxError when the message is not JSON */
  json(): unknown {
    return this.message.json();
  }

  ack(): void {
    this.message.ack();
  }

  /** Gives it back: it is delivered again after the delay. */
  nak(delayMs: number): void {
    this.message.nak(delayMs);
  }

  /**
   * Drops it for good. By an ack: a work-queue stream keeps a message that was terminated (seen with
   * nats-server 2.9), and with it the subject that may hold only one.
   */
  drop(): void {
    this.message.ack();
  }

  /**
   * Keeps the message ours for as long as work on it goes on; dispose to stop. What counts is this process's own
   * clock: one that was stopped finds out when it goes on, before it does anything else.
   */
  keepAlive(stopping: AbortSignal): Lease {
    const ended = new AbortController();
    const stop = () => ended.abort(stopping.reason);
    stopping.addEventListener('abort', stop, { once: true });
    if (stopping.aborted) stop();
    let heldAt = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      if (now - heldAt > ACK_WAIT_MS) return ended.abort(new LeaseLost());
      heldAt = now;
      this.message.working();
    }, IN_PROGRESS_INTERVAL_MS);
    return {
      signal: ended.signal,
      [Symbol.dispose]: () => {
        clearInterval(timer);
        stopping.removeEventListener('abort', stop);
      },
    };
  }
}
