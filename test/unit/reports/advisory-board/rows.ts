import type {
  ArtifactFact,
  ChangeFact,
  IncidentFact,
  Population,
} from '../../../../src/reports/advisory-board/facts.js';
import { at, digestOf, uuid } from '../../views/ledger.js';

/** Times are minutes from the beginning of the period, which is four days long. */
export const DAY = 1_440;

/** A switch in production, unless something else is said. */
export function change(n: number, more: Partial<ChangeFact> = {}): ChangeFact {
  const occurredAt = more.occurredAt ?? at(n);
  return {
    ...{ fact: 'change', changeId: uuid(n), kind: 'promotion', environment: 'production', service: 'payments' },
    ...{ component: 'payments', digest: digestOf(`${n}`), version: `${n}` },
    ...{ type: 'normal', reason: null, actor: 'ci', channel: 'api', ticket: null, note: null },
    ...{ detail: null, firstPosition: n, startedOccurredAt: occurredAt, position: n, recordedAt: occurredAt },
    ...{ ended: 'succeeded', effect: 'switched', commands: 1, rolledBackAt: null },
    ...{ committedAt: null, hasStageBefore: true, soakSince: null },
    ...more,
    occurredAt,
  };
}

export const refusal = (n: number, reason = 'stage-skipped'): ChangeFact =>
  change(n, { ended: 'refused', effect: null, reason, type: null });

export function incident(id: string, more: Partial<IncidentFact> = {}): IncidentFact {
  return {
    ...{ fact: 'incident', id, position: 900, severity: 'P2', environment: 'production', service: 'payments' },
    ...{ startedAt: at(60), resolvedAt: null, changeId: null, mendedBy: null, note: null },
    ...more,
  };
}

export const live = (version: string, bakedAt: string | null): ArtifactFact => ({
  ...{ fact: 'artifact', environment: 'production', service: version, component: version, version },
  ...{ digest: digestOf(version), position: null, changeId: uuid(1), at: at(0), bakedAt },
});

export const population = (more: Partial<Population> = {}): Population => ({
  ...{ period: { from: at(0), to: at(4 * DAY) }, known: { from: at(0), to: at(4 * DAY) } },
  ...{ changes: [], unplaced: [], incidents: [], live: [] },
  ...{ environments: ['production'], now: at(4 * DAY) },
  ...more,
});
