import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import {
  type InputMessage,
  type InputReply,
  OUTPUT_PAGE_BYTES,
  type OutputChunk,
  type OutputMessage,
  type OutputPage,
  type OutputRead,
} from '@runbin/contracts/live';
import type { OutputLog, Result } from '@runbin/contracts/result';
import { inputSubject, outputSubject } from '@runbin/contracts/subjects';
import { decodeBytes, encodeBytes } from '@runbin/contracts/text';

const ACCEPTED: InputReply = { accepted: true, reason: null };

/** One attempt at a run as a runner would see it through, written by the test. */
export class StandInRun {
  readonly picked_at = new Date().toISOString();
  readonly chunks: OutputChunk[] = [];
  /** What it was sent, in the order of arrival. */
  readonly inputs: InputMessage[] = [];
  /** How often its output was asked for. */
  reads = 0;
  /** What it answers to input. */
  answer: (message: InputMessage) => InputReply = () => ACCEPTED;
  private hasEnded = false;
  private readonly subscription: Subscription;

  constructor(
    private readonly nats: NatsConnection,
    readonly submission_id: string,
    readonly attempt = 1,
  ) {
    this.subscription = nats.subscribe(inputSubject(submission_id), {
      callback: (_, message) => {
        const asked = message.json<InputMessage | OutputRead>();
        message.respond(JSON.stringify(asked.kind === 'read' ? this.page(asked) : this.take(asked)));
      },
    });
  }

  /** Writes a piece; one that is `lost` nobody hears. */
  write(
    text: string | Buffer,
    { stream = 'stdout', lost = false }: { stream?: OutputChunk['stream']; lost?: boolean } = {},
  ): void {
    const { content: data, encoding } = encodeBytes(Buffer.from(text));
    const at_ms = this.chunks.length + 0.5;
    const chunk: OutputChunk = { ...this.head(), final: false, at_ms, stream, data, encoding };
    this.chunks.push(chunk);
    if (!lost) this.publish(chunk);
  }

  /** The program has ended; whoever asks is still answered. */
  end({ lost = false } = {}): void {
    this.hasEnded = true;
    if (!lost) this.publish({ ...this.head(), final: true });
  }

  /** The runner does not listen any more. */
  async leave(): Promise<void> {
    this.subscription.unsubscribe();
    await this.nats.flush();
  }

  /** What the record holds of it. */
  outcome(): { result: Partial<Result>; log: OutputLog } {
    const bytesOf = (of: OutputChunk['stream']) =>
      Buffer.concat(
        this.chunks
          .filter(({ stream }) => stream === of)
          .map(({ data, encoding }) => decodeBytes({ content: data, encoding })),
      );
    const [stdout, stderr] = [encodeBytes(bytesOf('stdout')), encodeBytes(bytesOf('stderr'))];
    return {
      result: {
        attempt: this.attempt,
        stdout: stdout.content,
        stdout_encoding: stdout.encoding,
        stderr: stderr.content,
        stderr_encoding: stderr.encoding,
      },
      log: this.chunks.map(({ stream, at_ms, data, encoding }) => [
        stream,
        at_ms,
        decodeBytes({ content: data, encoding }).length,
      ]),
    };
  }

  private page({ attempt, seq }: OutputRead): OutputPage {
    this.reads++;
    const chunks: OutputChunk[] = [];
    let bytes = 0;
    for (const chunk of this.chunks.slice(attempt === this.attempt ? seq : 0)) {
      bytes += chunk.data.length;
      if (bytes > OUTPUT_PAGE_BYTES && chunks.length > 0) break;
      chunks.push(chunk);
    }
    const { attempt: present, picked_at, hasEnded: ended } = this;
    return { attempt: present, picked_at, chunks, written: this.chunks.length, ended };
  }

  private take(message: InputMessage): InputReply {
    const reply = this.answer(message);
    if (reply.accepted) this.inputs.push(message);
    return reply;
  }

  private publish(message: OutputMessage): void {
    this.nats.publish(outputSubject(this.submission_id), JSON.stringify(message));
  }

  private head() {
    const { submission_id, attempt, picked_at } = this;
    return { v: 1, submission_id, attempt, picked_at, seq: this.chunks.length } as const;
  }
}
