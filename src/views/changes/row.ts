import { answerOf, type Answer } from '../paging.js';
import type { Change, FinalOutcome } from './entity.js';

export const OUTCOMES = ['in-progress', 'succeeded', 'failed', 'abandoned', 'rolled-back', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A change as it was at a position: flat, of texts and whole numbers. */
export type ChangeRow = Omit<
  Answer<Change>,
  'finalOutcome' | 'validatedPosition' | 'finishedPosition' | 'rolledBackPosition' | 'block' | 'openBits'
> & {
  readonly outcome: Outcome;
  /** Position of the change's last event. */
  readonly lastPosition: number;
};

/** The change without what happened to it after the position. */
export function changeAt(change: Change, position: number): ChangeRow {
  const { finalOutcome, validatedPosition, finishedPosition, rolledBackPosition, block, openBits, ...facts } = change;
  void [block, openBits];
  const hasHappened = (at: number | null): at is number => at !== null && at <= position;
  const isFinished = hasHappened(finishedPosition);
  const isRolledBack = hasHappened(rolledBackPosition);
  const later = {
    ...(!isFinished && { finishedAt: null, finishedOccurredAt: null, replaced: null, effect: null, detail: null }),
    ...(!isRolledBack && { rolledBackOccurredAt: null, rolledBackBy: null }),
  };
  const events = [change.firstPosition, validatedPosition, finishedPosition, rolledBackPosition].filter(hasHappened);
  return {
    ...answerOf({ ...facts, ...later }),
    outcome: isRolledBack ? 'rolled-back' : outcomeOf(isFinished ? finalOutcome : null),
    lastPosition: Math.max(...events),
  };
}

const outcomeOf = (final: FinalOutcome | null): Outcome => final ?? 'in-progress';

/** Every field that a row may have, in the order of their names, which is that of RFC 8785. */
export const CHANGE_FIELDS = [
  ...(['about', 'actor', 'changeId', 'component', 'detail', 'digest', 'effect', 'environment', 'finishedAt'] as const),
  ...(['finishedOccurredAt', 'firstPosition', 'kind', 'lastPosition', 'layer', 'note', 'outcome', 'pipeline'] as const),
  ...(['reason', 'replaced', 'rolledBackBy', 'rolledBackOccurredAt', 'service', 'startedAt'] as const),
  ...(['startedOccurredAt', 'strategy', 'ticket', 'type', 'version'] as const),
] satisfies (keyof ChangeRow)[];

export type ChangeField = (typeof CHANGE_FIELDS)[number];

/** The row in RFC 8785 (JCS) form: its keys sorted, and for texts and whole numbers what JSON.stringify writes. */
export function canonicalRow(row: ChangeRow, fields: readonly ChangeField[] = CHANGE_FIELDS): string {
  let text = '{';
  for (const field of fields) {
    const value = row[field];
    if (value === undefined) continue;
    text += `${text === '{' ? '' : ','}"${field}":${typeof value === 'number' ? value : JSON.stringify(value)}`;
  }
  return `${text}}`;
}
