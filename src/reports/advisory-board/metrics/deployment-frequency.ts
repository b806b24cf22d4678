import { formatNumber } from '../../document/format.js';
import { isSwitch, switchesOf, type ChangeFact } from '../facts.js';
import { Sorting, type Measure } from '../figure.js';
import { formatRatio } from '../numbers.js';
import { dayOf, daysIn, daysTouched } from '../period.js';

/** Switches ÷ days. Looked at: every promotion that was not refused, and every roll-back. */
export const deploymentFrequency: Measure = ({ changes, period }) => {
  const sorting = new Sorting();
  for (const change of changes) {
    if (isSwitch(change)) sorting.count(change, 'switched');
    else if (change.ended !== 'refused' && change.kind === 'rollback') sorting.leave(change, 'roll-back');
    else if (change.ended !== 'refused' && change.kind === 'promotion') sorting.leave(change, whyNoSwitch(change));
  }
  const [numerator, denominator] = [sorting.counted.length, daysIn(period)];
  const value = numerator / denominator;
  const display = `${formatNumber(value)} a day (${formatNumber(numerator)} in ${formatNumber(denominator)} days)`;
  return { status: 'known', value, display, numerator, denominator, ...sorting };
};

/** Days on which nothing was switched ÷ days. */
export const daysWithoutSwitches: Measure = (population) => {
  const switches = switchesOf(population);
  const days = daysTouched(population.period);
  const busy = new Set(switches.map(({ occurredAt }) => dayOf(occurredAt)));
  const [numerator, denominator] = [days.filter((day) => !busy.has(day)).length, days.length];
  return {
    ...{ status: 'known', value: numerator / denominator, display: formatRatio(numerator, denominator) },
    ...{ numerator, denominator },
    counted: switches.map((of) => ({ of, why: `switched on ${dayOf(of.occurredAt)}` })),
    leftOut: [],
  };
};

function whyNoSwitch({ ended }: ChangeFact): string {
  if (ended === 'failed') return 'candidate-failed';
  return ended === 'abandoned' ? 'abandoned' : 'changed-nothing';
}
