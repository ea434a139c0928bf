import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { SubmissionRow } from './submission.entity';

const PRIMARY_KEY = 'pk_submission_file_submission_id_position';

/** One file of a submission; position 0 is the entry. */
@Entity('submission_file')
export class SubmissionFileRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: PRIMARY_KEY })
  submission_id!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: PRIMARY_KEY })
  position!: number;

  @Column('text')
  name!: string;

  @Column('bytea')
  content!: Buffer;

  @ManyToOne(() => SubmissionRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'submission_id', foreignKeyConstraintName: 'fk_submission_file_submission_id' })
  submission?: SubmissionRow;
}
