import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLink1764000000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query(`
      create table link (
        number bigint generated always as identity,
        secret bigint not null,
        submission_id uuid not null,
        created_at timestamptz(3) not null default now(),
        expires_in_seconds integer,
        expires_at timestamptz(3),
        revoked_at timestamptz(3),
        constraint pk_link_number primary key (number)
      )`);
    // One live link per submission and options; "no expiry" is an option like any other.
    await session.query(`
      create unique index uq_link_submission_id_expires_in_seconds
        on link (submission_id, expires_in_seconds) nulls not distinct where revoked_at is null`);
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('drop table link');
  }
}
