import type { Block, Section } from '../../document/document.js';
import { formatNumber } from '../../document/format.js';
import { linked, text } from '../blocks.js';
import { changeLink, populationLink } from '../links.js';
import type { ReportData } from '../report-data.js';

/** Section 9: the whole population and its hash. */
export function appendix({ address, appendix: population }: ReportData): Section {
  const { count, hash, firstPosition, lastPosition } = population;
  const place =
    count === 0 ? '' : `, positions ${formatNumber(firstPosition ?? 0)} to ${formatNumber(lastPosition ?? 0)}`;
  return {
    id: 'appendix',
    title: 'Appendix: the population',
    blocks: [
      text(
        `${formatNumber(count)} changes and refusals ended in the period${place}. ` +
          `SHA-256 over their rows (RFC 8785, one a line, by ascending position): ${hash}. ` +
          `All of them, at the same position: ${populationLink(address)}`,
      ),
      ...rowsOf(address, population),
    ],
  };
}

function rowsOf(address: ReportData['address'], { count, rows }: ReportData['appendix']): Block[] {
  if (rows.length === 0) return [];
  const hidden = count - rows.length;
  return [
    {
      kind: 'table',
      table: {
        id: 'population',
        caption: hidden > 0 ? 'The population: the newest rows' : 'The population, the newest first',
        columns: [
          { title: 'Position', type: 'number' },
          { title: 'Occurred', type: 'time' },
          ...['Kind', 'Environment', 'Service', 'Version'].map((title) => ({ title, type: 'text' }) as const),
          { title: 'Digest', type: 'digest' },
          ...['Outcome', 'Reason', 'Actor'].map((title) => ({ title, type: 'text' }) as const),
        ],
        rows: rows.map((row) => [
          row.firstPosition,
          row.startedOccurredAt,
          ...[row.kind, row.environment ?? null],
          linked(row.service ?? row.component ?? 'the command', changeLink(row.changeId, address)),
          ...[row.version ?? null, row.digest ?? null, row.outcome, row.reason ?? null, row.actor],
        ]),
        ...(hidden > 0 && { more: { count: hidden, link: populationLink(address) } }),
      },
    },
  ];
}
