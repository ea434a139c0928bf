import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSubmission1764000000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query(`
      create table submission (
        id uuid not null,
        language text not null,
        args jsonb not null,
        compiler_args jsonb not null,
        limits jsonb not null,
        code_input bytea not null,
        owner_token_sha256 bytea not null,
        created_at timestamptz(3) not null,
        dispatch integer not null,
        dispatched_at timestamptz(3) not null,
        finished_at timestamptz(3),
        constraint pk_submission_id primary key (id)
      )`);
    await session.query(`
      create table submission_file (
        submission_id uuid not null,
        position integer not null,
        name text not null,
        content bytea not null,
        constraint pk_submission_file_submission_id_position primary key (submission_id, position),
        constraint fk_submission_file_submission_id
          foreign key (submission_id) references submission (id) on delete cascade
      )`);
    // Bodies are read whole: out of line and uncompressed is the fastest by far (pglz costs six times as much).
    await session.query('alter table submission alter column code_input set storage external');
    await session.query('alter table submission_file alter column content set storage external');
    // The reconciler's list: what has no result yet, the longest silent first.
    await session.query(
      'create index ix_submission_dispatched_at on submission (dispatched_at) where finished_at is null',
    );
    await session.query(`
      create table outbox (
        id bigint generated always as identity,
        subject text not null,
        message_id text not null,
        message jsonb not null,
        created_at timestamptz(3) not null default now(),
        due_at timestamptz(3) not null,
        constraint pk_outbox_id primary key (id)
      )`);
    await session.query('create index ix_outbox_due_at on outbox (due_at)');
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('drop table outbox');
    await session.query('drop table submission_file');
    await session.query('drop table submission');
  }
}
