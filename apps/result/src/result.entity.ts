import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OutputLog } from '@runbin/contracts/result';
import type { Status } from '@runbin/contracts/status';

/**
 * What is known of a submission's run. `finished_at` decides: while it is null the run is going on and
 * everything that only an outcome has is null or empty; once it is set nothing changes any more, until its owner
 * deletes it: then nothing remains but that, so that an outcome which comes later finds its place taken.
 * Properties are named as the columns are.
 */
@Entity('result')
export class ResultRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_result_submission_id' })
  submission_id!: string;

  @Column('integer')
  attempt!: number;

  @Column('text')
  status!: Status;

  @Column('text')
  message!: string;

  @Column('integer', { nullable: true })
  exit_code!: number | null;

  @Column('integer', { nullable: true })
  signal!: number | null;

  @Column('bytea', { nullable: true })
  stdout!: Buffer | null;

  @Column('boolean')
  stdout_truncated!: boolean;

  @Column('bytea', { nullable: true })
  stderr!: Buffer | null;

  @Column('boolean')
  stderr_truncated!: boolean;

  @Column('integer', { nullable: true })
  compile_exit_code!: number | null;

  @Column('integer', { nullable: true })
  compile_signal!: number | null;

  /** null: the language has no compile stage, or it was not reached. */
  @Column('bytea', { nullable: true })
  compile_output!: Buffer | null;

  @Column('boolean', { nullable: true })
  compile_output_truncated!: boolean | null;

  @Column('double precision', { nullable: true })
  compile_cpu_time_ms!: number | null;

  @Column('double precision', { nullable: true })
  compile_wall_time_ms!: number | null;

  /** null also: from before it was known. */
  @Column('boolean', { nullable: true })
  compile_cached!: boolean | null;

  /** null, like the other two figures of usage: nothing was measured. */
  @Column('double precision', { nullable: true })
  cpu_time_ms!: number | null;

  @Column('double precision', { nullable: true })
  wall_time_ms!: number | null;

  /** bigint reads as a string. */
  @Column('bigint', { nullable: true })
  memory_peak_bytes!: string | null;

  @Column('jsonb')
  degraded!: string[];

  /** null: not known in which pieces the output came, or nothing ran. */
  @Column('jsonb', { nullable: true })
  output_log!: OutputLog | null;

  @Column('text')
  language!: string;

  @Column('text', { nullable: true })
  language_version!: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  queued_at!: Date;

  /** null: an earlier runner did not say, as with the next two. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  picked_at!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  sandbox_ready_at!: Date | null;

  /** null also: nothing was compiled. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  compiled_at!: Date | null;

  @Column({ type: 'timestamptz', precision: 3 })
  started_at!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  finished_at!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deleted_at!: Date | null;
}
