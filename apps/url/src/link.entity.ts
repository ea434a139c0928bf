import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A share link. Its code is `number` and `secret` together; the number alone is worth nothing. */
@Entity('link')
@Index('uq_link_submission_id_expires_in_seconds', ['submission_id', 'expires_in_seconds'], {
  unique: true,
  where: 'revoked_at is null',
})
export class LinkRow {
  /** bigint reads as a string. */
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'pk_link_number',
  })
  number!: string;

  /** 48 random bits. */
  @Column('bigint')
  secret!: string;

  @Column('uuid')
  submission_id!: string;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;

  /** As it was asked for; null: for ever. */
  @Column('integer', { nullable: true })
  expires_in_seconds!: number | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  expires_at!: Date | null;

  /** When it stopped being the link of its submission and options: revoked, or replaced after it had expired. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  revoked_at!: Date | null;

  /** When its submission was deleted. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  deleted_at!: Date | null;
}
