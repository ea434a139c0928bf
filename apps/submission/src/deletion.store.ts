import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DeletionRow } from './deletion.entity';
import { SubmissionRow } from './submission.entity';

/** What the other services must be told. */
export type DueDeletion = Pick<DeletionRow, 'submission_id' | 'language'>;

/** Longer than telling them may take: a claim outlives the attempt that it covers, or whoever made it died. */
const CLAIM_MS = 30_000;

/**
 * One statement is one transaction: the row and its files are gone and the promise to tell the others is there, or
 * neither. What was not sent yet need not be.
 */
const DELETE = `
  with gone as (
    delete from submission where id = $1 returning id, language
  ), files as (
    delete from submission_file where submission_id = $1
  ), unsent as (
    delete from outbox where message_id = $2
  ), place as (
    delete from admission where submission_id = $1
  )
  insert into deletion (submission_id, language, due_at)
  select id, language, now() + make_interval(secs => $3) from gone
  on conflict (submission_id) do nothing
  returning submission_id, language`;

@Injectable()
export class DeletionStore {
  constructor(private readonly dataSource: DataSource) {}

  /** SHA-256 of its owner's token; undefined: there is no such submission. */
  async findOwner(id: string): Promise<Buffer | undefined> {
    const row = await this.dataSource
      .getRepository(SubmissionRow)
      .findOne({ where: { id }, select: { owner_token_sha256: true } });
    return row?.owner_token_sha256;
  }

  /** @returns undefined when it was gone already */
  async delete(id: string, messageId: string): Promise<DueDeletion | undefined> {
    const [row] = await this.dataSource.query<DueDeletion[]>(DELETE, [id, messageId, CLAIM_MS / 1000]);
    return row;
  }

  /** Claims what is due. Replicas skip each other's rows. */
  async claimDue(limit: number): Promise<DueDeletion[]> {
    const [rows] = await this.dataSource.query<[DueDeletion[], number]>(
      `update deletion set due_at = now() + make_interval(secs => $2)
       where submission_id in (
         select submission_id from deletion where due_at <= now() order by due_at limit $1 for update skip locked
       )
       returning submission_id, language`,
      [limit, CLAIM_MS / 1000],
    );
    return rows;
  }

  /** Everybody has been told. */
  async remove(ids: readonly string[]): Promise<void> {
    await this.dataSource.query('delete from deletion where submission_id = any($1::uuid[])', [ids]);
  }

  /** Somebody could not be told: due again at once. */
  async release(ids: readonly string[]): Promise<void> {
    await this.dataSource.query('update deletion set due_at = now() where submission_id = any($1::uuid[])', [
      ids,
    ]);
  }
}
