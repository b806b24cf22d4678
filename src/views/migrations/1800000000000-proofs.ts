import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, type TableSketch } from './tables.js';

const RUNS: TableSketch = {
  name: 'artifact_runs',
  key: ['digest', 'position#'],
  columns: [
    ...['run_id', 'url?', 'triggered_by?', 'version', 'base?', 'pipeline', 'proof'],
    ...['signer_name?', 'signer_issuer?', 'signer_key?', 'recorded_at', 'occurred_at'],
  ],
};

const PIPELINES: TableSketch = {
  name: 'pipeline_registrations',
  key: ['id', 'position#'],
  columns: ['name', 'may_bake', 'may_promote_to', 'identities', 'pipeline_keys', 'status', 'since'],
};

/** The tables as they were before. */
const RUNS_BEFORE: TableSketch = {
  ...RUNS,
  columns: ['run_id', 'url?', 'triggered_by?', 'version', 'base?', 'pipeline', 'recorded_at', 'occurred_at'],
};
const PIPELINES_BEFORE: TableSketch = {
  ...PIPELINES,
  columns: ['name', 'may_bake', 'may_promote_to', 'status', 'since'],
};

/** Who proved that a pipeline built something, and who may. The tables are made anew: so is their content. */
export class Proofs1800000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await replace(runner, [RUNS, PIPELINES]);
    await runner.query('ALTER TABLE artifacts DROP COLUMN proof');
  }

  async down(runner: QueryRunner): Promise<void> {
    await replace(runner, [RUNS_BEFORE, PIPELINES_BEFORE]);
    const collation = runner.dataSource.options.type === 'postgres' ? ' COLLATE "C"' : '';
    await runner.query(`ALTER TABLE artifacts ADD COLUMN proof text${collation} NOT NULL DEFAULT 'token'`);
  }
}

async function replace(runner: QueryRunner, tables: readonly TableSketch[]): Promise<void> {
  for (const table of tables) {
    await runner.dropTable(table.name);
    await createTable(runner, table);
  }
}
