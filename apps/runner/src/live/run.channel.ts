import { Injectable } from '@nestjs/common';
import type { Interactive } from '@runbin/contracts/interactive';
import type { OutputMessage } from '@runbin/contracts/live';
import type { OutputLog } from '@runbin/contracts/result';
import { outputSubject } from '@runbin/contracts/subjects';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import type { RunFollower } from '../execution/run.follower';
import type { OutputPiece, RunningProgram } from '../sandbox/sandbox';
import { OutputRecord } from './output.record';
import { OutputStream } from './output.stream';
import { RunInput } from './run.input';
import { RunListener } from './run.listener';

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
  /** Of runs that have ended and are still told, the oldest first, each with what ends that. */
  private readonly lingering = new Map<RunListener, NodeJS.Timeout>();
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
    const listener = new RunListener(this.nats, submission_id, record, input);
    const output = new OutputStream(record, (message) => this.nats.emit(subject, message));
    return new RunChannel(output, record, input, listener, (ended) => this.linger(ended));
  }

  private linger(listener: RunListener): void {
    this.lingering.set(listener, setTimeout(() => this.close(listener), GRACE_MS).unref());
    this.lingeringBytes += listener.costBytes;
    for (const oldest of this.lingering.keys()) {
      if (this.lingeringBytes <= GRACE_BYTES) return;
      this.close(oldest);
    }
  }

  private close(listener: RunListener): void {
    clearTimeout(this.lingering.get(listener));
    this.lingering.delete(listener);
    this.lingeringBytes -= listener.costBytes;
    listener.close();
  }
}

export class RunChannel implements RunFollower, Disposable {
  private lingers = false;

  constructor(
    private readonly output: OutputStream,
    private readonly record: OutputRecord,
    private readonly input: RunInput,
    private readonly listener: RunListener,
    private readonly onLinger: (listener: RunListener) => void,
  ) {}

  get cancelled(): AbortSignal {
    return this.input.cancelled;
  }

  /** In which pieces the output was published. */
  get outputLog(): OutputLog {
    return this.record.log;
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
    this.listener.end();
  }

  /** What came of it is with the broker, and will be stored in a moment: until then it is still told. */
  linger(): void {
    this.lingers = true;
    this.onLinger(this.listener);
  }

  [Symbol.dispose](): void {
    this.output[Symbol.dispose]();
    if (!this.lingers) this.listener.close();
  }
}
