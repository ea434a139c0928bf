import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddCompileCached1764200000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query('alter table result add column compile_cached boolean');
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('alter table result drop column compile_cached');
  }
}
