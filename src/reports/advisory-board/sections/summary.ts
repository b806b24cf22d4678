import type { Section } from '../../document/document.js';
import { formatNumber } from '../../document/format.js';
import { text } from '../blocks.js';
import type { MetricId } from '../definitions.js';
import { tileOf } from '../metric-block.js';
import type { ReportData } from '../report-data.js';

const TILES: readonly MetricId[] = [
  'deployment-frequency',
  'change-lead-time',
  'recovery-time',
  'change-fail-rate',
  'rework-rate',
];

/** Section 1: five delivery tiles, and what has to be decided. */
export function summary({ figures, pending }: ReportData): Section {
  const tiles = TILES.map((id) => tileOf(id, figures[id]));
  const waiting =
    pending.length === 0
      ? 'No change waits for a decision.'
      : `${formatNumber(pending.length)} ${pending.length === 1 ? 'change waits' : 'changes wait'} for a decision: see “Decisions requested”.`;
  return { id: 'summary', title: 'Summary', blocks: [{ kind: 'tiles', tiles }, text(waiting)] };
}
