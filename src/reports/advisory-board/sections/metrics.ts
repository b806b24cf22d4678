import type { Block, Section } from '../../document/document.js';
import { text } from '../blocks.js';
import { leadTimeHistogram, soakLanes, switchCalendar } from '../charts.js';
import { METRIC_IDS, SOURCES } from '../definitions.js';
import { switchesOf } from '../facts.js';
import { metricOf } from '../metric-block.js';
import { soaksOf } from '../metrics/ages.js';
import type { ReportData } from '../report-data.js';

/** Section 7. */
export function metrics(data: ReportData): Section {
  const { address, figures, populations, scope } = data;
  const switches = switchesOf(populations.current);
  const lanes = scope.environments.flatMap(({ name, promotesFrom }) => {
    if (promotesFrom === undefined) return [];
    const soaks = soaksOf(switches.filter(({ environment }) => environment === name));
    return [{ name: `${promotesFrom} → ${name}`, seconds: soaks.seconds() }];
  });
  const leadTimes = figures['change-lead-time'].current.counted.map(({ seconds }) => seconds ?? 0);
  const charts = [
    ...(leadTimes.length > 0 ? [leadTimeHistogram(leadTimes)] : []),
    switchCalendar(populations.current.period, switches),
  ];
  return {
    id: 'metrics',
    title: 'Metrics',
    blocks: [
      text(`${SOURCES} Environments are counted together, and teams are not compared.`),
      { kind: 'metrics', metrics: METRIC_IDS.map((id) => metricOf(address, id, figures[id])) },
      ...charts.map((chart): Block => ({ kind: 'chart', chart })),
      ...(lanes.length > 0 ? [{ kind: 'chart', chart: soakLanes(lanes) } as const] : []),
    ],
  };
}
