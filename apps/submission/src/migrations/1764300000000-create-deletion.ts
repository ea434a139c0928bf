import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDeletion1764300000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query(`
      create table deletion (
        submission_id uuid not null,
        language text not null,
        deleted_at timestamptz(3) not null default now(),
        due_at timestamptz(3) not null,
        constraint pk_deletion_submission_id primary key (submission_id)
      )`);
    await session.query('create index ix_deletion_due_at on deletion (due_at)');
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('drop table deletion');
  }
}
