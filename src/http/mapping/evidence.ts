import type { Query } from '../../domain/report/events.js';
import type { EvidenceScope } from '../../reports/evidence/gather.js';
import type { StartEvidenceDto } from '../dto/evidence.js';
import { toFilter, toQuery } from './population.js';

/** What was asked, in one form whatever the order and form in which it was asked. */
export function toEvidenceQuery(body: StartEvidenceDto): Query {
  const { changeId, event, completeness, withhold } = body;
  return {
    ...toQuery(body),
    ...listed('changeId', changeId),
    ...listed('event', event),
    ...listed('completeness', completeness),
    ...listed('withhold', withhold),
  };
}

/** What such a query asks of. */
export function scopeOfQuery(query: Query): Omit<EvidenceScope, 'position'> {
  const isRange = query['completeness'] !== undefined;
  const { changeId, event } = query;
  if (event) return { selection: { eventIds: event }, isRange };
  if (changeId) return { selection: { changeIds: changeId }, isRange };
  return { selection: { filter: toFilter(query) }, isRange };
}

export const withheldOfQuery = (query: Query): readonly string[] => query['withhold'] ?? [];

const listed = (name: string, values: string | string[] | undefined): Query =>
  values === undefined ? {} : { [name]: [...new Set([values].flat())].sort() };
