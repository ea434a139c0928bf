import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAdmission1764200000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query(`
      create table admission (
        submission_id uuid not null,
        client text,
        lane text not null,
        admitted_at timestamptz(3) not null default now(),
        constraint pk_admission_submission_id primary key (submission_id)
      )`);
    await session.query('create index ix_admission_client on admission (client)');
    await session.query(`
      create table idempotency_key (
        key_sha256 bytea not null,
        request_sha256 bytea not null,
        submission_id uuid not null,
        submission_created_at timestamptz(3) not null,
        owner_token_salt bytea not null,
        created_at timestamptz(3) not null default now(),
        constraint pk_idempotency_key_key_sha256 primary key (key_sha256)
      )`);
    await session.query('create index ix_idempotency_key_created_at on idempotency_key (created_at)');
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('drop table idempotency_key');
    await session.query('drop table admission');
  }
}
