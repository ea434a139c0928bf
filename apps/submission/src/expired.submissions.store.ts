import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ExpiringStore, firstIdAt } from '@runbin/persistence/retention';

/** Finished submissions, for the retention. One that has no final result yet is owed one, however old it is. */
@Injectable()
export class ExpiredSubmissionsStore implements ExpiringStore {
  constructor(private readonly dataSource: DataSource) {}

  async findExpired(before: Date, after: string, limit: number): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `select id from submission
       where id > $1 and id < $2 and created_at < $3 and finished_at is not null order by id limit $4`,
      [after, firstIdAt(before), before, limit],
    );
    return rows.map(({ id }) => id);
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `with files as (delete from submission_file where submission_id = any($1::uuid[]))
       delete from submission where id = any($1::uuid[])`,
      [ids],
    );
  }
}
