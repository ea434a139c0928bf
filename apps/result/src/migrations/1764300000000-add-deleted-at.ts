import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddDeletedAt1764300000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query('alter table result add column deleted_at timestamptz(3)');
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('alter table result drop column deleted_at');
  }
}
