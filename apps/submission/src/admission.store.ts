import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { IDEMPOTENCY_KEY_HOURS } from '@runbin/contracts/idempotency';
import type { IdempotencyKeyRow } from './idempotency-key.entity';

/** A place this old is looked into: its submission may have finished without anybody giving it back. */
const STALE_SECONDS = 600;

/** What is counted, and what is remembered for a while. Taking a place and a key is SubmissionStore's, with the submission. */
@Injectable()
export class AdmissionStore {
  constructor(private readonly dataSource: DataSource) {}

  /** How many submissions are unfinished. */
  async count(): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      'select count(*)::integer as count from admission',
    );
    return row?.count ?? 0;
  }

  async countByLanguage(): Promise<{ language: string; unfinished: number; oldest_at: Date }[]> {
    return this.dataSource.query(
      `select language, count(*)::integer as unfinished, min(admitted_at) as oldest_at
       from (
         select coalesce(language, (select language from submission where id = submission_id)) as language, admitted_at
         from admission
       ) as place
       where language is not null group by language order by language`,
    );
  }

  /** Bytes of the database on its disk. */
  async databaseBytes(): Promise<number> {
    const [row] = await this.dataSource.query<{ bytes: string }[]>(
      'select pg_database_size(current_database()) as bytes',
    );
    return Number(row?.bytes ?? 0);
  }

  async findKey(keySha256: Buffer): Promise<IdempotencyKeyRow | undefined> {
    const [row] = await this.dataSource.query<IdempotencyKeyRow[]>(
      `select * from idempotency_key
       where key_sha256 = $1 and created_at > now() - make_interval(hours => $2)`,
      [keySha256, IDEMPOTENCY_KEY_HOURS],
    );
    return row;
  }

  /** Forgets keys and days that are too old, and gives back places that nobody did (a replica of another version finished them). */
  async tidy(): Promise<void> {
    await this.dataSource.query(
      'delete from idempotency_key where created_at <= now() - make_interval(hours => $1)',
      [IDEMPOTENCY_KEY_HOURS],
    );
    await this.dataSource.query(`delete from client_bytes where day < (now() at time zone 'utc')::date`);
    await this.dataSource.query(
      `delete from admission
       where admitted_at < now() - make_interval(secs => $1) and not exists (
         select from submission where submission.id = admission.submission_id and finished_at is null
       )`,
      [STALE_SECONDS],
    );
  }
}
