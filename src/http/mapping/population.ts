import type { Query } from '../../domain/report/events.js';
import { FILTER_FIELDS, type ChangeFilter } from '../../views/changes/filter.js';
import { CHANGE_FIELDS, type ChangeField } from '../../views/changes/row.js';
import type { ChangeFilters } from '../dto/changes.js';
import { namesIn } from '../input/fields.js';
import { windowOf, type Window } from './window.js';

/** The window of a population: of when its changes began, or ended. */
export const changeWindowOf = (filters: ChangeFilters): Required<Window> => ({
  ...windowOf(filters),
  on: filters.on === 'finished' ? 'finished' : 'started',
});

const FIELDS = [...FILTER_FIELDS, 'outcome'] as const;

/** What was asked, in one form whatever the order and form in which it was asked. */
export function toQuery(filters: ChangeFilters): Query {
  const window = changeWindowOf(filters);
  const query: Record<string, readonly string[]> = {};
  for (const field of FIELDS) {
    const values = filters[field];
    if (values !== undefined) query[field] = [...new Set([values].flat())].sort();
  }
  if (window.from) query['from'] = [window.from];
  if (window.to) query['to'] = [window.to];
  if (window.clock !== 'recorded') query['clock'] = [window.clock];
  if (window.on !== 'started') query['on'] = [window.on];
  return query;
}

/** The filter that such a query stands for. */
export function toFilter(query: Query): ChangeFilter {
  const [from] = query['from'] ?? [];
  const [to] = query['to'] ?? [];
  const fields = FIELDS.flatMap((field) => (query[field] ? [[field, query[field]] as const] : []));
  return {
    ...Object.fromEntries(fields),
    clock: query['clock']?.[0] === 'occurred' ? 'occurred' : 'recorded',
    on: query['on']?.[0] === 'finished' ? 'finished' : 'started',
    ...(from && { from }),
    ...(to && { to }),
  };
}

export function windowOfQuery(query: Query): Window {
  const { clock = 'recorded', on = 'started', from = null, to = null } = toFilter(query);
  return { from, to, clock, on };
}

/** The fields to answer, in their own order; undefined for all of them. */
export function fieldsOf(given: string | string[] | undefined): ChangeField[] | undefined {
  if (given === undefined) return undefined;
  const names = new Set([...namesIn(given), 'changeId']);
  const fields = CHANGE_FIELDS.filter((field) => names.has(field));
  return fields.length === CHANGE_FIELDS.length ? undefined : fields;
}
