import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = ['oidc', 'may_attest'];

/** Whose tokens a pipeline may come in with, and what it may attest. The projector's new version fills them. */
export class Registrations1805000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const collation = runner.dataSource.options.type === 'postgres' ? ' COLLATE "C"' : '';
    for (const column of COLUMNS) {
      await runner.query(`ALTER TABLE pipeline_registrations ADD COLUMN ${column} text${collation}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of COLUMNS) await runner.query(`ALTER TABLE pipeline_registrations DROP COLUMN ${column}`);
  }
}
