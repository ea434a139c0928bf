import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { z } from 'zod';
import type { submissionCreate, submissionRepeat, submissionSummary } from '@runbin/contracts/rpc';
import type { Submission } from '@runbin/contracts/submission';
import { workSubject } from '@runbin/contracts/subjects';
import { decodeBytes, encodeBytes } from '@runbin/contracts/text';
import type { Payload } from '@runbin/contracts/work';
import type { Idempotency } from '@runbin/contracts/idempotency';
import { MicroBatch } from '@runbin/persistence/micro.batch';
import { OutboxStore } from '@runbin/persistence/outbox.store';
import { Problem } from '@runbin/platform/problem';
import { Admission } from './admission';
import { AdmissionStore } from './admission.store';
import { executeRun, messageIdOf, withPayload } from './execute.run';
import type { SubmissionFileRow } from './submission-file.entity';
import {
  bytesOf,
  type Inserted,
  type NewSubmission,
  type Promised,
  SubmissionStore,
} from './submission.store';
import { WorkQueue } from './work.queue';

/** A broker that takes longer than this does not hold the answer up: the submission is on record, the relay sends it. */
const PUBLISH_PATIENCE_MS = 1_000;

/** Sent messages leave the outbox together, this long after the first of them. */
const SENT_DELAY_MS = 50;

type Created = z.infer<typeof submissionCreate.reply>;

@Injectable()
export class SubmissionService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Submission');
  private readonly sent: MicroBatch<string>;

  constructor(
    private readonly store: SubmissionStore,
    private readonly outbox: OutboxStore,
    private readonly queue: WorkQueue,
    private readonly admission: Admission,
    private readonly admissions: AdmissionStore,
  ) {
    this.sent = new MicroBatch((ids) => this.removeSent(ids), { maxItems: 1_000, delayMs: SENT_DELAY_MS });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sent.idle();
  }

  /**
   * Answers when the submission is on record, and normally in the queue. Idempotent by id and by key: the first
   * one stands.
   * @throws Problem `queue_full`, `storage_full`, `too_many_unfinished`, `too_many_bytes`, `idempotency_key_reused`
   */
  async create(request: z.infer<typeof submissionCreate.request>): Promise<Created> {
    const { submission_id, payload, owner_token_sha256, idempotency, client, ...rest } = request;
    // What was accepted before is answered also when nothing more is.
    if (idempotency && this.admission.isClosed) {
      const earlier = await this.earlier(idempotency);
      if (earlier) return earlier;
    }
    const submission: NewSubmission = {
      ...rest,
      id: submission_id,
      code_input: decodeBytes(payload.stdin),
      files: payload.files.map((file) => ({ name: file.name, content: decodeBytes(file) })),
      owner_token_sha256: Buffer.from(owner_token_sha256, 'hex'),
      created_at: new Date(),
      client,
      key: idempotency && {
        sha256: Buffer.from(idempotency.key_sha256, 'hex'),
        request_sha256: Buffer.from(idempotency.request_sha256, 'hex'),
        owner_token_salt: Buffer.from(idempotency.owner_token_salt, 'hex'),
      },
    };
    assertStorable([
      ...submission.args,
      ...submission.compiler_args,
      ...submission.files.map(({ name }) => name),
    ]);

    const command = executeRun(submission, 1);
    const message_id = messageIdOf(submission.id, 1);
    const subjects = {
      light: workSubject(submission.language, submission.id, 'light'),
      bulk: workSubject(submission.language, submission.id, 'bulk'),
    };
    const inserted = await this.insert(submission, { subjects, message_id, message: command });
    if (typeof inserted === 'string') {
      const earlier = idempotency && (await this.earlier(idempotency));
      if (earlier) return earlier;
      if (inserted === 'too many unfinished') throw this.tooManyUnfinished();
      if (inserted === 'too many bytes') throw this.tooManyBytes();
      return { submission_id, created_at: await this.createdAtOf(submission_id) };
    }

    const bytes = bytesOf(submission);
    await this.sendWithin(
      PUBLISH_PATIENCE_MS,
      this.queue.publish(inserted.subject, withPayload(command, payload, bytes), message_id),
      inserted.outboxId,
    );
    return { submission_id, created_at: submission.created_at.toISOString() };
  }

  /** The same program and input as a new submission of the same owner; nobody is there to talk with its run. */
  async repeat(id: string, repetitionId: string): Promise<z.infer<typeof submissionRepeat.reply>> {
    const [submission, payload] = await Promise.all([this.store.find(id), this.payload(id)]);
    if (!submission || !payload) return null;
    const { language, args, compiler_args, limits, owner_token_sha256 } = submission;
    return this.create({
      ...{ language, args, compiler_args, limits, payload },
      submission_id: repetitionId,
      interactive: null,
      owner_token_sha256: owner_token_sha256.toString('hex'),
    });
  }

  async get(id: string): Promise<Submission | null> {
    const [submission, files] = await Promise.all([this.store.find(id), this.store.findFiles(id)]);
    const [entry] = files;
    if (!submission || !entry) return null;
    const code = encodeBytes(entry.content);
    const input = encodeBytes(submission.code_input);
    return {
      submission_id: id,
      language: submission.language,
      language_version: null,
      code: code.content,
      code_encoding: code.encoding,
      code_input: input.content,
      code_input_encoding: input.encoding,
      files: files.map(encodeFile),
      args: submission.args,
      compiler_args: submission.compiler_args,
      limits: submission.limits,
      created_at: submission.created_at.toISOString(),
    };
  }

  async summary(id: string): Promise<z.infer<typeof submissionSummary.reply>> {
    const summary = await this.store.findSummary(id);
    return (
      summary && {
        submission_id: id,
        language: summary.language,
        created_at: summary.created_at.toISOString(),
        finished: summary.finished_at !== null,
      }
    );
  }

  async payload(id: string): Promise<Payload | null> {
    const [submission, files] = await Promise.all([this.store.find(id), this.store.findFiles(id)]);
    return submission && { files: files.map(encodeFile), stdin: encodeBytes(submission.code_input) };
  }

  private insert(submission: NewSubmission, promised: Promised): Promise<Inserted> {
    const { clientUnfinishedMax, clientBytesPerDay } = this.admission;
    return this.admission.admit(
      submission.client,
      (others) =>
        this.store.insert(submission, promised, {
          others,
          clientUnfinishedMax,
          clientBytesPerDay,
        }),
      (inserted) => typeof inserted === 'object',
    );
  }

  /** What the same key was answered before; undefined when it is new. */
  private async earlier({ key_sha256, request_sha256 }: Idempotency): Promise<Created | undefined> {
    const key = await this.admissions.findKey(Buffer.from(key_sha256, 'hex'));
    if (!key) return undefined;
    if (key.request_sha256.toString('hex') !== request_sha256) {
      throw new Problem(
        'idempotency_key_reused',
        'This Idempotency-Key was sent with another body before; use a new key for a new submission.',
      );
    }
    return {
      submission_id: key.submission_id,
      created_at: key.submission_created_at.toISOString(),
      replayed: { owner_token_salt: key.owner_token_salt.toString('hex') },
    };
  }

  private tooManyUnfinished(): Problem {
    return new Problem(
      'too_many_unfinished',
      `${this.admission.clientUnfinishedMax} of your submissions are not finished; submit more when some are. Nothing was stored.`,
    );
  }

  private tooManyBytes(): Problem {
    return new Problem(
      'too_many_bytes',
      `You may submit ${this.admission.clientBytesPerDay} bytes of code, files and input in a day, in UTC. Nothing was stored.`,
    );
  }

  private async createdAtOf(id: string): Promise<string> {
    const summary = await this.store.findSummary(id);
    if (!summary) throw new Problem('unavailable', 'The submission was being deleted meanwhile; try again.');
    return summary.created_at.toISOString();
  }

  /** Never fails: what could not be sent stays in the outbox. */
  private async sendWithin(
    patienceMs: number,
    publishing: Promise<unknown>,
    outboxId: string,
  ): Promise<void> {
    const published = publishing.then(
      () => this.sent.add(outboxId),
      (error: unknown) => this.logger.warn(`a message stays in the outbox: ${String(error)}`),
    );
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
    await Promise.race([published, patience]);
    clearTimeout(timer);
  }

  private async removeSent(ids: string[]): Promise<void> {
    await this.outbox.remove(ids).catch((error: unknown) => {
      // The relay sends them once more, and the broker knows them.
      this.logger.warn(`sent messages stay in the outbox: ${String(error)}`);
    });
  }
}

const encodeFile = ({ name, content }: SubmissionFileRow) => ({ name, ...encodeBytes(content) });

/** Postgres text and jsonb can not hold these; the gateway refuses them before, with a better explanation. */
function assertStorable(texts: string[]): void {
  if (texts.some((text) => text.includes('\0') || !text.isWellFormed())) {
    throw new Problem('invalid_request', 'Arguments and file names must not hold U+0000 or lone surrogates.');
  }
}
