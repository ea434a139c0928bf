import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Lane } from '@runbin/contracts/subjects';

/**
 * The place that an unfinished submission takes: there from its acceptance until its final result is known, so
 * that counting what is unfinished reads a small table. Not a column of the submission, which is kept for ever.
 */
@Entity('admission')
export class AdmissionRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_admission_submission_id' })
  submission_id!: string;

  /** null: somebody who is not bounded. */
  @Index('ix_admission_client')
  @Column('text', { nullable: true })
  client!: string | null;

  /** null: admitted by an earlier service. */
  @Column('text', { nullable: true })
  language!: string | null;

  /** In which its work waits: whoever sends it again must send it there, or the broker would hold it twice. */
  @Column('text')
  lane!: Lane;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  admitted_at!: Date;
}
