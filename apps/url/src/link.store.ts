import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { LinkKey } from './link.code';
import { LinkRow } from './link.entity';

/** The clock that decides is the database's, for every replica. */
export type StoredLink = Pick<
  LinkRow,
  'number' | 'secret' | 'submission_id' | 'created_at' | 'expires_at'
> & {
  /** Why it opens no more; null: it opens. */
  readonly gone: 'deleted' | 'expired' | 'revoked' | null;
};

/** Of two reasons the one that came first counts, unless there is nothing left to show. */
const COLUMNS = `number, secret, submission_id, created_at, expires_at, case
  when deleted_at is not null then 'deleted'
  when expires_at <= coalesce(revoked_at, now()) then 'expired'
  when revoked_at is not null then 'revoked' end as gone`;

@Injectable()
export class LinkStore {
  constructor(private readonly dataSource: DataSource) {}

  /** The link that this submission and these options have; it may have expired. */
  async findCurrent(submissionId: string, expiresInSeconds: number | null): Promise<StoredLink | undefined> {
    const [row] = await this.dataSource.query<StoredLink[]>(
      `select ${COLUMNS} from link
       where submission_id = $1 and expires_in_seconds is not distinct from $2 and revoked_at is null`,
      [submissionId, expiresInSeconds],
    );
    return row;
  }

  async findByKey({ number, secret }: LinkKey): Promise<StoredLink | undefined> {
    const [row] = await this.dataSource.query<StoredLink[]>(
      `select ${COLUMNS} from link where number = $1 and secret = $2`,
      [number, secret],
    );
    return row;
  }

  /** undefined: this submission and these options have a link already; somebody else was faster. */
  async insert(
    submissionId: string,
    expiresInSeconds: number | null,
    secret: number,
  ): Promise<StoredLink | undefined> {
    const [row] = await this.dataSource.query<StoredLink[]>(
      `insert into link (secret, submission_id, expires_in_seconds, expires_at)
       values ($1, $2, $3::integer, now() + make_interval(secs => $3::integer))
       on conflict (submission_id, expires_in_seconds) where revoked_at is null do nothing
       returning ${COLUMNS}`,
      [secret, submissionId, expiresInSeconds],
    );
    return row;
  }

  /** Makes room for a new one; its own code stays known, as one that is gone. */
  async retireExpired(number: string): Promise<void> {
    await this.dataSource.query(
      'update link set revoked_at = expires_at where number = $1 and revoked_at is null and expires_at <= now()',
      [number],
    );
  }

  /** Which of these submissions have a link that opens. */
  async findLinked(submissionIds: readonly string[]): Promise<string[]> {
    const rows = await this.dataSource.query<Pick<LinkRow, 'submission_id'>[]>(
      `select distinct submission_id from link
       where submission_id = any($1::uuid[]) and revoked_at is null and coalesce(expires_at > now(), true)`,
      [submissionIds],
    );
    return rows.map(({ submission_id }) => submission_id);
  }

  async revoke(number: string): Promise<void> {
    await this.dataSource.query(
      'update link set revoked_at = now() where number = $1 and revoked_at is null',
      [number],
    );
  }

  /** What these links showed is no more. */
  async retireAll(submissionId: string): Promise<void> {
    await this.dataSource.query(
      `update link set deleted_at = now(), revoked_at = coalesce(revoked_at, now())
       where submission_id = $1 and deleted_at is null`,
      [submissionId],
    );
  }
}
