import { Brackets, type DataSource, type SelectQueryBuilder } from 'typeorm';
import { answerOf, readPage, whereAnyOf, type Answer, type AnyOf, type Page, type Paging } from '../paging.js';
import { Change, type FinalOutcome } from './entity.js';

export const OUTCOMES = ['in-progress', 'succeeded', 'failed', 'abandoned', 'rolled-back', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A change as it was at a position. */
export type ChangeRow = Omit<
  Answer<Change>,
  'finalOutcome' | 'validatedPosition' | 'finishedPosition' | 'rolledBackPosition'
> & {
  readonly outcome: Outcome;
  /** Position of the change's last event. */
  readonly lastPosition: number;
};

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
  /** The clock that `from` and `to` are read by; `recorded` by default. */
  readonly clock?: 'recorded' | 'occurred';
  /** Changes that began at this time or later. */
  readonly from?: string;
  /** Changes that began before this time. */
  readonly to?: string;
}

export class ChangeQueries {
  constructor(private readonly source: DataSource) {}

  async page(filter: ChangeFilter, paging: Paging): Promise<Page<ChangeRow>> {
    const { rows, ...rest } = await readPage(this.#matching(filter, paging.position), 'firstPosition', paging);
    return { ...rest, rows: rows.map((row) => changeAt(row, paging.position)) };
  }

  async get(changeId: string, position: number): Promise<ChangeRow | undefined> {
    const row = await this.source.manager.findOneBy(Change, { changeId });
    return row && row.firstPosition <= position ? changeAt(row, position) : undefined;
  }

  count(filter: ChangeFilter, position: number): Promise<number> {
    return this.#matching(filter, position).andWhere('c.firstPosition <= :position', { position }).getCount();
  }

  #matching(filter: ChangeFilter, position: number): SelectQueryBuilder<Change> {
    const { outcome, clock, from, to, ...fields } = filter;
    const query = whereAnyOf(this.source.manager.createQueryBuilder(Change, 'c'), fields);
    const began = clock === 'occurred' ? 'c.startedOccurredAt' : 'c.startedAt';
    if (from !== undefined) query.andWhere(`${began} >= :from`, { from });
    if (to !== undefined) query.andWhere(`${began} < :to`, { to });
    if (outcome && outcome.length > 0) query.andWhere(hadOutcome(outcome, position));
    return query;
  }
}

/** The outcome at a position cannot be a column: it is told from the positions at which things happened. */
function hadOutcome(outcomes: readonly string[], at: number): Brackets {
  return new Brackets((or) => {
    const finals = outcomes.filter((outcome) => outcome !== 'in-progress' && outcome !== 'rolled-back');
    if (finals.length > 0) {
      or.orWhere(
        `(c.finalOutcome IN (:...finals) AND c.finishedPosition <= :at
          AND (c.rolledBackPosition IS NULL OR c.rolledBackPosition > :at))`,
        { finals, at },
      );
    }
    if (outcomes.includes('in-progress')) {
      or.orWhere('(c.finishedPosition IS NULL OR c.finishedPosition > :at)', { at });
    }
    if (outcomes.includes('rolled-back')) or.orWhere('c.rolledBackPosition <= :at', { at });
  });
}

/** The change without what happened to it after the position. */
export function changeAt(change: Change, position: number): ChangeRow {
  const { finalOutcome, validatedPosition, finishedPosition, rolledBackPosition, ...facts } = change;
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
