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
  if (query !== '') {
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

function events({ status, counted, leftOut }: Metric, query: string): Piece[] {
  // Nothing counted would read as zero.
  if (status === 'not-recorded') return [];
  const path = ({ link }: Counted): Piece => ({
    text: visible(link.slice(0, link.length - query.length)),
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

/** The parameters that all links end in, which are printed once instead of with each. Empty when there are none. */
function commonQuery([first, ...others]: readonly Counted[]): string {
  if (!first) return '';
  const starts = [...first.link.matchAll(/[?&]/g)].map(({ index }) => first.link.slice(index));
  return starts.find((end) => others.every(({ link }) => link.endsWith(end))) ?? '';
}
