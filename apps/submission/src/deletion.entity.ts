import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A submission that was deleted here, for as long as other services may still hold something of it. An empty table
 * is the normal state. `due_at` is also the claim of whoever is telling them: until then nobody else does.
 */
@Entity('deletion')
export class DeletionRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_deletion_submission_id' })
  submission_id!: string;

  /** With the id, where its run is queued. */
  @Column('text')
  language!: string;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  deleted_at!: Date;

  @Index('ix_deletion_due_at')
  @Column({ type: 'timestamptz', precision: 3 })
  due_at!: Date;
}
