import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, type TableSketch } from './tables.js';

const BEFORE: TableSketch = {
  name: 'artifact_attestations',
  key: ['digest', 'position#'],
  columns: [
    ...['type', 'result', 'environment?', 'evidence_uri?', 'evidence_digest?', 'pipeline'],
    ...['recorded_at', 'occurred_at'],
  ],
};

const ATTESTATIONS: TableSketch = {
  ...BEFORE,
  columns: [
    ...['type', 'result', 'environment?', 'evidence_uri?', 'evidence_digest?', 'pipeline', 'proof', 'predicate_type?'],
    ...['signer_name?', 'signer_issuer?', 'signer_key?', 'recorded_at', 'occurred_at'],
  ],
};

/** Who signed what was found out about an artifact. The table is made anew: so is its content. */
export class SignedEvidence1805000000000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    return replace(runner, ATTESTATIONS);
  }

  down(runner: QueryRunner): Promise<void> {
    return replace(runner, BEFORE);
  }
}

async function replace(runner: QueryRunner, table: TableSketch): Promise<void> {
  await runner.dropTable(table.name);
  await createTable(runner, table);
}
