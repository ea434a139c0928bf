import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ExpiringStore, firstIdAt } from '@runbin/persistence/retention';

/** Final results, and what remains of deleted ones, for the retention. */
@Injectable()
export class ExpiredResultsStore implements ExpiringStore {
  constructor(private readonly dataSource: DataSource) {}

  async findExpired(before: Date, after: string, limit: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ submission_id: string }[]>(
      `select submission_id from result
       where submission_id > $1 and submission_id < $2 and finished_at < $3 order by submission_id limit $4`,
      [after, firstIdAt(before), before, limit],
    );
    return rows.map(({ submission_id }) => submission_id);
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.dataSource.query('delete from result where submission_id = any($1::uuid[])', [ids]);
  }
}
