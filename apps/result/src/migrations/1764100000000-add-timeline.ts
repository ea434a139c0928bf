import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddTimeline1764100000000 implements MigrationInterface {
  async up(session: QueryRunner): Promise<void> {
    await session.query(`
      alter table result
        add column picked_at timestamptz(3),
        add column sandbox_ready_at timestamptz(3),
        add column compiled_at timestamptz(3)`);
  }

  async down(session: QueryRunner): Promise<void> {
    await session.query(`
      alter table result
        drop column picked_at,
        drop column sandbox_ready_at,
        drop column compiled_at`);
  }
}
