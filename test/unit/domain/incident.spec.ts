import { describe, it } from '@jest/globals';
import { decide } from '../../../src/domain/incident/decide.js';
import type { IncidentEvent } from '../../../src/domain/incident/events.js';
import { evolve, initialState } from '../../../src/domain/incident/state.js';
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
  const context = { occurredAt: NOON, blamed: undefined, mendedBy: undefined };

  it('is reported once, and takes its place from the change that it blames', () => {
    given()
      .when({ ...report, change: 'c1' }, { ...context, blamed: BLAMED })
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
      .when({ ...report, change: 'c1', environment: 'staging' }, { ...context, blamed: BLAMED })
      .thenRejected('invalid-reference');
  });

  it('is resolved once, when it is told or when it is said to have been', () => {
    given(reported).when(resolve, context).then('IncidentResolved.v1', { id: 'INC-1', resolvedAt: NOON });
    given(reported)
      .when({ ...resolve, resolvedAt: MORNING, mendedBy: 'c1' }, { ...context, mendedBy: BLAMED })
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
});
