import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIndices, createTable, type TableSketch } from './tables.js';

const CHANGES: TableSketch = {
  name: 'changes',
  key: ['first_position#'],
  columns: [
    ...[
      'block#',
      'change_id',
      'kind',
      'environment?',
      'service?',
      'component?',
      'layer?',
      'digest?',
      'version?',
      'replaced?',
    ],
    ...['type?', 'strategy?', 'reason?', 'actor', 'pipeline?', 'channel', 'started_at', 'started_occurred_at'],
    ...[
      'validated_position#?',
      'finished_position#?',
      'open_bits#?',
      'finished_at?',
      'finished_occurred_at?',
      'final_outcome?',
    ],
    ...['effect?', 'rolled_back_position#?', 'rolled_back_occurred_at?', 'rolled_back_by?'],
    ...['ticket?', 'note?', 'detail?', 'about?'],
  ],
  indices: {
    'changes_by_id!': ['change_id'],
    changes_by_environment: ['environment', 'first_position'],
    changes_by_service: ['service', 'first_position'],
    changes_by_component: ['component', 'first_position'],
    changes_by_digest: ['digest', 'first_position'],
    changes_by_actor: ['actor', 'first_position'],
    'changes_by_layer?': ['layer', 'first_position'],
    'changes_by_pipeline?': ['pipeline', 'first_position'],
    'changes_by_type?': ['type', 'first_position'],
    changes_by_kind: ['kind', 'first_position'],
    'changes_by_ticket?': ['ticket', 'first_position'],
    changes_by_final_outcome: ['final_outcome', 'first_position'],
    'changes_by_effect?': ['effect', 'first_position'],
    changes_by_environment_outcome: ['environment', 'final_outcome', 'first_position'],
    changes_by_environment_service: ['environment', 'service', 'first_position'],
    changes_by_environment_type: ['environment', 'type', 'first_position'],
    'changes_by_roll_back?rolled_back_position': ['first_position'],
    'changes_by_environment_roll_back?rolled_back_position': ['environment', 'first_position'],
    changes_by_span: ['open_bits', 'first_position'],
    changes_by_block_start: ['block', 'started_occurred_at'],
    changes_by_block_finish: ['block', 'finished_occurred_at'],
    'changes_by_reason?': ['reason', 'first_position'],
    changes_by_recording: ['started_at', 'first_position'],
    'changes_by_finish?': ['finished_at', 'first_position'],
    changes_by_environment_finish: ['environment', 'finished_occurred_at', 'first_position'],
    'changes_by_finish_occurrence?': ['finished_occurred_at', 'first_position'],
  },
};

const INCIDENTS: TableSketch = {
  name: 'incidents',
  key: ['id'],
  columns: [
    ...['first_position#', 'event_id', 'severity', 'environment?', 'service?', 'started_at', 'reported_at'],
    ...['reported_occurred_at', 'actor', 'change_id?', 'ticket?', 'note?', 'resolved_position#?', 'resolved_at?'],
    ...['resolved_by?', 'resolution?', 'final_change_id?', 'mended_by?'],
  ],
  indices: {
    incidents_by_position: ['first_position'],
    'incidents_by_change?': ['change_id'],
    'incidents_by_final_change?': ['final_change_id'],
    'incidents_by_ticket?': ['ticket', 'first_position'],
    'incidents_by_mending?': ['mended_by'],
  },
};

const HANDOUTS: readonly TableSketch[] = [
  {
    name: 'handouts',
    key: ['position#'],
    columns: ['event_id', 'kind', 'actor', 'recorded_at', 'occurred_at', 'facts'],
    indices: {
      'handouts_by_event!': ['event_id'],
      handouts_by_kind: ['kind', 'position'],
      handouts_by_actor: ['actor', 'position'],
    },
  },
  { name: 'handout_digests', key: ['digest', 'position#'], columns: [] },
];

const EXCEPTIONS: readonly TableSketch[] = [
  {
    name: 'exceptions',
    key: ['position#'],
    columns: [
      ...['event_id', 'kind', 'environment?', 'pipeline?', 'subject?', 'actor', 'recorded_at', 'occurred_at'],
      ...['reason?', 'details'],
    ],
    indices: {
      exceptions_by_kind: ['kind', 'position'],
      'exceptions_by_environment?': ['environment', 'position'],
      'exceptions_by_pipeline?': ['pipeline', 'position'],
      exceptions_by_actor: ['actor', 'position'],
      exceptions_by_recording: ['recorded_at', 'position'],
      exceptions_by_occurrence: ['occurred_at', 'position'],
    },
  },
  { name: 'exception_fences', key: ['kind', 'name'], columns: ['terms'] },
];
/** How a search finds artifacts by what people call them, and a report those of its period. */
const ARTIFACT_INDICES = {
  artifacts_by_version: ['version', 'position'],
  artifacts_by_bake: ['baked_occurred_at', 'position'],
  'artifacts_by_ref?': ['source_ref', 'position'],
};

/** What auditors and advisory boards ask for. Changes are made anew: their projector has another version as well. */
export class Reporting1795000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.dropTable('changes');
    for (const table of [CHANGES, INCIDENTS, ...HANDOUTS, ...EXCEPTIONS]) await createTable(runner, table);
    await createIndices(runner, 'artifacts', ARTIFACT_INDICES);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['artifacts_by_version', 'artifacts_by_bake', 'artifacts_by_ref'])
      await runner.dropIndex('artifacts', index);
    for (const { name } of [INCIDENTS, ...HANDOUTS, ...EXCEPTIONS]) await runner.dropTable(name);
  }
}
