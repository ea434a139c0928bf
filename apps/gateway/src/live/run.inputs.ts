import { Injectable } from '@nestjs/common';
import { type InputMessage, InputReplySchema } from '@runbin/contracts/live';
import type { InputRefusedReason } from '@runbin/contracts/run.socket';
import { inputSubject } from '@runbin/contracts/subjects';
import { NatsConnection } from '@runbin/messaging/nats.connection';

const ANSWER_TIMEOUT_MS = 5_000;

/** `nobody` listens: the run waits, or is over. */
export type Delivery = 'taken' | 'nobody' | InputRefusedReason;

/** Sends a run what it is to get, and says what became of it. */
@Injectable()
export class RunInputs {
  constructor(private readonly nats: NatsConnection) {}

  /** Never throws. `unanswered`: it may have arrived. */
  async deliver(submissionId: string, message: InputMessage): Promise<Delivery> {
    try {
      const reply = await this.nats.ask(inputSubject(submissionId), message, ANSWER_TIMEOUT_MS);
      if (reply === undefined) return 'nobody';
      const { accepted, reason } = InputReplySchema.parse(reply);
      return accepted ? 'taken' : (reason ?? 'malformed');
    } catch {
      return 'unanswered';
    }
  }
}
