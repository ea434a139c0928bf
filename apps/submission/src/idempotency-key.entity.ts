import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key that a submission was made with, for a day (ADR 0013). */
@Entity('idempotency_key')
export class IdempotencyKeyRow {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'pk_idempotency_key_key_sha256' })
  key_sha256!: Buffer;

  @Column('bytea')
  request_sha256!: Buffer;

  @Column('uuid')
  submission_id!: string;

  /** Kept here too: the answer stays the same when the submission is gone. */
  @Column({ type: 'timestamptz', precision: 3 })
  submission_created_at!: Date;

  @Column('bytea')
  owner_token_salt!: Buffer;

  @Index('ix_idempotency_key_created_at')
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;
}
