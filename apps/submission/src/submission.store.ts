import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SubmissionFileRow } from './submission-file.entity';
import { SubmissionRow } from './submission.entity';

export interface NewSubmission extends Pick<
  SubmissionRow,
  'id' | 'language' | 'args' | 'compiler_args' | 'limits' | 'interactive' | 'code_input' | 'created_at'
> {
  readonly owner_token_sha256: Buffer;
  readonly files: readonly { readonly name: string; readonly content: Buffer }[];
}

/** A message for the outbox. */
export interface Promised {
  readonly subject: string;
  readonly message_id: string;
  readonly message: unknown;
}

/** What a run needs besides code and input. */
export type DispatchRow = Pick<
  SubmissionRow,
  'id' | 'language' | 'args' | 'compiler_args' | 'limits' | 'interactive' | 'created_at' | 'dispatch'
>;

/** How long whoever inserted the outbox row has to send it before the relay does. */
const SENDER_CLAIM_MS = 2_000;

/**
 * One statement is one transaction and one round trip: the row, its files and the promise to run it are there
 * together or not at all. An id that exists makes `fresh` empty, and with it everything that follows. The
 * files' bytes travel as one binary parameter and are cut here; an array of them would travel as hex text.
 */
const INSERT = `
  with fresh as (
    insert into submission (id, language, args, compiler_args, limits, code_input, owner_token_sha256,
                            created_at, interactive, dispatch, dispatched_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $15::jsonb, 1, now())
    on conflict (id) do nothing
    returning id
  ), files as (
    insert into submission_file (submission_id, position, name, content)
    select fresh.id, file.position, file.name, substring($9::bytea from file.start for file.length)
    from fresh, jsonb_to_recordset($10::jsonb) as file(position int, name text, start int, length int)
  )
  insert into outbox (subject, message_id, message, due_at)
  select $11, $12, $13::jsonb, now() + make_interval(secs => $14) from fresh
  returning id`;

@Injectable()
export class SubmissionStore {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns the id of its outbox row, or undefined when the submission was there already: then nothing has changed */
  async insert(submission: NewSubmission, promised: Promised): Promise<string | undefined> {
    let start = 1;
    const files = submission.files.map(({ name, content }, position) => {
      const file = { position, name, start, length: content.length };
      start += content.length;
      return file;
    });
    const rows = await this.dataSource.query<{ id: string }[]>(INSERT, [
      submission.id,
      submission.language,
      JSON.stringify(submission.args),
      JSON.stringify(submission.compiler_args),
      JSON.stringify(submission.limits),
      submission.code_input,
      submission.owner_token_sha256,
      submission.created_at,
      Buffer.concat(submission.files.map(({ content }) => content)),
      JSON.stringify(files),
      promised.subject,
      promised.message_id,
      JSON.stringify(promised.message),
      SENDER_CLAIM_MS / 1000,
      submission.interactive && JSON.stringify(submission.interactive),
    ]);
    return rows[0]?.id;
  }

  find(id: string): Promise<SubmissionRow | null> {
    return this.dataSource.getRepository(SubmissionRow).findOneBy({ id });
  }

  /** Files of a submission, the entry first. */
  findFiles(id: string): Promise<SubmissionFileRow[]> {
    return this.dataSource
      .getRepository(SubmissionFileRow)
      .find({ where: { submission_id: id }, order: { position: 'asc' } });
  }

  /** Without code and input. */
  findSummary(id: string): Promise<Pick<SubmissionRow, 'id' | 'language' | 'created_at'> | null> {
    return this.dataSource
      .getRepository(SubmissionRow)
      .findOne({ where: { id }, select: { id: true, language: true, created_at: true } });
  }

  async markFinished(ids: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `update submission set finished_at = now() where id in (
         select id from submission where id = any($1::uuid[]) and finished_at is null order by id for update
       )`,
      [ids],
    );
  }

  /** Submissions without a result that nobody has sent or looked into for this long, the longest silent first. */
  async findSilent(silentMs: number, limit: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `select id from submission
       where finished_at is null and dispatched_at < now() - make_interval(secs => $1)
       order by dispatched_at limit $2`,
      [silentMs / 1000, limit],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * Takes these on for sending again, as far as they are still silent: of several replicas that found the same
   * one, one gets it, and nobody for another `silentMs`.
   */
  async claimSilent(ids: readonly string[], silentMs: number): Promise<DispatchRow[]> {
    const [rows] = await this.dataSource.query<[DispatchRow[], number]>(
      `update submission set dispatched_at = now() where id in (
         select id from submission
         where id = any($1::uuid[]) and finished_at is null and dispatched_at < now() - make_interval(secs => $2)
         order by id for update skip locked
       )
       returning id, language, args, compiler_args, limits, interactive, created_at, dispatch`,
      [ids, silentMs / 1000],
    );
    return rows;
  }

  /** The broker took this dispatch. */
  async markDispatched(id: string, dispatch: number): Promise<void> {
    await this.dataSource.query(
      'update submission set dispatch = $2, dispatched_at = now() where id = $1 and dispatch < $2',
      [id, dispatch],
    );
  }

  /** The broker could not be reached: silent as before, so that the next round takes them up again. */
  async unclaim(ids: readonly string[], silentMs: number): Promise<void> {
    await this.dataSource.query(
      `update submission set dispatched_at = now() - make_interval(secs => $2) where id = any($1::uuid[])`,
      [ids, silentMs / 1000],
    );
  }
}
