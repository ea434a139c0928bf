import type { JsMsg } from '@nats-io/jetstream';

/** How often a message in work tells the broker that it is alive; ack wait is four times this. */
export const IN_PROGRESS_INTERVAL_MS = 5_000;

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

  /** Keeps the message ours for as long as work on it goes on; dispose to stop. */
  keepAlive(): Disposable {
    const timer = setInterval(() => this.message.working(), IN_PROGRESS_INTERVAL_MS);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }
}
