import type { Block, ReportDocument, Section } from '../../../src/reports/document/document.js';
import { byOutcome, byType, leadTimes, refusals, soakByStage, successTrend, switchesByDay } from './sample/charts.js';
import { METRICS } from './sample/metrics.js';
import { completed, decisions, empty, environments, exceptions } from './sample/tables.js';

const section = (id: string, title: string, blocks: readonly Block[]): Section => ({ id, title, blocks });
const chart = (value: typeof byType): Block => ({ kind: 'chart', chart: value });

const summary: Block = {
  kind: 'tiles',
  tiles: [
    { title: 'Deployment frequency', display: '1.46 a day', previous: '1.21 a day', trend: 'better' },
    { title: 'Change lead time', display: '11 h 20 min', previous: '10 h 55 min', trend: 'same' },
    { title: 'Change fail rate', display: '3 of 41 (7.3 %)', previous: '4 of 34 (11.8 %)', trend: 'better' },
    { title: 'Recovery time', display: '1 h 12 min', previous: '42 min', trend: 'worse' },
    { title: 'Rework rate', display: 'not recorded' },
  ],
};

/** A report with every kind of block and chart, as the board of an ordinary shop would get it. */
export const sampleDocument: ReportDocument = {
  title: 'Change advisory board: production, February 2026',
  address: {
    report: 'advisory-board',
    environments: ['production'],
    from: '2026-02-01T00:00:00.000Z',
    to: '2026-03-01T00:00:00.000Z',
    position: 4_821,
    definitions: 1,
  },
  cover: [
    { name: 'Period', value: '2026-02-01 00:00 UTC to 2026-03-01 00:00 UTC' },
    { name: 'Environments', value: 'production' },
    { name: 'Time zone', value: 'Europe/Berlin' },
    { name: 'Ledger position', value: '4,821' },
    { name: 'Checkpoint root', value: 'd6f1c1a9a94d6b2f9c8f9a3e44b1a1c0f4d5f6a7b8c9d0e1f2a3b4c5d6e7f809' },
    { name: 'Definitions', value: 'version 1' },
    { name: 'Known gaps', value: 'no incidents, approvals or reviews are recorded' },
  ],
  sections: [
    section('summary', 'Summary', [
      summary,
      { kind: 'text', text: 'Two changes wait for a decision, one of them an emergency.\nThe fail rate fell.' },
    ]),
    section('decisions', 'Decisions requested', [{ kind: 'table', table: decisions }]),
    section('schedule', 'Forward schedule', [
      { kind: 'not-recorded', what: 'Freezes and change windows', needs: 'an event that announces a change window' },
    ]),
    section('completed', 'Completed changes', [chart(byOutcome), chart(byType), { kind: 'table', table: completed }]),
    section('exceptions', 'Exceptions', [
      chart(refusals),
      { kind: 'table', table: exceptions },
      { kind: 'table', table: empty },
    ]),
    section('environments', 'State of the environments', [{ kind: 'table', table: environments }, chart(soakByStage)]),
    section('metrics', 'Metrics', [
      { kind: 'metrics', metrics: METRICS },
      chart(leadTimes),
      chart(successTrend),
      chart(switchesByDay),
    ]),
    section('actions', 'Actions', [
      { kind: 'not-recorded', what: 'Actions from the last report', needs: 'an event that records an action' },
    ]),
    section('appendix', 'Appendix', [
      { kind: 'text', text: 'The population is every command of the period, accepted or refused: 67 of them.' },
    ]),
  ],
};
