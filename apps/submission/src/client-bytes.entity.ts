import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a client has submitted on a day, in UTC. Deleting gives nothing back: it is a bound on writing. */
@Entity('client_bytes')
export class ClientBytesRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_client_bytes_client_day' })
  client!: string;

  @PrimaryColumn('date', { primaryKeyConstraintName: 'pk_client_bytes_client_day' })
  day!: string;

  /** Of code, files and input. */
  @Column('bigint')
  bytes!: string;
}
