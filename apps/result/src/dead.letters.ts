import { Injectable, Logger } from '@nestjs/common';
import { RUN_DEAD } from '@runbin/contracts/subjects';
import { MESSAGE_VERSION, type RunDeadLettered } from '@runbin/contracts/work';
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
    const letter: RunDeadLettered = {
      v: MESSAGE_VERSION,
      subject: delivery.subject,
      reason,
      deliveries: delivery.deliveries,
      runner_id: 'result',
      dead_at: new Date().toISOString(),
      message: Buffer.from(delivery.bytes).toString('base64'),
    };
    try {
      await this.publisher.publish(RUN_DEAD, letter, `result:${delivery.subject}:${delivery.sequence}`);
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
