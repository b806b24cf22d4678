import { formatNumber } from '../../document/format.js';
import { isSwitch, switchesOf, type ChangeFact } from '../facts.js';
import { noData, Sorting, type Measure } from '../figure.js';
import { formatRatio } from '../numbers.js';
import { dayOf, daysIn, daysTouched } from '../period.js';

/** Days of which the ledger knows nothing are no days without a switch. */
const UNKNOWN = 'the ledger knows nothing of this time';

/** Switches ÷ days. Looked at: every promotion that was not refused, and every roll-back. */
export const deploymentFrequency: Measure = ({ changes, period, known }) => {
  const sorting = new Sorting();
  for (const change of changes) {
    if (isSwitch(change)) sorting.count(change, 'switched');
    else if (change.ended !== 'refused' && change.kind === 'rollback') sorting.leave(change, 'roll-back');
    else if (change.ended !== 'refused' && change.kind === 'promotion') sorting.leave(change, whyNoSwitch(change));
  }
  if (!known) return noData(UNKNOWN, sorting);
  const [numerator, denominator] = [sorting.counted.length, daysIn(known)];
  // Two switches in a ledger's first ten minutes are not 288 a day.
  if (denominator < 1 && denominator < daysIn(period)) return noData('the ledger knows less than a day', sorting);
  const value = numerator / denominator;
  const display = `${formatNumber(value)} a day (${formatNumber(numerator)} in ${formatNumber(denominator)} days)`;
  return { status: 'known', value, display, numerator, denominator, ...sorting };
};

/** Days on which nothing was switched ÷ days. */
export const daysWithoutSwitches: Measure = (population) => {
  const switches = switchesOf(population);
  const counted = switches.map((of) => ({ of, why: `switched on ${dayOf(of.occurredAt)}` }));
  if (!population.known) return noData(UNKNOWN, { counted, leftOut: [] });
  const days = daysTouched(population.known);
  const busy = new Set(switches.map(({ occurredAt }) => dayOf(occurredAt)));
  const [numerator, denominator] = [days.filter((day) => !busy.has(day)).length, days.length];
  return {
    ...{ status: 'known', value: numerator / denominator, display: formatRatio(numerator, denominator) },
    ...{ numerator, denominator },
    ...{ counted, leftOut: [] },
  };
};

function whyNoSwitch({ ended }: ChangeFact): string {
  if (ended === 'failed') return 'candidate-failed';
  return ended === 'abandoned' ? 'abandoned' : 'changed-nothing';
}
