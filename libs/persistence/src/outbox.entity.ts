import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * A message that was promised in the same transaction as the row it speaks of. The row of the outbox is there
 * for as long as the broker may not have the message, and is deleted afterwards: an empty table is the normal
 * state. `due_at` is also the claim of whoever is sending it: until then nobody else does.
 */
@Entity('outbox')
export class OutboxRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'pk_outbox_id',
  })
  id!: string;

  @Column('text')
  subject!: string;

  @Column('text')
  message_id!: string;

  @Column('jsonb')
  message!: unknown;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;

  @Index('ix_outbox_due_at')
  @Column({ type: 'timestamptz', precision: 3 })
  due_at!: Date;
}
