import { Logger } from '@nestjs/common';
import type { ConsumerInfo, ConsumerMessages } from '@nats-io/jetstream';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Delivery } from './delivery';
import type { NatsConnection } from './nats.connection';

const PULL_EXPIRES_MS = 20_000;
/** A pull from a consumer that is not there, or not yet, is not refused: the broker is silent. Two of these are noticed. */
const PULL_HEARTBEAT_MS = 2_000;
const RETRY_MS = 500;

/**
 * Takes messages from one durable consumer for as long as the signal allows, whatever happens to the broker
 * in between: a lost connection, a missing stream or consumer are waited out.
 */
export class PullConsumer {
  private readonly logger: Logger;
  private pulling: ConsumerMessages | undefined;

  constructor(
    private readonly nats: NatsConnection,
    private readonly stream: string,
    private readonly name: string,
  ) {
    this.logger = new Logger(`PullConsumer ${name}`);
    // What was asked over the connection before is not answered over this one, and would be waited for until it expires.
    nats.onReconnected(() => this.pulling?.stop());
  }

  /**
   * @param demand resolves to how many messages may come now, and not before any may
   * @param handle takes one message over; must not throw
   */
  async run(
    demand: () => Promise<number>,
    handle: (delivery: Delivery) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.pull(await demand(), handle, signal);
        // What came goes on its way before more is asked for.
        await nextTurn();
      } catch (error) {
        this.logger.debug(`pull failed, trying again: ${String(error)}`);
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async pull(max: number, handle: (delivery: Delivery) => void, signal: AbortSignal): Promise<void> {
    // Bound without asking for the consumer's info each time: this is the hot path of every run.
    const consumer = this.nats.streams.consumers.getConsumerFromInfo({
      stream_name: this.stream,
      name: this.name,
      config: {},
    } as ConsumerInfo);
    const messages: ConsumerMessages = await consumer.fetch({
      max_messages: max,
      expires: PULL_EXPIRES_MS,
      idle_heartbeat: PULL_HEARTBEAT_MS,
    });
    this.pulling = messages;
    const stop = () => messages.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const message of messages) handle(new Delivery(message));
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}
