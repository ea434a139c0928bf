import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddOutputLog1764500000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query('alter table result add column output_log jsonb');
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('alter table result drop column output_log');
  }
}
