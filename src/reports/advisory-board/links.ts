import type { Counted, ReportAddress } from '../document/document.js';
import type { FigureId, FigurePart } from './figure-ids.js';

const ROOT = '/v1/reports/advisory-board';

/** Path and query of exactly the events that a number counts or leaves out. */
export function figureLink(
  address: ReportAddress,
  figure: FigureId,
  { part, reason }: { part: FigurePart; reason?: string | undefined },
): string {
  const rest = [['part', part], ...(reason === undefined ? [] : [['reason', reason]])];
  return `${ROOT}/figures/${figure}?${query(address, rest)}`;
}

/** A figure's events with their count. */
export const countedBy = (
  address: ReportAddress,
  figure: FigureId,
  { count, ...which }: { count: number; part: FigurePart; reason?: string },
): Counted => ({ count, link: figureLink(address, figure, which) });

/** The report itself at its position, where it never changes. */
export const reportLink = (address: ReportAddress, format: string): string =>
  `${ROOT}?${query(address, [['format', format]])}`;

/** The rows of the appendix. */
export function populationLink({ environments, from, to, position }: ReportAddress): string {
  const filters = [
    ...environments.map((environment) => ['environment', environment]),
    ...[
      ['clock', 'occurred'],
      ['on', 'finished'],
      ['from', from],
      ['to', to],
      ['asOf', String(position)],
      ['order', 'asc'],
    ],
  ];
  return `/v1/changes?${new URLSearchParams(filters).toString()}`;
}

export const changeLink = (changeId: string, { position }: ReportAddress): string =>
  `/v1/changes/${changeId}?asOf=${position}`;

export const incidentLink = (id: string, { position }: ReportAddress): string => `/v1/incidents/${id}?asOf=${position}`;

/** What is special comes first, so that all links of a report end alike. */
function query({ environments, from, to, position, definitions }: ReportAddress, rest: string[][]): string {
  return new URLSearchParams([
    ...rest,
    ...environments.map((environment) => ['environment', environment]),
    ...[
      ['from', from],
      ['to', to],
      ['asOf', String(position)],
      ['definitions', String(definitions)],
    ],
  ]).toString();
}
