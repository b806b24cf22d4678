import type { Cell, Column, Table } from '../document/document.js';
import { cellText, formatNumber } from '../document/format.js';
import { escapeMarkdown, escapeVisible, linked } from './escape.js';

const DIGEST = /^[a-z0-9]{1,16}:[0-9a-f]{12,128}$/;

export function tableMarkdown({ caption, columns, rows, more }: Table): string {
  const head = columns.map(({ title }) => escapeMarkdown(title));
  const rule = columns.map(({ type }) => (type === 'number' ? '---:' : '---'));
  const body = rows.map((cells) => columns.map(({ type }, index) => cellMarkdown(cells[index] ?? null, type)));
  return [
    `**${escapeMarkdown(caption)}**`,
    [head, rule, ...body].map(row).join('\n'),
    ...(rows.length === 0 ? ['None.'] : []),
    ...(more
      ? [`${formatNumber(more.count)} more are not shown here: ${linked('see them in the ledger', more.link)}`]
      : []),
  ].join('\n\n');
}

/** A row of cells that are Markdown already. */
export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function cellMarkdown(cell: Cell, type: Column['type']): string {
  if (cell === null || cell === '') return '–';
  const isObject = typeof cell === 'object';
  const text = isObject ? cell.text : cell;
  // There is no room to keep the rest of a digest, so all of it is shown.
  const isDigest = type === 'digest' && typeof text === 'string' && DIGEST.test(text);
  const shown = isDigest ? `\`${text}\`` : escapeVisible(cellText(cell, type));
  return isObject ? linked(shown, cell.link) : shown;
}
