import type { Metric } from '../document/document.js';
import type { Fact, Population } from './facts.js';

/** Something that a number counts or leaves out. */
export interface Item {
  readonly of: Fact;
  /** Why it is counted, or left out. */
  readonly why: string;
  /** Where a duration is measured, this one's. */
  readonly seconds?: number;
}

/** A metric's number with what it is made of: everything that was looked at is either counted or left out. */
export interface Figure {
  readonly status: Metric['status'];
  readonly value: number | null;
  readonly display: string;
  readonly numerator?: number;
  readonly denominator?: number;
  readonly counted: readonly Item[];
  readonly leftOut: readonly Item[];
}

/** Works a metric out of a population, and of nothing else. */
export type Measure = (population: Population) => Figure;

/** What was looked at, sorted into what counts and what does not. */
export class Sorting {
  readonly counted: Item[] = [];
  readonly leftOut: Item[] = [];

  count(of: Fact, why: string, seconds?: number): void {
    this.counted.push(seconds === undefined ? { of, why } : { of, why, seconds });
  }

  leave(of: Fact, why: string): void {
    this.leftOut.push({ of, why });
  }

  /** Durations of what was counted. */
  seconds(): number[] {
    return this.counted.map(({ seconds }) => seconds ?? 0);
  }
}

export const noData = (why: string, { counted, leftOut }: Pick<Figure, 'counted' | 'leftOut'>): Figure => ({
  status: 'no-data',
  value: null,
  display: `no data: ${why}`,
  counted,
  leftOut,
});

export const notRecorded = (needs: string): Figure => ({
  status: 'not-recorded',
  value: null,
  display: `not recorded: needs ${needs}`,
  counted: [],
  leftOut: [],
});
