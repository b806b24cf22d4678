import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose tokens a pipeline may come in with. The projector's new version fills it. */
export class Oidc1805000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const collation = runner.dataSource.options.type === 'postgres' ? ' COLLATE "C"' : '';
    await runner.query(`ALTER TABLE pipeline_registrations ADD COLUMN oidc text${collation}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE pipeline_registrations DROP COLUMN oidc');
  }
}
