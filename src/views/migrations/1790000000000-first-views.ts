import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, type TableSketch } from './tables.js';

const CHECKPOINTS: TableSketch = {
  name: 'view_checkpoints',
  key: ['view'],
  columns: ['version#', 'position#', 'event_id?'],
};

const KNOWN_GOOD: readonly TableSketch[] = [
  { name: 'known_good_services', key: ['environment', 'service'], columns: [] },
  {
    name: 'known_good_intervals',
    key: ['environment', 'service', 'since_position#'],
    columns: [
      ...['since_recorded_at', 'since_occurred_at', 'revision#', 'ended_before?'],
      ...['digest?', 'component?', 'version?', 'layer?', 'change_id?'],
    ],
    indices: {
      known_good_intervals_by_occurrence: ['environment', 'service', 'since_occurred_at', 'since_position'],
      known_good_intervals_by_digest: ['digest', 'environment', 'service', 'since_position'],
    },
  },
  { name: 'known_good_deprecations', key: ['environment', 'service', 'since_position#'], columns: ['digests'] },
  {
    name: 'known_good_standings',
    key: ['environment', 'digest'],
    columns: ['since_recorded_at', 'since_occurred_at'],
  },
];

const CHANGES: TableSketch = {
  name: 'changes',
  key: ['first_position#'],
  columns: [
    ...['change_id', 'kind', 'environment?', 'service?', 'component?', 'layer?', 'digest?', 'version?', 'replaced?'],
    ...['type?', 'strategy?', 'reason?', 'actor', 'pipeline?', 'started_at', 'started_occurred_at'],
    ...['validated_position#?', 'finished_position#?', 'finished_at?', 'finished_occurred_at?', 'final_outcome?'],
    ...['rolled_back_position#?', 'ticket?', 'note?', 'detail?', 'about?'],
  ],
  indices: {
    'changes_by_id!': ['change_id'],
    changes_by_environment: ['environment', 'first_position'],
    changes_by_service: ['service', 'first_position'],
    changes_by_component: ['component', 'first_position'],
    changes_by_digest: ['digest', 'first_position'],
    changes_by_actor: ['actor', 'first_position'],
    'changes_by_reason?': ['reason', 'first_position'],
    changes_by_recording: ['started_at', 'first_position'],
    changes_by_occurrence: ['started_occurred_at', 'first_position'],
  },
};

const ARTIFACTS: readonly TableSketch[] = [
  {
    name: 'artifacts',
    key: ['digest'],
    columns: [
      ...['position#', 'event_id', 'component', 'version', 'kind', 'layer', 'source_repository', 'source_commit'],
      ...['source_ref?', 'source_author?', 'source_committed_at?', 'configuration?', 'base?', 'pipeline', 'proof'],
      ...['baked_at', 'baked_occurred_at'],
    ],
    indices: {
      artifacts_by_position: ['position'],
      artifacts_by_component: ['component', 'position'],
      artifacts_by_commit: ['source_commit', 'position'],
      'artifacts_by_base?': ['base', 'position'],
    },
  },
  {
    name: 'artifact_runs',
    key: ['digest', 'position#'],
    columns: [...['run_id', 'url?', 'triggered_by?', 'version', 'base?', 'pipeline', 'recorded_at', 'occurred_at']],
  },
  {
    name: 'artifact_attestations',
    key: ['digest', 'position#'],
    columns: [
      ...['type', 'result', 'environment?', 'evidence_uri?', 'evidence_digest?', 'pipeline'],
      ...['recorded_at', 'occurred_at'],
    ],
  },
  {
    name: 'artifact_revocations',
    key: ['digest', 'position#'],
    columns: ['severity', 'reason?', 'actor', 'recorded_at', 'occurred_at'],
  },
];

const EVENTS: TableSketch = {
  name: 'events_index',
  key: ['position#'],
  columns: [
    ...['id', 'stream', 'revision#', 'type', 'environment?', 'service?', 'digest?', 'change_id?', 'actor'],
    ...['recorded_at', 'occurred_at'],
  ],
  indices: {
    events_by_type: ['type', 'position'],
    'events_by_environment?': ['environment', 'position'],
    'events_by_digest?': ['digest', 'position'],
    'events_by_change?': ['change_id', 'position'],
    events_by_actor: ['actor', 'position'],
    events_by_recording: ['recorded_at', 'position'],
  },
};

const ENVIRONMENTS: readonly TableSketch[] = [
  {
    name: 'environments',
    key: ['name'],
    columns: ['position#', 'tier', 'promotes_from?', 'defined_at', 'first_occurred_at'],
  },
  {
    name: 'environment_policies',
    key: ['environment', 'position#'],
    columns: ['revision#', 'policy', 'recorded_at', 'occurred_at', 'actor', 'reason?'],
  },
];

const PIPELINES: TableSketch = {
  name: 'pipeline_registrations',
  key: ['id', 'position#'],
  columns: ['name', 'may_bake', 'may_promote_to', 'status', 'since'],
};

const TABLES = [CHECKPOINTS, ...KNOWN_GOOD, CHANGES, ...ARTIFACTS, EVENTS, ...ENVIRONMENTS, PIPELINES];

/** The views as they were first released. */
export class FirstViews1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.dropTable(table.name);
  }
}
