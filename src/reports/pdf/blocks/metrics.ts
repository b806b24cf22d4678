import type { Counted, Metric } from '../../document/document.js';
import { visible } from '../../document/visible.js';
import { formatNumber } from '../../document/format.js';
import type { Paper, StructureElement } from '../layout/paper.js';
import { BODY, CODE, SMALL, STRONG } from '../layout/styles.js';
import { drawTable } from '../layout/table.js';
import type { Piece } from '../layout/table-layout.js';

const COLUMNS = [
  { title: 'Metric', most: 0.3 },
  { title: 'Value', most: 0.22 },
  { title: 'Period before', most: 0.14 },
  { title: 'What was counted, and what was left out', most: 0.45 },
].map((column) => ({ ...column, align: 'left' as const }));

/** Every metric with what it was made from: its formula, its two numbers and the events behind them. */
export function printMetrics(paper: Paper, parent: StructureElement, metrics: readonly Metric[]): void {
  const query = commonQuery(metrics.flatMap(({ counted, leftOut }) => [counted, ...leftOut]));
  drawTable(paper, parent, {
    head: { ...STRONG, size: 8 },
    columns: COLUMNS,
    rows: metrics.map((metric) => [
      [
        { text: visible(metric.title), style: STRONG },
        { text: visible(metric.definition), style: SMALL },
      ],
      [{ text: visible(metric.display), style: metric.status === 'known' ? STRONG : BODY }, ...fraction(metric)],
      [{ text: metric.previous ? visible(metric.previous.display) : '–', style: BODY }],
      events(metric, query),
    ]),
  });
  if (query !== undefined) {
    paper.space(4);
    paper.paragraph(parent, 'P', 'The events are at these paths, each followed by', SMALL);
    paper.paragraph(parent, 'P', query, CODE);
  }
  paper.space(14);
}

function fraction({ numerator, denominator }: Metric): Piece[] {
  return [
    ...(numerator === undefined ? [] : [{ text: `numerator ${formatNumber(numerator)}`, style: SMALL }]),
    ...(denominator === undefined ? [] : [{ text: `denominator ${formatNumber(denominator)}`, style: SMALL }]),
  ];
}

function events({ counted, leftOut }: Metric, query: string | undefined): Piece[] {
  const path = ({ link }: Counted): Piece => ({
    text: visible(query === undefined ? link : link.slice(0, -query.length)),
    style: CODE,
  });
  return [
    { text: `${formatNumber(counted.count)} counted`, style: { ...BODY, size: 8 } },
    path(counted),
    ...leftOut.flatMap((left) => [
      { text: `${formatNumber(left.count)} left out: ${visible(left.reason)}`, style: { ...BODY, size: 8 } },
      path(left),
    ]),
  ];
}

/** The query that all links end in, which is printed once instead of with each. */
function commonQuery(links: readonly Counted[]): string | undefined {
  const [first, ...others] = new Set(links.map(({ link }) => /\?[!-~]+$/.exec(link)?.[0]));
  return others.length === 0 ? first : undefined;
}
