import { blames, mendings, switchesOf } from '../facts.js';
import { noData, Sorting, type Figure, type Measure } from '../figure.js';
import { formatRatio } from '../numbers.js';

/** Switches that needed intervention ÷ switches; each once, however many incidents blame it. */
export const changeFailRate: Measure = (population) => {
  const sorting = new Sorting();
  const blamedBy = blames(population);
  for (const change of switchesOf(population)) {
    if (change.rolledBackAt !== null) sorting.count(change, 'rolled-back');
    else if (blamedBy.has(change.changeId)) sorting.count(change, 'blamed-by-incident');
    else sorting.leave(change, 'no-intervention-needed');
  }
  return rateFigure(sorting, sorting.counted.length + sorting.leftOut.length, 'no switch in the period');
};

/** Switches that mended an incident ÷ switches. Where nobody ever reported an incident, none is no finding. */
export const reworkRate: Measure = (population) => {
  const sorting = new Sorting();
  const mendedBy = mendings(population);
  if (population.incidents.length === 0) {
    for (const change of switchesOf(population)) sorting.leave(change, 'no-incident-recorded');
    return noData('no incident is recorded', sorting);
  }
  for (const change of switchesOf(population)) {
    if (mendedBy.has(change.changeId)) sorting.count(change, 'mended-an-incident');
    else sorting.leave(change, 'mended-no-incident');
  }
  return rateFigure(sorting, sorting.counted.length + sorting.leftOut.length, 'no switch in the period');
};

/** Emergency ÷ all promotions. The type of a refused one is not kept. */
export const emergencyShare: Measure = ({ changes }) => {
  const sorting = new Sorting();
  let promotions = 0;
  for (const change of changes) {
    if (change.kind !== 'promotion') continue;
    if (change.ended === 'refused') {
      sorting.leave(change, 'refused');
      continue;
    }
    promotions++;
    if (change.type === 'emergency') sorting.count(change, 'emergency');
    else sorting.leave(change, change.type ?? 'no-type');
  }
  return rateFigure(sorting, promotions, 'no promotion in the period');
};

/** Refused ÷ all commands. A refusal that names no environment belongs to none of the report's. */
export const refusalRate: Measure = ({ changes, unplaced }) => {
  const sorting = new Sorting();
  let commands = 0;
  for (const change of changes) {
    commands += change.commands;
    if (change.ended === 'refused') sorting.count(change, change.reason ?? 'unknown');
    else sorting.leave(change, 'accepted');
  }
  for (const refusal of unplaced) sorting.leave(refusal, 'no-environment');
  return rateFigure(sorting, commands, 'no command in the period');
};

/** What was counted ÷ the denominator. */
export function rateFigure(sorting: Sorting, denominator: number, without: string): Figure {
  const numerator = sorting.counted.length;
  if (denominator === 0) return noData(without, sorting);
  const display = formatRatio(numerator, denominator);
  return { status: 'known', value: numerator / denominator, display, numerator, denominator, ...sorting };
}
