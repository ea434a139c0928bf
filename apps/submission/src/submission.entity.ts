import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Interactive } from '@runbin/contracts/interactive';
import type { Limits } from '@runbin/contracts/limits';

/** What was submitted, and how far its run is known to have come. Properties are named as the columns are. */
@Entity('submission')
export class SubmissionRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_submission_id' })
  id!: string;

  @Column('text')
  language!: string;

  @Column('jsonb')
  args!: string[];

  @Column('jsonb')
  compiler_args!: string[];

  @Column('jsonb')
  limits!: Limits;

  /** null: the run gets its input whole, and is not talked with. */
  @Column('jsonb', { nullable: true })
  interactive!: Interactive | null;

  @Column('bytea')
  code_input!: Buffer;

  @Column('bytea')
  owner_token_sha256!: Buffer;

  @Column({ type: 'timestamptz', precision: 3 })
  created_at!: Date;

  /** How often its run was sent to the broker in earnest. */
  @Column('integer')
  dispatch!: number;

  /** When the run was last sent, or last found to be with the broker. */
  @Index('ix_submission_dispatched_at', { where: 'finished_at is null' })
  @Column({ type: 'timestamptz', precision: 3 })
  dispatched_at!: Date;

  /** When it became known here that a final result exists. The result service is the record of results. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  finished_at!: Date | null;
}
