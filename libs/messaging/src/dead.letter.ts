import { RUN_DEAD } from '@runbin/contracts/subjects';
import { MESSAGE_VERSION, type RunDeadLettered } from '@runbin/contracts/work';
import type { Delivery } from './delivery';
import type { DurablePublisher } from './durable.publisher';

/**
 * Keeps a message that can not succeed, for a person (`npm run admin -- dead-letters`). The message itself stays
 * in hand: it is dropped by whoever holds it, once this has resolved. A message that is kept again within two
 * minutes, because its holder died in between, is one letter.
 * @throws Error when the broker did not take the letter
 */
export async function keepDeadLetter(
  publisher: DurablePublisher,
  delivery: Delivery,
  reason: string,
  keptBy: string,
): Promise<void> {
  const letter: RunDeadLettered = {
    v: MESSAGE_VERSION,
    subject: delivery.subject,
    reason,
    deliveries: delivery.deliveries,
    runner_id: keptBy,
    dead_at: new Date().toISOString(),
    message: Buffer.from(delivery.bytes).toString('base64'),
  };
  await publisher.publish(RUN_DEAD, letter, `dead:${delivery.subject}:${delivery.sequence}`);
}
