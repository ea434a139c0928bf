import type { MsgCallback, NatsConnection, Subscription } from '@nats-io/transport-node';

/** How many messages the broker gives to a lease: so many are lost when the network has forgotten the connection. */
const LEAST = 4;
const MOST = 8_192;
/**
 * A lease is renewed when a quarter of it is used up, for four times as many when that took less than this. A holder that
 * was too busy to see how long it took finds all of it used up, and others turned away.
 */
const FAST_MS = 60;
/** One that lasts longer than this is renewed for as many as are to be expected. */
const LONG_MS = 250;

export interface Leased {
  readonly subject: string;
  readonly queue: string;
  readonly handle: MsgCallback<Awaited<ReturnType<NatsConnection['request']>>>;
}

/**
 * A subscription in a queue group that lapses when its holder does not renew it. Brokers before 2.10 take a connection
 * for alive as long as they have something to write to it, and so go on for minutes giving requests to one that the
 * network forgot; here the broker stops after a second's worth of them. What comes while the next lease is not there
 * yet is refused with "no responders", and asked again by RpcClient.
 */
export class LeasedSubscription {
  private size = LEAST;
  private renewedAt = -Infinity;
  private current: Subscription | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly connection: NatsConnection,
    private readonly leased: Leased,
  ) {
    this.renew();
    // What has come while this process was busy is read first, and may have renewed it.
    this.timer = setInterval(() => setImmediate(() => this.renewWhenOld()), LONG_MS).unref();
  }

  /** To be called after a reconnect, too: the client tells the broker of its subscriptions again, and not of their end. */
  renew(): void {
    const before = this.current;
    const now = performance.now();
    const lastedMs = now - this.renewedAt;
    const received = before?.getReceived() ?? 0;
    if (lastedMs < FAST_MS || received === this.size) this.size = Math.min(4 * this.size, MOST);
    else if (lastedMs > LONG_MS) this.size = Math.max(4 * received, LEAST);
    this.renewedAt = now;
    const quarter = this.size / 4;
    const { subject, queue, handle } = this.leased;
    const subscription = this.connection.subscribe(subject, {
      queue,
      max: this.size,
      callback: (error, message) => {
        void handle(error, message);
        // After it, so that it does not wait for the renewal.
        if (subscription.getReceived() === quarter)
          setImmediate(() => subscription === this.current && this.renew());
      },
    });
    this.current = subscription;
    void before?.drain().catch(() => undefined);
  }

  private renewWhenOld(): void {
    if (this.current && this.size > LEAST && performance.now() - this.renewedAt > LONG_MS) this.renew();
  }

  /** Takes nothing new; resolves when what was on its way has been handed over. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    const last = this.current;
    this.current = undefined;
    await last?.drain().catch(() => undefined);
  }
}
