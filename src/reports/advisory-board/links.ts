import type { Counted, ReportAddress } from '../document/document.js';

const ROOT = '/v1/reports/advisory-board';

export type Part = 'counted' | 'left-out';

/** Path and query of exactly the events that a number counts or leaves out. */
export function figureLink(
  address: ReportAddress,
  figure: string,
  { part, reason }: { part: Part; reason?: string | undefined },
): string {
  const rest = [['part', part], ...(reason === undefined ? [] : [['reason', reason]])];
  return `${ROOT}/figures/${figure}?${query(address, rest)}`;
}

/** A figure's events with their count. */
export const countedBy = (
  address: ReportAddress,
  figure: string,
  { count, ...which }: { count: number; part: Part; reason?: string },
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

function query({ environments, from, to, position, definitions }: ReportAddress, rest: string[][]): string {
  return new URLSearchParams([
    ...environments.map((environment) => ['environment', environment]),
    ...[
      ['from', from],
      ['to', to],
      ['asOf', String(position)],
      ['definitions', String(definitions)],
    ],
    ...rest,
  ]).toString();
}
