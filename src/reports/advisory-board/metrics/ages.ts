import { switchesOf, type ChangeFact, type Population } from '../facts.js';
import { Sorting, type Measure } from '../figure.js';
import { median, percentile90, secondsBetween } from '../numbers.js';
import { durationFigure } from './lead-time.js';

/** Median of (switch − known-good in the stage before). */
export const stageSoak: Measure = (population) => durationFigure(soaksOf(switchesOf(population)), median, NO_SOAK);

export const stageSoakP90: Measure = (population) =>
  durationFigure(soaksOf(switchesOf(population)), percentile90, NO_SOAK);

/** Median of (now − bake) of what is live. */
export const fleetAge: Measure = (population) => durationFigure(ages(population), median, NOTHING_LIVE);

export const fleetAgeOldest: Measure = (population) => durationFigure(ages(population), oldest, NOTHING_LIVE);

const oldest = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((most, value) => Math.max(most, value));

const NO_SOAK = 'no switch from a stage before';
const NOTHING_LIVE = 'nothing is live';

/** Looked at: every switch. */
export function soaksOf(switches: readonly ChangeFact[]): Sorting {
  const sorting = new Sorting();
  for (const change of switches) {
    if (!change.hasStageBefore) sorting.leave(change, 'no-stage-before');
    else if (change.soakSince === null) sorting.leave(change, 'not-known-good-before');
    else if (change.soakSince > change.occurredAt) sorting.leave(change, 'known-good-after-switch');
    else sorting.count(change, 'switched', secondsBetween(change.soakSince, change.occurredAt));
  }
  return sorting;
}

/** Looked at: whatever is live. */
function ages({ live, now }: Population): Sorting {
  const sorting = new Sorting();
  for (const artifact of live) {
    if (artifact.bakedAt === null) sorting.leave(artifact, 'no-bake-time');
    else if (artifact.bakedAt > now) sorting.leave(artifact, 'baked-after-the-end');
    else sorting.count(artifact, 'live', secondsBetween(artifact.bakedAt, now));
  }
  return sorting;
}
