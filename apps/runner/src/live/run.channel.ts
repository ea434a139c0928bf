import { Injectable } from '@nestjs/common';
import type { Interactive } from '@runbin/contracts/interactive';
import type { OutputMessage } from '@runbin/contracts/live';
import { inputSubject, outputSubject } from '@runbin/contracts/subjects';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import type { RunFollower } from '../execution/run.follower';
import type { OutputPiece, RunningProgram } from '../sandbox/sandbox';
import { OutputStream } from './output.stream';
import { RunInput } from './run.input';

/** Opens the channel of one attempt: what it writes is published, and what it is sent reaches it, until disposed. */
@Injectable()
export class RunChannels {
  constructor(private readonly nats: NatsConnection) {}

  open(
    run: Pick<OutputMessage, 'submission_id' | 'attempt' | 'picked_at'>,
    interactive: Interactive | null,
  ): RunChannel {
    const { submission_id, attempt, picked_at } = run;
    const subject = outputSubject(submission_id);
    const input = new RunInput(interactive);
    const subscription = this.nats.core.subscribe(inputSubject(submission_id), {
      callback: (error, message) => {
        // Who only tells is not answered; a subscription that the broker refuses comes here too, and ends itself.
        if (error === null) message.respond(JSON.stringify(input.take(parsed(message.string()))));
      },
    });
    const output = new OutputStream({ submission_id, attempt, picked_at }, (message) =>
      this.nats.emit(subject, message),
    );
    return new RunChannel(output, input, () => subscription.unsubscribe());
  }
}

export class RunChannel implements RunFollower, Disposable {
  constructor(
    private readonly output: OutputStream,
    private readonly input: RunInput,
    private readonly close: () => void,
  ) {}

  get cancelled(): AbortSignal {
    return this.input.cancelled;
  }

  onOutput(piece: OutputPiece): void {
    this.output.take(piece);
  }

  onRelease(program: RunningProgram): void {
    this.input.attach(program);
  }

  /** The run has come to its end: says that no output follows. One that is tried again says nothing. */
  end(): void {
    this.output.end();
  }

  [Symbol.dispose](): void {
    this.output[Symbol.dispose]();
    this.close();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
