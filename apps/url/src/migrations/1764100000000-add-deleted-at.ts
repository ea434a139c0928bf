import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddDeletedAt1764100000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query('alter table link add column deleted_at timestamptz(3)');
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('alter table link drop column deleted_at');
  }
}
