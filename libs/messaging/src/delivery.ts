import type { Msg } from '@nats-io/transport-node';

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

/** What the broker says of a delivery, by the subject that it hears its answer at. */
interface Facts {
  deliveries: number;
  sequence: number;
  publishedNanos: number;
}

/**
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<position>.<delivery>.<ns since 1970>.<pending>`; with a domain and an
 * account before the stream where there are such (ADR-15 of NATS).
 */
function factsOf(reply: string): Facts {
  const tokens = reply.split('.');
  const [deliveries, sequence, , publishedNanos] = tokens.slice(tokens.length === 9 ? 4 : 6).map(Number);
  return { deliveries: deliveries ?? NaN, sequence: sequence ?? NaN, publishedNanos: publishedNanos ?? NaN };
}

/** One message in hand: it must end in exactly one of ack, nak or drop. */
export class Delivery {
  private known: Facts | undefined;
  private isAnswered = false;

  /** @param message of a consumer */
  constructor(private readonly message: Msg) {}

  get subject(): string {
    return this.message.subject;
  }

  /** 1 for the first delivery of this message. */
  get deliveries(): number {
    return this.facts.deliveries;
  }

  /** Milliseconds since it was published, as far as the broker's clock and ours agree. */
  get ageMs(): number {
    return Date.now() - this.facts.publishedNanos / 1e6;
  }

  /** Position in the stream: one message, one number, however often it is delivered. */
  get sequence(): number {
    return this.facts.sequence;
  }

  get bytes(): Uint8Array {
    return this.message.data;
  }

  /** @throws SyntaxError when the message is not JSON */
  json(): unknown {
    return this.message.json();
  }

  ack(): void {
    this.answer('+ACK');
  }

  /** Gives it back: it is delivered again after the delay. */
  nak(delayMs: number): void {
    this.answer(`-NAK ${JSON.stringify({ delay: delayMs * 1e6 })}`);
  }

  /**
   * Drops it for good. By an ack: a work-queue stream keeps a message that was terminated (seen with
   * nats-server 2.9), and with it the subject that may hold only one.
   */
  drop(): void {
    this.ack();
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
      if (!this.isAnswered) this.message.respond('+WPI');
    }, IN_PROGRESS_INTERVAL_MS);
    return {
      signal: ended.signal,
      [Symbol.dispose]: () => {
        clearInterval(timer);
        stopping.removeEventListener('abort', stop);
      },
    };
  }

  private get facts(): Facts {
    return (this.known ??= factsOf(this.message.reply ?? ''));
  }

  private answer(text: string): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.message.respond(text);
  }
}
