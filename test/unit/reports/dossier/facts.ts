import type { ArtifactDetails } from '../../../../src/views/artifacts/queries.js';
import type { Facts } from '../../../../src/reports/dossier/facts.js';
import { LOOSEST_POLICY } from '../../../../src/domain/environment/policy.js';
import { at, digestOf, uuid } from '../../views/ledger.js';

const CHANGE_ID = uuid(7);

export const artifact: ArtifactDetails = {
  ...{ digest: digestOf('new'), position: 1, eventId: uuid(1), component: 'payments', version: '2.0.0' },
  ...{ kind: 'container-image', layer: 'application', sourceRepository: 'r', sourceCommit: 'c2', pipeline: 'ci' },
  ...{ proof: 'token', bakedAt: at(1), bakedOccurredAt: at(1), attestations: [], runs: [], lineage: [], builtOnIt: 0 },
};

/** Facts of a plain promotion at position 10; a test says what is different. */
export const factsOf = (different: Partial<Facts> = {}): Facts => ({
  position: 20,
  change: {
    ...{ firstPosition: 10, lastPosition: 10, changeId: CHANGE_ID, kind: 'promotion', environment: 'production' },
    ...{ service: 'payments', component: 'payments', digest: digestOf('new'), outcome: 'succeeded' },
    ...{ effect: 'switched', actor: 'ci', channel: 'api', startedAt: at(10), startedOccurredAt: at(10) },
  },
  own: [],
  decision: { position: 10, by: 'end' },
  artifact,
  environment: undefined,
  policy: {
    policy: { ...LOOSEST_POLICY, evidence: [{ type: 'tests' }] },
    ...{ revision: 1, position: 0, recordedAt: at(0), actor: 'root' },
  },
  before: undefined,
  current: undefined,
  ended: undefined,
  rolledBackBy: undefined,
  target: undefined,
  standing: { atStart: undefined, atDecision: undefined },
  refusals: { about: [], before: [], isCut: false },
  incidents: { blaming: [], mended: [], isCut: false },
  life: { events: [], isCut: false },
  eventAt: new Map(),
  ...different,
});
