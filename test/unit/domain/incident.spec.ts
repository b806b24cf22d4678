import { describe, it } from '@jest/globals';
import { decide, type IncidentContext } from '../../../src/domain/incident/decide.js';
import type { IncidentEvent } from '../../../src/domain/incident/events.js';
import { evolve, initialState } from '../../../src/domain/incident/state.js';
import type { Caller } from '../../../src/domain/pipeline/permission.js';
import { Specification } from './specification.js';

const MORNING = '2026-03-02T09:00:00.000Z';
const NOON = '2026-03-02T12:00:00.000Z';
const BLAMED = {
  changeId: 'c1',
  environment: 'production',
  service: 'shop-api',
  component: 'shop-api',
  digest: 'sha256:1',
};
const FOUND = { change: BLAMED, beganAt: MORNING };
const OTHER = { change: { ...BLAMED, changeId: 'c2' }, beganAt: MORNING };

describe('an incident', () => {
  const { given } = new Specification({ initialState, evolve }, decide);
  const reported: IncidentEvent = {
    type: 'IncidentReported.v1',
    data: { id: 'INC-1', severity: 'P2', startedAt: MORNING },
    remarks: {},
  };
  const resolved: IncidentEvent = {
    type: 'IncidentResolved.v1',
    data: { id: 'INC-1', resolvedAt: NOON },
    remarks: {},
  };
  const report = { kind: 'report-incident', id: 'INC-1', severity: 'P2', startedAt: MORNING, remarks: {} } as const;
  const resolve = { kind: 'resolve-incident', id: 'INC-1', remarks: {} } as const;
  const context: IncidentContext = {
    ...{ caller: { kind: 'person' }, occurredAt: NOON, blamed: undefined, mendedBy: undefined },
    isEnvironmentDefined: true,
  };

  it('is reported once, and takes its place from the change that it blames', () => {
    given()
      .when({ ...report, change: 'c1' }, { ...context, blamed: FOUND })
      .then('IncidentReported.v1', {
        ...{ id: 'INC-1', severity: 'P2', startedAt: MORNING },
        ...{ environment: 'production', service: 'shop-api', blamed: BLAMED },
      });
    given(reported).when(report, context).thenRejected('already-exists');
  });

  it('cannot blame a change that the ledger does not have, or one of another environment', () => {
    given()
      .when({ ...report, change: 'c9' }, { ...context, blamed: 'unknown' })
      .thenRejected('invalid-reference');
    given()
      .when({ ...report, change: 'c1', environment: 'staging' }, { ...context, blamed: FOUND })
      .thenRejected('invalid-reference');
  });

  it('is resolved once, when it is told or when it is said to have been', () => {
    given(reported).when(resolve, context).then('IncidentResolved.v1', { id: 'INC-1', resolvedAt: NOON });
    given(reported)
      .when({ ...resolve, resolvedAt: MORNING, mendedBy: 'c1' }, { ...context, mendedBy: FOUND })
      .then('IncidentResolved.v1', { id: 'INC-1', resolvedAt: MORNING, mendedBy: BLAMED });
    given().when(resolve, context).thenRejected('not-found');
    given(reported, resolved).when(resolve, context).thenRejected('incident-not-open');
  });

  it('cannot end before it began, or be mended by a change that is not there', () => {
    const early = { ...resolve, resolvedAt: '2026-03-02T08:59:59.999Z' };
    given(reported).when(early, context).thenRejected('invalid-reference');
    given(reported)
      .when({ ...resolve, mendedBy: 'c9' }, { ...context, mendedBy: 'unknown' })
      .thenRejected('invalid-reference');
  });

  it('cannot be of another service than the change that it blames, or begin before it', () => {
    const blaming = { ...context, blamed: FOUND };
    given()
      .when({ ...report, change: 'c1', service: 'bank-api' }, blaming)
      .thenRejected('invalid-reference');
    const later = { ...context, blamed: { ...FOUND, beganAt: '2026-03-02T09:00:00.001Z' } };
    given()
      .when({ ...report, change: 'c1' }, later)
      .thenRejected('invalid-reference');
    given(reported)
      .when({ ...resolve, change: 'c1' }, later)
      .thenRejected('invalid-reference');
    given(reported)
      .when({ ...resolve, change: 'c1' }, blaming)
      .then('IncidentResolved.v1', { blamed: BLAMED });
  });

  it('cannot be in an environment that nobody defined', () => {
    given()
      .when({ ...report, environment: 'nowhere' }, { ...context, isEnvironmentDefined: false })
      .thenRejected('invalid-reference');
  });

  it('is not mended by the change that it blames', () => {
    const blaming: IncidentEvent = { ...reported, data: { ...reported.data, blamed: BLAMED } };
    given(blaming)
      .when({ ...resolve, mendedBy: 'c1' }, { ...context, mendedBy: FOUND })
      .thenRejected('invalid-reference');
    given(reported)
      .when({ ...resolve, change: 'c1', mendedBy: 'c1' }, { ...context, blamed: FOUND, mendedBy: FOUND })
      .thenRejected('invalid-reference');
    given(blaming)
      .when({ ...resolve, change: 'c2', mendedBy: 'c1' }, { ...context, blamed: OTHER, mendedBy: FOUND })
      .then('IncidentResolved.v1', { blamed: OTHER.change, mendedBy: BLAMED });
  });

  describe('told by a pipeline', () => {
    const bounds = { id: 'shop', name: 'Shop', mayBake: [], mayPromoteTo: ['staging', 'production:shop-*'] };
    const pipeline = (status: 'active' | 'suspended'): Caller => ({
      ...{ kind: 'pipeline', id: 'shop' },
      state: { status, registration: bounds, keys: [] },
    });
    const active = { ...context, caller: pipeline('active') };
    const suspended = { ...context, caller: pipeline('suspended') };
    const elsewhere = { change: { ...BLAMED, service: 'bank-api' }, beganAt: MORNING };

    it('is refused while the pipeline is suspended, wherever it is', () => {
      given().when(report, suspended).thenRefused('pipeline-suspended');
      given()
        .when({ ...report, environment: 'staging' }, suspended)
        .thenRefused('pipeline-suspended');
      given(reported).when(resolve, suspended).thenRefused('pipeline-suspended');
    });

    it('is refused outside the places that the pipeline may change', () => {
      given()
        .when({ ...report, environment: 'dev' }, active)
        .thenRefused('pipeline-not-permitted');
      given()
        .when({ ...report, environment: 'production', service: 'bank-api' }, active)
        .thenRefused('pipeline-not-permitted');
      given()
        .when({ ...report, change: 'c1' }, { ...active, blamed: elsewhere })
        .thenRefused('pipeline-not-permitted');
      given(reported)
        .when({ ...resolve, change: 'c1' }, { ...active, blamed: elsewhere })
        .thenRefused('pipeline-not-permitted');
      const foreign: IncidentEvent = { ...reported, data: { ...reported.data, environment: 'dev' } };
      given(foreign).when(resolve, active).thenRefused('pipeline-not-permitted');
    });

    it('is taken within them, and where it has no place', () => {
      given().when(report, active).then('IncidentReported.v1');
      given()
        .when({ ...report, change: 'c1' }, { ...active, blamed: FOUND })
        .then('IncidentReported.v1');
      given(reported).when(resolve, active).then('IncidentResolved.v1');
    });
  });
});
