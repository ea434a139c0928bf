import { Injectable, Logger } from '@nestjs/common';
import { keepDeadLetter } from '@runbin/messaging/dead.letter';
import type { Delivery } from '@runbin/messaging/delivery';
import { DurablePublisher } from '@runbin/messaging/durable.publisher';

const RETRY_DELAY_MS = 30_000;

/** Keeps messages that can not be stored for a person, and takes them out of the way. */
@Injectable()
export class DeadLetters {
  private readonly logger = new Logger('DeadLetters');

  constructor(private readonly publisher: DurablePublisher) {}

  /** Never throws: a message that can not be kept is given back and comes again. */
  async bury(delivery: Delivery, reason: string): Promise<void> {
    try {
      await keepDeadLetter(this.publisher, delivery, reason, 'result');
      delivery.drop();
      this.logger.error(`a message on ${delivery.subject} can not be stored and was put aside: ${reason}`);
    } catch (error) {
      this.logger.error(
        `a message on ${delivery.subject} can be neither stored nor put aside: ${String(error)}`,
      );
      delivery.nak(RETRY_DELAY_MS);
    }
  }
}
