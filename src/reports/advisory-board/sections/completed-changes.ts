import type { Block, Section } from '../../document/document.js';
import { formatNumber } from '../../document/format.js';
import { linked, notRecordedBlock, tableBlock, text } from '../blocks.js';
import { overTime, successTrend } from '../charts.js';
import { blames, type ChangeFact, type Population } from '../facts.js';
import { changeLink, figureLink } from '../links.js';
import { COMPLETIONS, completionOf, type Completion } from '../metrics/success.js';
import type { ReportData } from '../report-data.js';

/** A completed promotion with how it ended. */
export interface Completed {
  readonly change: ChangeFact;
  readonly completion: Completion;
}

/** Promotions that were completed in the period, the newest first. */
export function completedIn(population: Population): Completed[] {
  const blamedBy = blames(population);
  return population.changes
    .flatMap((change) => {
      const completion = completionOf(change, blamedBy);
      return completion ? [{ change, completion }] : [];
    })
    .reverse();
}

/** Section 4. */
export function completedChanges({ address, populations: { current } }: ReportData): Section {
  const completed = completedIn(current);
  const words = new Map(completed.map(({ change, completion }) => [change.changeId, completion]));
  const accepted = current.changes.filter(({ kind, ended }) => kind === 'promotion' && ended !== 'refused');
  const charts = [
    overTime(
      { id: 'changes-by-type', title: 'Changes by type' },
      { ...current, changes: accepted },
      ({ type }) => type ?? undefined,
      ['standard', 'normal', 'emergency'],
    ),
    overTime(
      { id: 'changes-by-outcome', title: 'Changes by outcome' },
      current,
      (change) => words.get(change.changeId) ?? otherOutcome(change),
      [...COMPLETIONS, 'abandoned', 'refused'],
    ),
    successTrend(current, ({ changeId }) => words.get(changeId)),
  ];
  const troubled = completed.filter(({ completion }) => completion !== 'success');
  return {
    id: 'completed-changes',
    title: 'Completed changes',
    blocks: [
      text(totals(completed)),
      ...charts.map((chart): Block => ({ kind: 'chart', chart })),
      tableBlock(
        {
          id: 'troubled-changes',
          caption: 'Failed, or successful with issues',
          columns: columnsFor(current, address),
          rows: troubled,
          link: figureLink(address, 'troubled-changes', { part: 'counted' }),
        },
        'No completed change failed or had issues.',
      ),
      tableBlock(
        {
          id: 'completed-changes',
          caption: 'Completed changes, the newest first',
          columns: columnsFor(current, address),
          rows: completed,
          link: figureLink(address, 'completed-changes', { part: 'counted' }),
        },
        'No change was completed in the period.',
      ),
      notRecordedBlock('Review status', 'BreakGlassReviewed, and an event for the review of a change'),
    ],
  };
}

function otherOutcome({ kind, ended }: ChangeFact): string | undefined {
  if (kind !== 'promotion' && ended !== 'refused') return undefined;
  return ended === 'abandoned' || ended === 'refused' ? ended : undefined;
}

function totals(completed: readonly Completed[]): string {
  const parts = COMPLETIONS.map((word) => {
    const count = completed.filter(({ completion }) => completion === word).length;
    return `${formatNumber(count)} ${word}`;
  });
  return `${formatNumber(completed.length)} promotions were completed: ${parts.join(', ')}.`;
}

function columnsFor(population: Population, address: ReportData['address']) {
  const blamedBy = blames(population);
  return {
    Ended: ({ change }: Completed) => change.occurredAt,
    Service: ({ change }: Completed) => linked(change.service ?? '', changeLink(change.changeId, address)),
    Environment: ({ change }: Completed) => change.environment,
    Version: ({ change }: Completed) => change.version,
    Digest: ({ change }: Completed) => change.digest,
    Type: ({ change }: Completed) => change.type,
    Outcome: ({ completion }: Completed) => completion,
    Why: ({ change }: Completed) => whyOf(change, blamedBy.get(change.changeId) ?? []),
    'Promoted by': ({ change }: Completed) => change.actor,
    Ticket: ({ change }: Completed) => change.ticket,
  };
}

function whyOf(
  { ended, detail, rolledBackAt }: ChangeFact,
  incidents: readonly { readonly id: string; readonly severity: string }[],
): string | null {
  const causes = [
    ...(ended === 'failed' ? [detail ?? 'the candidate failed'] : []),
    ...(rolledBackAt === null ? [] : ['rolled back']),
    ...incidents.map(({ id, severity }) => `${severity} ${id}`),
  ];
  return causes.length === 0 ? null : causes.join('; ');
}
