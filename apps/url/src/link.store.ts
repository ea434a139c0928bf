import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { LinkKey } from './link.code';
import { LinkRow } from './link.entity';

/** The clock that decides is the database's, for every replica. */
export type StoredLink = Pick<
  LinkRow,
  'number' | 'secret' | 'submission_id' | 'created_at' | 'expires_at'
> & {
  /** Expired, or revoked. */
  readonly gone: boolean;
};

const COLUMNS = `number, secret, submission_id, created_at, expires_at,
  (revoked_at is not null or coalesce(expires_at <= now(), false)) as gone`;

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

  async revokeAll(submissionId: string): Promise<void> {
    await this.dataSource.query(
      'update link set revoked_at = now() where submission_id = $1 and revoked_at is null',
      [submissionId],
    );
  }
}
