import type { Fact } from '../../document/document.js';
import { formatNumber, formatTime } from '../../document/format.js';
import { DEFINITIONS_VERSION, SOURCES } from '../definitions.js';
import { switchesOf } from '../facts.js';
import { dayOf, daysIn, periodBefore } from '../period.js';
import { incidentsIn } from '../population.js';
import type { ReportData } from '../report-data.js';

export function titleOf({ address: { environments, from, to } }: ReportData): string {
  const names = environments.length > 3 ? `${environments.length} environments` : environments.join(', ');
  const isWholeDays = [from, to].every((time) => time.endsWith('T00:00:00.000Z'));
  const show = isWholeDays ? dayOf : formatTime;
  return `Change advisory board: ${names}, ${show(from)} to ${show(to)}`;
}

/** Section 0. */
export function cover(data: ReportData): Fact[] {
  const { scope, address } = data;
  const { from, to } = scope.period;
  const before = periodBefore(scope.period);
  const days = formatNumber(daysIn(scope.period));
  return [
    { name: 'Period', value: `${formatTime(from)} to ${formatTime(to)}, the end excluded (${days} days)` },
    { name: 'Compared with', value: `${formatTime(before.from)} to ${formatTime(before.to)}` },
    { name: 'Environments', value: address.environments.join(', ') },
    { name: 'Clock', value: 'the pipelines’ own: what is told later counts on its day' },
    { name: 'Time zone', value: 'UTC' },
    { name: 'Ledger position', value: `${formatNumber(scope.position)}, recorded ${formatTime(scope.recordedAt)}` },
    { name: 'Checkpoint root', value: 'not recorded: needs signed checkpoints' },
    { name: 'Definitions', value: `version ${DEFINITIONS_VERSION}. ${SOURCES}` },
    { name: 'Links', value: 'paths of the ledger’s API: put its address before them, and ask with a token' },
    ...knownGaps(data).map((value) => ({ name: 'Known gap', value })),
  ];
}

/** What the numbers do not know, said before anybody reads them. */
function knownGaps({ scope, populations: { current }, figures }: ReportData): string[] {
  const { changes, unplaced, environments } = current;
  const switches = switchesOf(current);
  const without = figures['change-lead-time'].current.leftOut.length;
  const silent = environments.filter((name) => !changes.some(({ environment }) => environment === name));
  const imported = changes.filter(({ channel }) => channel === 'import').length;
  const late = scope.environments.filter(({ firstOccurredAt }) => firstOccurredAt > scope.period.from);
  return [
    ...(without > 0 ? [`${ofAll(without, switches.length, 'switches')} have no usable time of their commit`] : []),
    ...(silent.length > 0 ? [`nothing happened in the period in ${silent.join(', ')}`] : []),
    ...late.map(({ name, firstOccurredAt }) => `${name} is known since ${formatTime(firstOccurredAt)} only`),
    ...(imported > 0 ? [`${ofAll(imported, changes.length, 'changes')} were told afterwards, by import`] : []),
    ...(incidentsIn(current).length === 0
      ? ['no incident began in the period: failure and recovery are told from roll-backs alone']
      : []),
    ...(unplaced.length > 0 ? [`${formatNumber(unplaced.length)} refusals name no environment`] : []),
    ...(scope.recordedAt < scope.period.to ? ['the period ends after what the ledger knows'] : []),
  ];
}

const ofAll = (count: number, all: number, what: string): string =>
  `${formatNumber(count)} of ${formatNumber(all)} ${what}`;
