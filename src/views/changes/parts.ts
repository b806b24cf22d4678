import {
  FIELD_INDEXES,
  FILTER_FIELDS,
  type Arm,
  type ChangeFilter,
  type Condition,
  type Part,
  type Span,
} from './filter.js';
import type { Hints } from './hints.js';

/** More arms than this are not worth their overhead; another part of the filter then finds the rows. */
const ARMS_MAX = 60;

const NOTHING: Condition = { sql: '', params: [] };

/** What a filter asks of a row, by the names of its parts. */
export function conditionsOf(filter: ChangeFilter, at: Place): Map<string, Condition> {
  const { position, hints } = at;
  const conditions = new Map<string, Condition>();
  for (const field of FILTER_FIELDS) {
    const values = filter[field];
    if (values?.length) conditions.set(field, { sql: `${hints.bare(field)} IN (${marks(values)})`, params: values });
  }
  if (filter.outcome?.length) conditions.set('outcome', hadOutcome(filter.outcome, at));
  const { from, to } = filter;
  // An end of which the ledger had not heard by then is none, and neither is what came of it.
  if (filter.effect?.length || (filter.on === 'finished' && (from ?? to) !== undefined))
    conditions.set('finished', { sql: `${hints.bare('finished_position')} <= ?`, params: [position] });
  const end = `${filter.on ?? 'started'}${filter.clock === 'occurred' ? '_occurred_at' : '_at'}`;
  // A window over when changes were recorded as begun is a span of positions and asks nothing more of a row.
  if (end === 'started_at') return conditions;
  if (from !== undefined) conditions.set('from', { sql: `${hints.bare(end)} >= ?`, params: [from] });
  if (to !== undefined) conditions.set('to', { sql: `${hints.bare(end)} < ?`, params: [to] });
  return conditions;
}

/** Every way to find rows by an index, any one of which will do. `maxBits` is the longest that a change was open. */
export function partsOf(filter: ChangeFilter, span: Span, bounds: Bounds): Part[] {
  const parts: Part[] = [];
  for (const field of FILTER_FIELDS) {
    const values = unique(filter[field]);
    if (values.length === 0) continue;
    const index = FIELD_INDEXES[field];
    parts.push({ answers: [field], arms: values.map((value) => ({ ...span, index, seek: equal(field, value) })) });
  }
  const outcomes = unique(filter.outcome);
  if (outcomes.length > 0) parts.push({ answers: ['outcome'], arms: outcomeArms(outcomes, span, bounds) });
  parts.push(...pairs(filter, span, bounds));
  return parts.filter(({ arms }) => arms.length <= ARMS_MAX);
}

interface Place {
  readonly position: number;
  readonly hints: Hints;
}

export interface Bounds extends Place {
  readonly maxBits: number;
}

/** Most questions are about an environment, so that what they add to it most often is in an index with it. */
function pairs(filter: ChangeFilter, span: Span, at: Place): Part[] {
  const environments = unique(filter.environment);
  const outcomes = unique(filter.outcome);
  const parts: Part[] = [];
  const add = (name: string, index: string, values: readonly string[], seek: (value: string) => Partial<Arm>) => {
    if (values.length === 0 || environments.length === 0) return;
    const arms = environments.flatMap((environment) =>
      values.map((value) => {
        const arm = seek(value);
        return { ...span, index, ...arm, seek: both(equal('environment', environment), arm.seek ?? NOTHING) };
      }),
    );
    parts.push({ answers: ['environment', name], arms });
  };
  const field = (name: 'service' | 'type') => (value: string) => ({ seek: equal(name, value) });
  add('service', 'changes_by_environment_service', unique(filter.service), field('service'));
  add('type', 'changes_by_environment_type', unique(filter.type), field('type'));
  if (outcomes.every(isFinal)) {
    add('outcome', 'changes_by_environment_outcome', outcomes, (outcome) => finalArm(outcome, at));
  } else if (outcomes.every((outcome) => outcome === 'rolled-back')) {
    const seek = { sql: 'rolled_back_position <= ?', params: [at.position] };
    add('outcome', 'changes_by_environment_roll_back', outcomes, () => ({ seek }));
  }
  return parts;
}

function outcomeArms(outcomes: readonly string[], span: Span, bounds: Bounds): Arm[] {
  return outcomes.flatMap((outcome): Arm[] => {
    if (isFinal(outcome)) return [{ ...span, index: 'changes_by_final_outcome', ...finalArm(outcome, bounds) }];
    if (outcome === 'rolled-back') {
      return [
        {
          ...span,
          index: 'changes_by_roll_back',
          seek: { sql: 'rolled_back_position <= ?', params: [bounds.position] },
        },
      ];
    }
    const seek = { sql: 'open_bits IS NULL', params: [] };
    const open: Arm = { ...span, index: 'changes_by_span', seek, isFleeting: true };
    return [open, ...spanArms(span, bounds)];
  });
}

/**
 * Changes that were open at a position and have ended since. By how long they were open, so that each arm looks at
 * twice as many rows as it finds, wherever in history the position is.
 */
function spanArms(span: Span, { position, maxBits, hints }: Bounds): Arm[] {
  return Array.from({ length: maxBits }, (_, index) => index + 1).map((bits) => ({
    low: Math.max(span.low, position - 2 ** bits + 1),
    high: span.high,
    index: 'changes_by_span',
    seek: { sql: 'open_bits = ?', params: [bits] },
    check: { sql: `${hints.bare('finished_position')} > ?`, params: [position] },
    isFleeting: true,
  }));
}

function finalArm(outcome: string, { position, hints: { bare } }: Place) {
  const rolledBack = bare('rolled_back_position');
  return {
    seek: equal('final_outcome', outcome),
    check: {
      sql: `${bare('finished_position')} <= ? AND (${rolledBack} IS NULL OR ${rolledBack} > ?)`,
      params: [position, position],
    },
  };
}

/** The outcome at a position cannot be a column: it is told from the positions at which things happened. */
function hadOutcome(outcomes: readonly string[], at: Place): Condition {
  const { bare } = at.hints;
  const asked = outcomes.map((outcome): Condition => {
    if (outcome === 'in-progress') {
      const finished = bare('finished_position');
      return { sql: `(${finished} IS NULL OR ${finished} > ?)`, params: [at.position] };
    }
    if (outcome === 'rolled-back') return { sql: `${bare('rolled_back_position')} <= ?`, params: [at.position] };
    const { seek, check } = finalArm(outcome, at);
    return { sql: `(${bare(seek.sql)} AND ${check.sql})`, params: [...seek.params, ...check.params] };
  });
  return { sql: `(${asked.map(({ sql }) => sql).join(' OR ')})`, params: asked.flatMap(({ params }) => params) };
}

const isFinal = (outcome: string): boolean => outcome !== 'in-progress' && outcome !== 'rolled-back';
const equal = (column: string, value: string): Condition => ({ sql: `${column} = ?`, params: [value] });
const both = (left: Condition, right: Condition): Condition => ({
  sql: `${left.sql} AND ${right.sql}`,
  params: [...left.params, ...right.params],
});
const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');
const unique = (values: readonly string[] | undefined): string[] => [...new Set(values)];
