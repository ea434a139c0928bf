import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateClientBytes1764600000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query(`
      create table client_bytes (
        client text not null,
        day date not null,
        bytes bigint not null,
        constraint pk_client_bytes_client_day primary key (client, day)
      )`);
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('drop table client_bytes');
  }
}
