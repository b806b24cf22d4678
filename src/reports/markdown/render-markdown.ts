import { addressText } from '../document/address.js';
import { tableOf } from '../document/chart-table.js';
import type { Block, ReportDocument } from '../document/document.js';
import { visibleLines } from '../document/visible.js';
import { escapeMarkdown, escapeVisible } from './escape.js';
import { metricMarkdown, tilesMarkdown } from './metrics.js';
import { tableMarkdown } from './table.js';

/** The report in GitHub's Markdown; charts are told as their tables. */
export function renderMarkdown({ title, address, cover, sections }: ReportDocument): string {
  const parts = [
    `<!-- ${addressText(address)} -->`,
    `# ${escapeMarkdown(title)}`,
    cover.map(({ name, value }) => `- **${escapeMarkdown(name)}:** ${escapeMarkdown(value)}`).join('\n'),
    ...sections.flatMap((section) => [`## ${escapeMarkdown(section.title)}`, ...section.blocks.map(blockMarkdown)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'text':
      return visibleLines(block.text).map(escapeVisible).join('\n\n');
    case 'not-recorded':
      return `> **Not recorded:** ${escapeMarkdown(block.what)}\n>\n> Needs ${escapeMarkdown(block.needs)}`;
    case 'tiles':
      return tilesMarkdown(block.tiles);
    case 'metrics':
      return block.metrics.map(metricMarkdown).join('\n\n');
    case 'table':
      return tableMarkdown(block.table);
    case 'chart':
      return tableMarkdown(tableOf(block.chart));
  }
}
