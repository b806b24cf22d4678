import type { AnyOf } from '../paging.js';

/** Of each field any value will do; all fields must hold. */
export interface ChangeFilter {
  readonly environment?: AnyOf;
  readonly service?: AnyOf;
  readonly component?: AnyOf;
  readonly layer?: AnyOf;
  readonly digest?: AnyOf;
  readonly pipeline?: AnyOf;
  readonly actor?: AnyOf;
  readonly outcome?: AnyOf;
  /** Of a refusal. */
  readonly reason?: AnyOf;
  /** `standard`, `normal` or `emergency`. */
  readonly type?: AnyOf;
  readonly kind?: AnyOf;
  readonly ticket?: AnyOf;
  readonly effect?: AnyOf;
  /** The clock that `from` and `to` are read by; `recorded` by default. */
  readonly clock?: 'recorded' | 'occurred';
  /** The end of a change that must lie in the window; `started` by default. */
  readonly on?: 'started' | 'finished';
  /** Changes of which that end was at this time or later. */
  readonly from?: string;
  /** Changes of which that end was before this time. */
  readonly to?: string;
}

/** The fields that are asked for by their values, each with the index that has a value's rows in order. */
export const FIELD_INDEXES = {
  environment: 'changes_by_environment',
  service: 'changes_by_service',
  component: 'changes_by_component',
  layer: 'changes_by_layer',
  digest: 'changes_by_digest',
  pipeline: 'changes_by_pipeline',
  actor: 'changes_by_actor',
  reason: 'changes_by_reason',
  type: 'changes_by_type',
  kind: 'changes_by_kind',
  ticket: 'changes_by_ticket',
  effect: 'changes_by_effect',
} as const satisfies Partial<Record<keyof ChangeFilter, string>>;

export type FilterField = keyof typeof FIELD_INDEXES;
export const FILTER_FIELDS = Object.keys(FIELD_INDEXES) as readonly FilterField[];

/** Rows by their place in the ledger: `low ≤ first position ≤ high`. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

export interface Condition {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

/** Rows that one index gives in the order of their first positions. */
export interface Arm extends Span {
  /** None: the table itself, which is in that order. */
  readonly index?: string;
  /** What is sought in the index. */
  readonly seek: Condition;
  /** What is asked of each row that is found. */
  readonly check?: Condition;
  /** Its rows go to another arm when they end, which may be between two looks at it. */
  readonly isFleeting?: true;
}

/** One part of a filter: what it asks of any row, and, where there are indexes for it, the arms that give its rows. */
export interface Part {
  /** The parts that the arms answer: this one, and those that an index over several fields answers with it. */
  readonly answers: readonly string[];
  readonly arms: readonly Arm[];
}
