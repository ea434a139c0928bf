import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddInteractive1764100000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query('alter table submission add column interactive jsonb');
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('alter table submission drop column interactive');
  }
}
