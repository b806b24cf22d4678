import type { Population } from '../../domain/report/events.js';
import type { ChangeRow } from '../../views/changes/row.js';
import type { Job, JobContext } from '../workshop/job.js';
import { PopulationTally, readPopulation, type PopulationInput } from '../population/population.js';
import { allocate, type Share } from './allocation.js';
import { rankingKey, SmallestKeys } from './ranking.js';

export interface SampleInput extends PopulationInput {
  readonly seed: string;
  readonly size: number;
  readonly stratifyBy?: 'environment' | 'outcome';
}

export interface Sample {
  readonly population: Population;
  /** Of each stratum, where the sample is stratified. */
  readonly allocation?: readonly Share[];
  /** In the order of their keys. */
  readonly rows: readonly (ChangeRow & { readonly key: string })[];
}

/**
 * Draws the rows with the smallest keys. Which these are follows from the seed and the population alone, and not from
 * the order in which rows come. The population is read twice, so that no more than the sample is kept of it.
 */
export const drawSample: Job<SampleInput, Sample> = async (input, context) => {
  const { population, strata } = await tally(input, context);
  const shares = input.stratifyBy ? allocate(strata, input.size) : undefined;
  const kept = new Map<string | null, SmallestKeys<ChangeRow>>();
  for (const { stratum, size } of shares ?? [{ stratum: null, size: input.size }]) {
    kept.set(stratum, new SmallestKeys(size));
  }
  const stratumOf = stratumBy(input.stratifyBy);
  let done = population.count;
  for await (const rows of readPopulation(context.views, input)) {
    for (const row of rows) kept.get(stratumOf(row))?.offer(rankingKey(input.seed, row.changeId), row);
    context.progress((done += rows.length), 2 * population.count);
  }
  const ranked = [...kept.values()].flatMap((smallest) => smallest.ranked()).sort((a, b) => (a.key < b.key ? -1 : 1));
  const rows = ranked.map(({ key, row }) => ({ ...row, key }));
  return { population, ...(shares && { allocation: shares }), rows };
};

async function tally(input: SampleInput, context: JobContext) {
  const all = new PopulationTally();
  const counts = new Map<string | null, number>();
  const stratumOf = stratumBy(input.stratifyBy);
  for await (const rows of readPopulation(context.views, input)) {
    all.add(rows);
    for (const row of rows) counts.set(stratumOf(row), (counts.get(stratumOf(row)) ?? 0) + 1);
    context.progress(all.count, 2 * all.count);
  }
  return { population: all.result(), strata: [...counts].map(([stratum, population]) => ({ stratum, population })) };
}

const stratumBy = (field: SampleInput['stratifyBy']) => (row: ChangeRow) => (field && row[field]) ?? null;
