import type { Block, Section } from '../../document/document.js';
import { visible, visibleLines } from '../../document/visible.js';
import type { Paper, StructureElement } from '../layout/paper.js';
import { BODY, SECTION, STRONG } from '../layout/styles.js';
import { chartHeight, printChart } from './chart.js';
import { printMetrics } from './metrics.js';
import { printTable } from './table.js';
import { printTiles } from './tiles.js';

/** Tables of more columns than this are read more easily across. */
const PORTRAIT_COLUMNS = 8;
const HEADING = 30;
/** A heading this far down is better off on the next page. */
const HEADING_AND_MORE = 130;

export function printSection(paper: Paper, parent: StructureElement, { title, blocks }: Section): void {
  paper.paragraph(parent, 'H2', visible(title), SECTION);
  paper.space(8);
  blocks.forEach((block) => printBlock(paper, parent, block));
  paper.space(14);
}

/** Makes room for a section's heading and the beginning of what is under it. */
export function startSection(paper: Paper, { blocks }: Section): void {
  const isWide = blocks.some((block) => block.kind === 'table' && block.table.columns.length > PORTRAIT_COLUMNS);
  const layout = isWide ? 'landscape' : 'portrait';
  if (layout !== paper.layout) return paper.nextPage(layout);
  const [first] = blocks;
  paper.room(first?.kind === 'chart' ? HEADING + chartHeight(paper, first.chart) : HEADING_AND_MORE);
}

function printBlock(paper: Paper, parent: StructureElement, block: Block): void {
  switch (block.kind) {
    case 'text':
      visibleLines(block.text).forEach((line) => paper.paragraph(parent, 'P', line, BODY));
      return paper.space(8);
    case 'not-recorded':
      paper.paragraph(parent, 'P', `Not recorded: ${visible(block.what)}`, STRONG);
      paper.paragraph(parent, 'P', `It needs ${visible(block.needs)}.`, BODY);
      return paper.space(8);
    case 'tiles':
      return printTiles(paper, parent, block.tiles);
    case 'metrics':
      return printMetrics(paper, parent, block.metrics);
    case 'table':
      return printTable(paper, parent, block.table);
    case 'chart':
      return printChart(paper, parent, block.chart);
  }
}
