import type { MigrationInterface, QueryRunner } from 'typeorm';

const KEYS = { submission: 'id', submission_file: 'submission_id' };
const PRIMARY_KEYS = {
  submission: 'constraint pk_submission_id primary key (id)',
  submission_file:
    'constraint pk_submission_file_submission_id_position primary key (submission_id, position)',
};
const TABLES = ['submission', 'submission_file'] as const;

/**
 * The tables as they are become the first partitions, of everything until the day after tomorrow: no row moves but
 * those whose ids do not tell their time, which go where such ids go from now on. Files are removed by whoever removes
 * their submission: a foreign key between partitioned tables would be one per pair of partitions.
 */
export class PartitionByDay1764400000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    const bound = firstIdOfDayAfterTomorrow();
    await session.query('create schema day');
    await session.query('alter table submission_file drop constraint fk_submission_file_submission_id');
    for (const table of TABLES) {
      const key = KEYS[table];
      await session.query(`alter table ${table} rename to ${table}_first`);
      await session.query(`alter table ${table}_first set schema day`);
      await session.query(
        `create table ${table} (like day.${table}_first including defaults including storage) partition by range (${key})`,
      );
      await session.query(`alter table ${table} add ${PRIMARY_KEYS[table]}`);
      if (table === 'submission') await indexSilent(session);
      await session.query(`create table day.${table}_default partition of ${table} default`);
      await session.query(
        `with moved as (delete from day.${table}_first where ${key} >= '${bound}' returning *)
         insert into day.${table}_default select * from moved`,
      );
      await session.query(
        `alter table ${table} attach partition day.${table}_first for values from (minvalue) to ('${bound}')`,
      );
    }
  }

  async down(session: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await session.query(`create table ${table}_whole (like ${table} including defaults including storage)`);
      await session.query(`insert into ${table}_whole select * from ${table}`);
      await session.query(`drop table ${table}`);
      await session.query(`alter table ${table}_whole rename to ${table}`);
      await session.query(`alter table ${table} add ${PRIMARY_KEYS[table]}`);
    }
    await indexSilent(session);
    await session.query(
      `alter table submission_file add constraint fk_submission_file_submission_id
         foreign key (submission_id) references submission (id) on delete cascade`,
    );
    await session.query('drop schema day');
  }
}

async function indexSilent(session: QueryRunner): Promise<void> {
  await session.query(
    'create index ix_submission_dispatched_at on submission (dispatched_at) where finished_at is null',
  );
}

/** The least UUIDv7 of that day (UTC): 48 bits of milliseconds come first. */
function firstIdOfDayAfterTomorrow(): string {
  const day = 24 * 3_600_000;
  const milliseconds = ((Math.floor(Date.now() / day) + 2) * day).toString(16).padStart(12, '0');
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-0000-0000-000000000000`;
}
