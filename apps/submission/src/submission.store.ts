import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Statement } from '@runbin/persistence/statement';
import { IDEMPOTENCY_KEY_HOURS } from '@runbin/contracts/idempotency';
import type { Lane } from '@runbin/contracts/subjects';
import { SubmissionFileRow } from './submission-file.entity';
import { SubmissionRow } from './submission.entity';

export interface NewSubmission extends Pick<
  SubmissionRow,
  'id' | 'language' | 'args' | 'compiler_args' | 'limits' | 'interactive' | 'code_input' | 'created_at'
> {
  readonly owner_token_sha256: Buffer;
  readonly files: readonly { readonly name: string; readonly content: Buffer }[];
  /** Whose it is; undefined: somebody who is not bounded. */
  readonly client: string | undefined;
  readonly key:
    | { readonly sha256: Buffer; readonly request_sha256: Buffer; readonly owner_token_salt: Buffer }
    | undefined;
}

/** A message for the outbox. */
export interface Promised {
  /** By the lane that it is to wait in. */
  readonly subjects: Readonly<Record<Lane, string>>;
  readonly message_id: string;
  readonly message: unknown;
}

/** What became of an insert: the outbox row and the subject that is in it; or why nothing has changed. */
export type Inserted =
  | { readonly outboxId: string; readonly subject: string }
  | 'too many unfinished'
  | 'too many bytes'
  /** The id is there already, or the key is. */
  | 'known';

/** What a run needs besides code and input. */
export type DispatchRow = Pick<
  SubmissionRow,
  'id' | 'language' | 'args' | 'compiler_args' | 'limits' | 'interactive' | 'created_at' | 'dispatch'
> & {
  /** null: accepted before there were lanes. */
  readonly lane: Lane | null;
};

/** How long whoever inserted the outbox row has to send it before the relay does. */
const SENDER_CLAIM_MS = 2_000;

/** A client with fewer unfinished submissions than this gets the light lane for the next one. */
const LIGHT_UNFINISHED = 4;

/**
 * One statement is one transaction and one round trip: the key, the row, its files, its place and the promise to
 * run it are there together or not at all. A key that is taken makes `claimed` empty (whoever comes second waits
 * until the first has committed), an id that exists makes `fresh` empty, and with it everything that follows.
 * The files' bytes travel as one binary parameter and are cut here; an array of them would travel as hex text.
 */
const INSERT = new Statement<InsertRow>(
  'submission.insert',
  `
  with mine as (
    select count(*) + $22::integer as unfinished, coalesce(
      $24::bigint > 0 and $23::bigint > $24::bigint - coalesce((
        select bytes from client_bytes where client = $16::text and day = (now() at time zone 'utc')::date
      ), 0) and $16::text is not null, false
    ) as too_large
    from (select from admission where client = $16::text limit $17::integer) as few
  ), claimed as (
    insert into idempotency_key (key_sha256, request_sha256, submission_id, submission_created_at, owner_token_salt)
    select $18::bytea, $19::bytea, $1::uuid, $8::timestamptz, $20::bytea from mine
    where $18::bytea is not null and unfinished < $17::integer and not too_large
    on conflict (key_sha256) do update
      set request_sha256 = excluded.request_sha256, submission_id = excluded.submission_id,
          submission_created_at = excluded.submission_created_at, owner_token_salt = excluded.owner_token_salt,
          created_at = now()
      where idempotency_key.created_at <= now() - make_interval(hours => $21)
    returning key_sha256
  ), fresh as (
    insert into submission (id, language, args, compiler_args, limits, code_input, owner_token_sha256,
                            created_at, interactive, dispatch, dispatched_at)
    select $1::uuid, $2::text, $3::jsonb, $4::jsonb, $5::jsonb, $6::bytea, $7::bytea,
           $8::timestamptz, $15::jsonb, 1, now()
    from mine
    where unfinished < $17::integer and not too_large and ($18::bytea is null or exists (select from claimed))
    on conflict (id) do nothing
    returning id
  ), files as (
    insert into submission_file (submission_id, position, name, content)
    select fresh.id, file.position, file.name, substring($9::bytea from file.start for file.length)
    from fresh, jsonb_to_recordset($10::jsonb) as file(position int, name text, start int, length int)
  ), spent as (
    insert into client_bytes (client, day, bytes)
    select $16::text, (now() at time zone 'utc')::date, $23::bigint from fresh
    where $16::text is not null and $24::bigint > 0
    on conflict (client, day) do update set bytes = client_bytes.bytes + excluded.bytes
  ), place as (
    insert into admission (submission_id, client, language, lane)
    select fresh.id, $16::text, $2::text, case when unfinished < ${LIGHT_UNFINISHED} then 'light' else 'bulk' end
    from fresh, mine
    returning lane
  ), sent as (
    insert into outbox (subject, message_id, message, due_at)
    select $11::jsonb ->> place.lane, $12::text, $13::jsonb, now() + make_interval(secs => $14) from place
    returning id, subject
  )
  select mine.unfinished >= $17::integer as too_many, mine.too_large, sent.id as outbox_id, sent.subject
  from mine left join sent on true`,
);

const MARK_FINISHED = new Statement(
  'submission.mark_finished',
  `
  with done as (
    update submission set finished_at = now() where id = any($1::uuid[]) and id in (
      select id from submission where id = any($1::uuid[]) and finished_at is null order by id for update
    )
  )
  delete from admission where submission_id in (
    select submission_id from admission where submission_id = any($1::uuid[]) order by submission_id for update
  )`,
);

/** What a submission takes of its client's day. */
export const bytesOf = ({ files, code_input }: Pick<NewSubmission, 'files' | 'code_input'>): number =>
  files.reduce((sum, { content }) => sum + content.length, code_input.length);

interface InsertRow {
  too_many: boolean;
  too_large: boolean;
  outbox_id: string | null;
  subject: string | null;
}

@Injectable()
export class SubmissionStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Bounds what its client has unfinished, and submits in a day; `others` run at this moment and cannot be seen. */
  async insert(
    submission: NewSubmission,
    promised: Promised,
    {
      others,
      clientUnfinishedMax,
      clientBytesPerDay,
    }: { others: number; clientUnfinishedMax: number; clientBytesPerDay: number },
  ): Promise<Inserted> {
    let start = 1;
    const files = submission.files.map(({ name, content }, position) => {
      const file = { position, name, start, length: content.length };
      start += content.length;
      return file;
    });
    const { client, key } = submission;
    const [row] = await INSERT.run(this.dataSource, [
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
      JSON.stringify(promised.subjects),
      promised.message_id,
      JSON.stringify(promised.message),
      SENDER_CLAIM_MS / 1000,
      submission.interactive && JSON.stringify(submission.interactive),
      client ?? null,
      clientUnfinishedMax,
      key?.sha256 ?? null,
      key?.request_sha256 ?? null,
      key?.owner_token_salt ?? null,
      IDEMPOTENCY_KEY_HOURS,
      others,
      bytesOf(submission),
      clientBytesPerDay,
    ]);
    if (row?.outbox_id && row.subject) return { outboxId: row.outbox_id, subject: row.subject };
    if (row?.too_many) return 'too many unfinished';
    return row?.too_large ? 'too many bytes' : 'known';
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
  findSummary(
    id: string,
  ): Promise<Pick<SubmissionRow, 'id' | 'language' | 'created_at' | 'finished_at'> | null> {
    return this.dataSource
      .getRepository(SubmissionRow)
      .findOne({ where: { id }, select: { id: true, language: true, created_at: true, finished_at: true } });
  }

  /** Notes the time, and gives their places back. */
  async markFinished(ids: readonly string[]): Promise<void> {
    await MARK_FINISHED.run(this.dataSource, [ids]);
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
      `update submission set dispatched_at = now() where id = any($1::uuid[]) and id in (
         select id from submission
         where id = any($1::uuid[]) and finished_at is null and dispatched_at < now() - make_interval(secs => $2)
         order by id for update skip locked
       )
       returning id, language, args, compiler_args, limits, interactive, created_at, dispatch,
                 (select lane from admission where submission_id = submission.id) as lane`,
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
