import type { Chart } from '../../../../src/reports/document/document.js';

const WEEKS = ['2026-W05', '2026-W06', '2026-W07', '2026-W08', '2026-W09'];

export const byOutcome: Chart = {
  id: 'changes-by-outcome',
  title: 'Changes by outcome',
  kind: 'stacked-bars',
  category: 'Week',
  unit: 'changes',
  categories: WEEKS,
  series: [
    { name: 'successful', values: [3, 11, 9, 12, 1] },
    { name: 'with issues', values: [0, 1, 2, 0, 0] },
    { name: 'failed', values: [0, 1, 0, 1, 0] },
    { name: 'rolled back', values: [0, 1, 0, 1, null] },
  ],
};

export const byType: Chart = {
  ...byOutcome,
  id: 'changes-by-type',
  title: 'Changes by type',
  series: [
    { name: 'standard', values: [2, 10, 8, 11, 1] },
    { name: 'normal', values: [1, 2, 3, 2, 0] },
    { name: 'emergency', values: [0, 2, 0, 1, 0] },
  ],
};

export const refusals: Chart = {
  id: 'refusals-by-reason',
  title: 'Refusals by reason',
  kind: 'bars',
  category: 'Reason',
  unit: 'refused commands',
  categories: ['stage-skipped', 'artifact-unknown', 'evidence-missing', 'soak-too-short', 'approval-missing', 'frozen'],
  series: [{ name: 'refused', values: [9, 6, 5, 3, 2, 1] }],
};

export const leadTimes: Chart = {
  id: 'lead-time-histogram',
  title: 'Lead time of changes',
  kind: 'bars',
  category: 'From commit to production',
  unit: 'changes',
  categories: ['< 1 h', '1–4 h', '4–12 h', '12–24 h', '1–2 d', '2–4 d', '4–8 d', '> 8 d'],
  series: [{ name: 'changes', values: [2, 7, 11, 8, 6, 4, 2, 1] }],
};

export const successTrend: Chart = {
  id: 'success-trend',
  title: 'Change success rate, by week',
  kind: 'line',
  category: 'Week',
  unit: '%',
  categories: ['2026-W01', '2026-W02', '2026-W03', '2026-W04', ...WEEKS],
  series: [
    { name: 'orders-api', values: [100, 92.3, 88.5, null, 100, 90, 94.1, 92.9, 100] },
    { name: 'storefront', values: [80, 85.7, null, 91, 95, 96.2, 100, 88, 90.5] },
  ],
};

const DAYS = Array.from({ length: 28 }, (_, index) => `2026-02-${String(index + 1).padStart(2, '0')}`);

export const switchesByDay: Chart = {
  id: 'switches-by-day',
  title: 'Production switches, by day',
  kind: 'calendar',
  category: 'Day',
  unit: 'switches',
  categories: DAYS,
  series: [{ name: 'switches', values: DAYS.map((_, day) => (day % 7 === 0 || day % 7 === 6 ? 0 : (day * 5) % 4)) }],
};

export const soakByStage: Chart = {
  id: 'stage-soak',
  title: 'Time known-good in a stage before the next',
  kind: 'bars',
  category: 'Service',
  unit: 'hours',
  categories: ['orders-api', 'storefront', 'settlement-worker', 'fraud-scoring-model-serving', 'ledger-export'],
  series: [
    { name: 'development → staging', values: [2.5, 4, 6.25, 30, null] },
    { name: 'staging → production', values: [24.5, 48.2, 26, 96.75, 25] },
  ],
};

export const ALL_CHARTS = [byOutcome, byType, refusals, leadTimes, successTrend, switchesByDay, soakByStage];
