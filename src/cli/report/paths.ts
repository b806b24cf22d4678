import type { ReportAddress } from '../../reports/document/document.js';
import type { Format } from '../../reports/formats.js';

/** Where the report is at its position, where it never changes. */
export function reportPath({ environments, from, to, position, definitions }: ReportAddress, format: Format): string {
  const query = new URLSearchParams([
    ...environments.map((environment) => ['environment', environment]),
    ...[
      ['from', from],
      ['to', to],
      ['asOf', String(position)],
      ['definitions', String(definitions)],
    ],
    ['format', format],
  ]);
  return `/reports/advisory-board?${query.toString()}`;
}
