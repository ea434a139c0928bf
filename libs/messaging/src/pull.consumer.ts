import { Logger } from '@nestjs/common';
import type { Msg, Subscription } from '@nats-io/transport-node';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Delivery } from './delivery';
import type { NatsConnection } from './nats.connection';

const PULL_EXPIRES_MS = 20_000;
/** A pull from a consumer that is not there, or not yet, is not refused: the broker is silent. Two of these are noticed. */
const PULL_HEARTBEAT_MS = 2_000;
const RETRY_MS = 500;
const NANOS = 1e6;

/** What the broker says of a pull instead of a message, in the first line of its headers. */
const IDLE_HEARTBEAT = 100;
const EXPIRED = 408;

/** Asked for, and not over: `max` messages, or less when it expires. */
interface Pull {
  readonly inbox: string;
  left: number;
  heardAt: number;
  end: (error?: Error) => void;
}

/**
 * Takes messages from one durable consumer for as long as the signal allows, whatever happens to the broker
 * in between: a lost connection, a missing stream or consumer are waited out. One subscription hears all of its pulls
 * ([ADR 39](../../../docs/adr/0039-one-subscription-hears-all-pulls.md)).
 */
export class PullConsumer {
  private readonly logger: Logger;
  private readonly subject: string;
  private inbox = '';
  private pulls = 0;
  private current: Pull | undefined;

  constructor(
    private readonly nats: NatsConnection,
    stream: string,
    name: string,
  ) {
    this.logger = new Logger(`PullConsumer ${name}`);
    this.subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`;
  }

  /**
   * @param demand resolves to how many messages may come now, and not before any may
   * @param handle takes one message over; must not throw. What comes after its pull was given up is handed over, too.
   */
  async run(
    demand: () => Promise<number>,
    handle: (delivery: Delivery) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let subscription = this.listen(handle, signal);
    const listenElsewhere = () => {
      subscription.unsubscribe();
      subscription = this.listen(handle, signal);
    };
    const stop = () => this.current?.end();
    signal.addEventListener('abort', stop, { once: true });
    const watching = setInterval(() => this.watch(), PULL_HEARTBEAT_MS / 2);
    this.nats.onReconnected(() => {
      if (signal.aborted) return;
      // The broker may write to the connection before for a while: nothing that is of use goes there.
      listenElsewhere();
      // What was asked over that one is not answered over this one, and would be waited for until it expires.
      this.current?.end();
    });
    while (!signal.aborted) {
      try {
        await this.pull(await demand(), signal);
        // What came goes on its way before more is asked for.
        await nextTurn();
      } catch (error) {
        this.logger.debug(`pull failed, trying again: ${String(error)}`);
        // The broker drops a pull at whose subject nobody listens; and a subscription that it refused is none.
        listenElsewhere();
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    clearInterval(watching);
    signal.removeEventListener('abort', stop);
    // What is on its way still is heard, and given back.
    void subscription.drain().catch(() => undefined);
  }

  private listen(handle: (delivery: Delivery) => void, signal: AbortSignal): Subscription {
    const inbox = (this.inbox = this.nats.newInbox());
    return this.nats.core.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error) return this.current?.end(error);
        if (this.current) this.current.heardAt = performance.now();
        if (message.subject.startsWith(inbox)) return this.hear(message);
        const delivery = new Delivery(message);
        // Ours no more: somebody else may have it at once.
        if (signal.aborted) return delivery.nak(0);
        handle(delivery);
        if (this.current && --this.current.left === 0) this.current.end();
      },
    });
  }

  /** Anything but a heartbeat ends the pull that it is about. */
  private hear({ subject, headers }: Msg): void {
    if (headers?.code === IDLE_HEARTBEAT || subject !== this.current?.inbox) return;
    this.current.end(
      headers?.code === EXPIRED ? undefined : new Error(`${headers?.code} ${headers?.description}`),
    );
  }

  private watch(): void {
    const { current } = this;
    if (!current || !this.nats.isConnected) return;
    // What came while this process was held up is read first.
    setImmediate(() => {
      if (performance.now() - current.heardAt > 2 * PULL_HEARTBEAT_MS)
        current.end(new Error('heartbeats missed'));
    });
  }

  private async pull(max: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const inbox = `${this.inbox}.${this.pulls++}`;
    if (!this.nats.isConnected) throw new Error('not connected');
    const question = {
      batch: max,
      expires: PULL_EXPIRES_MS * NANOS,
      idle_heartbeat: PULL_HEARTBEAT_MS * NANOS,
    };
    this.nats.core.publish(this.subject, JSON.stringify(question), { reply: inbox });
    const ended = new Promise<void>((resolve, reject) => {
      const end = (error?: Error) => (error ? reject(error) : resolve());
      this.current = { inbox, left: max, heardAt: performance.now(), end };
    });
    await ended.finally(() => (this.current = undefined));
  }
}
