import { type InputReply, type OutputPage, OutputReadSchema } from '@runbin/contracts/live';
import { inputSubject } from '@runbin/contracts/subjects';
import type { NatsConnection } from '@runbin/messaging/nats.connection';
import type { OutputRecord } from './output.record';
import type { RunInput } from './run.input';

/**
 * Hears what one run is sent and asked. Holds nothing of a run that has ended but what it wrote: it may be asked for
 * that a little longer.
 */
export class RunListener {
  private readonly subscription: { unsubscribe(): void };

  constructor(
    nats: NatsConnection,
    submissionId: string,
    private readonly record: OutputRecord,
    private input: RunInput | undefined,
  ) {
    this.subscription = nats.core.subscribe(inputSubject(submissionId), {
      callback: (error, message) => {
        // Who only tells is not answered; a subscription that the broker refuses comes here too, and ends itself.
        if (error === null) nats.answer(message, this.answer(parsed(message.string())));
      },
    });
  }

  /** Of what is held. */
  get costBytes(): number {
    return this.record.costBytes;
  }

  /** The run is over: what it is sent comes too late. */
  end(): void {
    this.input = undefined;
  }

  close(): void {
    this.subscription.unsubscribe();
  }

  private answer(message: unknown): OutputPage | InputReply {
    const read = OutputReadSchema.safeParse(message);
    if (read.success) return this.record.page(read.data);
    return this.input?.take(message) ?? { accepted: false, reason: 'closed' };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
