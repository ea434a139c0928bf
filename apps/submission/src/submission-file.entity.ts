import { Column, Entity, PrimaryColumn } from 'typeorm';

const PRIMARY_KEY = 'pk_submission_file_submission_id_position';

/** One file of a submission; position 0 is the entry. Removed by whoever removes its submission. */
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
}
