import { Injectable } from '@nestjs/common';
import type { Interactive } from '@runbin/contracts/interactive';
import { type OutputMessage, OutputReadSchema } from '@runbin/contracts/live';
import type { OutputLog } from '@runbin/contracts/result';
import { inputSubject, outputSubject } from '@runbin/contracts/subjects';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import type { RunFollower } from '../execution/run.follower';
import type { OutputPiece, RunningProgram } from '../sandbox/sandbox';
import { OutputRecord } from './output.record';
import { OutputStream } from './output.stream';
import { RunInput } from './run.input';

/** How long a run that has ended is still told, so that nobody is left without an answer until its result is stored. */
const GRACE_MS = 2_000;
/** Of all that have ended; beyond it the oldest are no longer told. */
const GRACE_BYTES = 64 * 1024 * 1024;

/**
 * Opens the channel of one attempt: what it writes is published and kept, and what it is sent or asked reaches it, until
 * disposed, or a little longer.
 */
@Injectable()
export class RunChannels {
  /** Have ended and are still told, the oldest first, each with what ends that. */
  private readonly lingering = new Map<RunChannel, NodeJS.Timeout>();
  private lingeringBytes = 0;

  constructor(private readonly nats: NatsConnection) {}

  open(
    run: Pick<OutputMessage, 'submission_id' | 'attempt' | 'picked_at'>,
    interactive: Interactive | null,
  ): RunChannel {
    const { submission_id, attempt, picked_at } = run;
    const subject = outputSubject(submission_id);
    const record = new OutputRecord({ submission_id, attempt, picked_at });
    const input = new RunInput(interactive);
    const subscription = this.nats.core.subscribe(inputSubject(submission_id), {
      callback: (error, message) => {
        // Who only tells is not answered; a subscription that the broker refuses comes here too, and ends itself.
        if (error === null) message.respond(JSON.stringify(answer(parsed(message.string()), record, input)));
      },
    });
    const output = new OutputStream(record, (message) => this.nats.emit(subject, message));
    return new RunChannel(
      { output, record, input },
      {
        close: () => subscription.unsubscribe(),
        linger: (channel) => this.linger(channel),
      },
    );
  }

  private linger(channel: RunChannel): void {
    this.lingering.set(channel, setTimeout(() => this.close(channel), GRACE_MS).unref());
    this.lingeringBytes += channel.costBytes;
    for (const oldest of this.lingering.keys()) {
      if (this.lingeringBytes <= GRACE_BYTES) return;
      this.close(oldest);
    }
  }

  private close(channel: RunChannel): void {
    clearTimeout(this.lingering.get(channel));
    this.lingering.delete(channel);
    this.lingeringBytes -= channel.costBytes;
    channel.close();
  }
}

export class RunChannel implements RunFollower, Disposable {
  private lingers = false;

  constructor(
    private readonly run: {
      readonly output: OutputStream;
      readonly record: OutputRecord;
      readonly input: RunInput;
    },
    private readonly channels: { close(): void; linger(channel: RunChannel): void },
  ) {}

  get cancelled(): AbortSignal {
    return this.run.input.cancelled;
  }

  /** In which pieces the output was published. */
  get outputLog(): OutputLog {
    return this.run.record.log;
  }

  /** Of what is kept. */
  get costBytes(): number {
    return this.run.record.costBytes;
  }

  onOutput(piece: OutputPiece): void {
    this.run.output.take(piece);
  }

  onRelease(program: RunningProgram): void {
    this.run.input.attach(program);
  }

  /** The run has come to its end: says that no output follows. One that is tried again says nothing. */
  end(): void {
    this.run.output.end();
    this.run.input.end();
  }

  /** What came of it is with the broker, and will be stored in a moment: until then it is still told. */
  linger(): void {
    this.lingers = true;
    this.channels.linger(this);
  }

  close(): void {
    this.channels.close();
  }

  [Symbol.dispose](): void {
    this.run.output[Symbol.dispose]();
    if (!this.lingers) this.close();
  }
}

function answer(message: unknown, record: OutputRecord, input: RunInput) {
  const read = OutputReadSchema.safeParse(message);
  return read.success ? record.page(read.data) : input.take(message);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
