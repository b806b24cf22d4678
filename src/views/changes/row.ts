import type { Answer } from '../paging.js';
import type { Change, FinalOutcome } from './entity.js';

export const OUTCOMES = ['in-progress', 'succeeded', 'failed', 'abandoned', 'rolled-back', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

type Inner = 'finalOutcome' | 'validatedPosition' | 'finishedPosition' | 'rolledBackPosition' | 'block' | 'openBits';

/**
 * A change as it was at a position: flat, of texts and whole numbers, and with its keys in order, so that what
 * JSON.stringify writes of it is its canonical form (RFC 8785).
 */
export type ChangeRow = Omit<Answer<Change>, Inner> & {
  readonly outcome: Outcome;
  /** Position of the change's last event. */
  readonly lastPosition: number;
};

/** Every field that a row may have, in the order of their names. */
export const CHANGE_FIELDS = [
  ...([
    'about',
    'actor',
    'changeId',
    'channel',
    'component',
    'detail',
    'digest',
    'effect',
    'environment',
    'finishedAt',
  ] as const),
  ...(['finishedOccurredAt', 'firstPosition', 'kind', 'lastPosition', 'layer', 'note', 'outcome', 'pipeline'] as const),
  ...(['reason', 'replaced', 'rolledBackBy', 'rolledBackOccurredAt', 'service', 'startedAt'] as const),
  ...(['startedOccurredAt', 'strategy', 'ticket', 'type', 'version'] as const),
] satisfies (keyof ChangeRow)[];

export type ChangeField = (typeof CHANGE_FIELDS)[number];

type Stored = Exclude<ChangeField, 'outcome' | 'lastPosition'>;
const isStored = (field: ChangeField): field is Stored => field !== 'outcome' && field !== 'lastPosition';

/** What {@link rowAt} reads a row from: the position's own columns first, then the fields. */
export const RAW_COLUMNS = [
  ...(['firstPosition', 'validatedPosition', 'finishedPosition', 'rolledBackPosition', 'finalOutcome'] as const),
  ...CHANGE_FIELDS.filter(isStored),
] satisfies (keyof Change)[];

/** Values in the order of {@link RAW_COLUMNS}: an object in between would cost more than the reading. */
export type RawChange = readonly (string | number | null)[];

const FIRST_FIELD = RAW_COLUMNS.length - CHANGE_FIELDS.filter(isStored).length;

/** What is known of a change only once it has ended, or was rolled back. */
const OF_THE_END: ReadonlySet<string> = new Set(['finishedAt', 'finishedOccurredAt', 'replaced', 'effect', 'detail']);
const OF_THE_ROLL_BACK: ReadonlySet<string> = new Set(['rolledBackOccurredAt', 'rolledBackBy']);

const READ = CHANGE_FIELDS.map((field) => ({
  field,
  at: isStored(field) ? RAW_COLUMNS.indexOf(field, FIRST_FIELD) : -1,
  isOfEnd: OF_THE_END.has(field),
  isOfRollBack: OF_THE_ROLL_BACK.has(field),
}));

/** The change without what happened to it after the position. What is null is left out. */
export function rowAt(raw: RawChange, position: number): ChangeRow {
  const [first, validated, finished, rolledBack, finalOutcome] = raw as [number, ...(number | null)[]];
  const isFinished = hasHappened(finished, position);
  const isRolledBack = hasHappened(rolledBack, position);
  const row: Record<string, string | number> = {};
  for (const { field, at, isOfEnd, isOfRollBack } of READ) {
    if (field === 'outcome') {
      row[field] = isRolledBack ? 'rolled-back' : outcomeOf(isFinished ? finalOutcome : null);
    } else if (field === 'lastPosition') {
      row[field] = lastOf(lastOf(lastOf(first, validated, position), finished, position), rolledBack, position);
    } else {
      const value = raw[at];
      const isKnown = isOfEnd ? isFinished : !isOfRollBack || isRolledBack;
      if (isKnown && value !== null && value !== undefined) row[field] = value;
    }
  }
  return row as unknown as ChangeRow;
}

const hasHappened = (at: number | null | undefined, position: number): at is number =>
  at !== null && at !== undefined && at <= position;

const lastOf = (last: number, at: number | null | undefined, position: number): number =>
  hasHappened(at, position) && at > last ? at : last;

const outcomeOf = (final: unknown): Outcome => (final as FinalOutcome | null | undefined) ?? 'in-progress';

/** The row with these fields only; they must be in order. */
export function picked(row: ChangeRow, fields: readonly ChangeField[]): Partial<ChangeRow> {
  const some: Record<string, unknown> = {};
  for (const field of fields) if (row[field] !== undefined) some[field] = row[field];
  return some;
}
