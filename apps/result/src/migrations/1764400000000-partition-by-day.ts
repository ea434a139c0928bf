import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The table as it is becomes the first partition, of everything until the day after tomorrow: no row moves but those
 * whose ids do not tell their time, which go where such ids go from now on.
 */
export class PartitionByDay1764400000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    const bound = firstIdOfDayAfterTomorrow();
    await session.query('create schema day');
    await session.query('alter table result rename to result_first');
    await session.query('alter table result_first set schema day');
    await session.query(
      'create table result (like day.result_first including defaults including storage) partition by range (submission_id)',
    );
    await session.query(
      'alter table result add constraint pk_result_submission_id primary key (submission_id)',
    );
    await session.query('create table day.result_default partition of result default');
    await session.query(
      `with moved as (delete from day.result_first where submission_id >= '${bound}' returning *)
       insert into day.result_default select * from moved`,
    );
    await session.query(
      `alter table result attach partition day.result_first for values from (minvalue) to ('${bound}')`,
    );
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('create table result_whole (like result including defaults including storage)');
    await session.query('insert into result_whole select * from result');
    await session.query('drop table result');
    await session.query('alter table result_whole rename to result');
    await session.query(
      'alter table result add constraint pk_result_submission_id primary key (submission_id)',
    );
    await session.query('drop schema day');
  }
}

/** The least UUIDv7 of that day (UTC): 48 bits of milliseconds come first. */
function firstIdOfDayAfterTomorrow(): string {
  const day = 24 * 3_600_000;
  const milliseconds = ((Math.floor(Date.now() / day) + 2) * day).toString(16).padStart(12, '0');
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-0000-0000-000000000000`;
}
