import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateResult1764000000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query(`
      create table result (
        submission_id uuid not null,
        attempt integer not null,
        status text not null,
        message text not null,
        exit_code integer,
        signal integer,
        stdout bytea,
        stdout_truncated boolean not null,
        stderr bytea,
        stderr_truncated boolean not null,
        compile_exit_code integer,
        compile_signal integer,
        compile_output bytea,
        compile_output_truncated boolean,
        compile_cpu_time_ms double precision,
        compile_wall_time_ms double precision,
        cpu_time_ms double precision,
        wall_time_ms double precision,
        memory_peak_bytes bigint,
        degraded jsonb not null,
        language text not null,
        language_version text,
        queued_at timestamptz(3) not null,
        started_at timestamptz(3) not null,
        finished_at timestamptz(3),
        constraint pk_result_submission_id primary key (submission_id)
      )`);
    // Output is read whole: out of line and uncompressed is the fastest by far (pglz costs six times as much).
    for (const column of ['stdout', 'stderr', 'compile_output']) {
      await session.query(`alter table result alter column ${column} set storage external`);
    }
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('drop table result');
  }
}
