import { compareCodeUnits } from '../../views/order.js';

export interface Stratum {
  /** The value that its rows have in common; null for rows without one. */
  readonly stratum: string | null;
  readonly population: number;
}

export interface Share extends Stratum {
  /** How many are drawn from it. */
  readonly size: number;
}

/**
 * Shares of a sample in proportion to the strata by largest remainder, ties by name. Where there are as many to draw
 * as there are strata, none goes empty: one that would takes one from whoever has most.
 */
export function allocate(strata: readonly Stratum[], size: number): Share[] {
  const ordered = strata.filter(({ population }) => population > 0).sort(byName);
  const total = ordered.reduce((sum, { population }) => sum + population, 0);
  if (size >= total) return ordered.map((stratum) => ({ ...stratum, size: stratum.population }));
  const sizes = ordered.map(({ population }) => Math.floor((size * population) / total));
  const left = size - sizes.reduce((sum, share) => sum + share, 0);
  const remainderOf = (index: number): number => (size * (ordered[index]?.population ?? 0)) % total;
  // The sort is stable, so that ties stay in the order of names.
  const byRemainder = ordered.map((_, index) => index).sort((a, b) => remainderOf(b) - remainderOf(a));
  for (const index of byRemainder.slice(0, left)) sizes[index] = (sizes[index] ?? 0) + 1;
  if (size >= ordered.length) fillEmpty(sizes);
  return ordered.map((stratum, index) => ({ ...stratum, size: sizes[index] ?? 0 }));
}

function fillEmpty(sizes: number[]): void {
  for (let empty = sizes.indexOf(0); empty >= 0; empty = sizes.indexOf(0)) {
    const largest = sizes.indexOf(Math.max(...sizes));
    sizes[largest] = (sizes[largest] ?? 0) - 1;
    sizes[empty] = 1;
  }
}

const byName = (a: Stratum, b: Stratum): number => compareCodeUnits(a.stratum ?? '', b.stratum ?? '');
