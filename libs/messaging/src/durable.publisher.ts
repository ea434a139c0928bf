import { Injectable } from '@nestjs/common';
import { JetStreamApiError } from '@nats-io/jetstream';
import { InvalidArgumentError } from '@nats-io/transport-node';
import { NatsConnection } from './nats.connection';

/** JetStream's code for whatever its store refuses, and what tells the reasons apart. */
const STORE_REFUSED = 10077;
const SUBJECT_IS_TAKEN = 'maximum messages per subject exceeded';

/** Whether the broker is there and said no: its stream is full, or its disk. */
export function isStoreRefusal(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === STORE_REFUSED;
}

/** Whether the message is larger than the broker takes any: trying again is of no use. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof InvalidArgumentError && error.message.includes('max_payload');
}

/** `stored`: the broker has it now. `held`: it had it already, by message id or because the subject holds one. */
export type PublishOutcome = 'stored' | 'held';

/** Publishes to a stream and answers only when the broker has acknowledged it. */
@Injectable()
export class DurablePublisher {
  constructor(private readonly nats: NatsConnection) {}

  /**
   * @param messageId the broker drops a second message with this id for two minutes
   * @throws Error when the broker did not acknowledge within 5 s, or refused
   */
  async publish(subject: string, message: unknown, messageId: string): Promise<PublishOutcome> {
    try {
      const ack = await this.nats.streams.publish(subject, JSON.stringify(message), { msgID: messageId });
      return ack.duplicate ? 'held' : 'stored';
    } catch (error) {
      if (isStoreRefusal(error) && String(error).includes(SUBJECT_IS_TAKEN)) return 'held';
      throw error;
    }
  }
}
