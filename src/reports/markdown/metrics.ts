import type { Metric, Tile } from '../document/document.js';
import { formatNumber } from '../document/format.js';
import { escapeMarkdown, linked } from './escape.js';
import { row } from './table.js';

export function tilesMarkdown(tiles: readonly Tile[]): string {
  const rows = tiles.map(({ title, display, previous, trend }) => [
    escapeMarkdown(title),
    `**${escapeMarkdown(display)}**`,
    previous === undefined ? '–' : escapeMarkdown(previous),
    trend === 'same' ? 'about the same' : (trend ?? '–'),
  ]);
  return [['Measure', 'Now', 'Before', 'Trend'], ['---', '---', '---', '---'], ...rows].map(row).join('\n');
}

export function metricMarkdown(metric: Metric): string {
  const { title, definition, status, display, previous } = metric;
  const before = previous ? ` (before: ${escapeMarkdown(previous.display)})` : '';
  return [
    `### ${escapeMarkdown(title)}`,
    `**${escapeMarkdown(display)}**${before}`,
    escapeMarkdown(definition),
    ...(status === 'not-recorded' ? [] : [partsOf(metric)]),
  ].join('\n\n');
}

function partsOf({ numerator, denominator, counted, leftOut }: Metric): string {
  return [
    ...(numerator === undefined ? [] : [`- Numerator: ${formatNumber(numerator)}`]),
    ...(denominator === undefined ? [] : [`- Denominator: ${formatNumber(denominator)}`]),
    `- Counted: ${linked(events(counted.count), counted.link)}`,
    ...leftOut.map(
      ({ count, link, reason }) => `- Left out: ${linked(events(count), link)}: ${escapeMarkdown(reason)}`,
    ),
  ].join('\n');
}

const events = (count: number): string => `${formatNumber(count)} ${count === 1 ? 'event' : 'events'}`;
