import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddAdmissionLanguage1764500000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query('alter table admission add column language text');
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query('alter table admission drop column language');
  }
}
