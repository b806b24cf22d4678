import type { Metric } from '../document/document.js';

/** Of the metrics below and of the layout. Whatever changes a report's bytes needs another version. */
export const DEFINITIONS_VERSION = 1;

/** Where the formulas come from. */
export const SOURCES =
  'The delivery metrics follow dora.dev as of January 2026; the success score is ServiceNow’s open formula.';

export const METRIC_IDS = [
  'deployment-frequency',
  'days-without-switches',
  'change-lead-time',
  'change-lead-time-p90',
  'recovery-time',
  'change-fail-rate',
  'rework-rate',
  'change-success-rate',
  'success-score',
  'emergency-share',
  'refusal-rate',
  'approval-wait',
  'review-on-time',
  'stage-soak',
  'stage-soak-p90',
  'fleet-age',
  'fleet-age-oldest',
] as const;
export type MetricId = (typeof METRIC_IDS)[number];

export interface Definition {
  readonly title: string;
  /** The formula in words. */
  readonly definition: string;
  readonly unit: Metric['unit'];
  /** Which way is an improvement; absent where neither is. */
  readonly better?: 'more' | 'less';
}

const SWITCH = 'A switch is a promotion that moved traffic; roll-backs are interventions, not switches.';
const KNOWN =
  'Days before the first of the environments was defined or changed, and after the ledger’s last event, do not count.';
const TOO_SHORT = 'Where that leaves less than a day, there is no data.';
const MEDIAN = 'Of an even count, the mean of the two in the middle.';
const LAST_TIME = 'Where the ledger’s last event is earlier than that end, ages are counted to that event.';
const P90 = 'The value that nine in ten do not pass (nearest rank).';

export const DEFINITIONS: Readonly<Record<MetricId, Definition>> = {
  'deployment-frequency': {
    title: 'Deployment frequency',
    definition: `Switches ÷ days of the period, fractions of days included. ${KNOWN} ${TOO_SHORT} ${SWITCH}`,
    unit: 'per-day',
    better: 'more',
  },
  'days-without-switches': {
    title: 'Days without a switch',
    definition: `Days (UTC) of the period on which nothing was switched ÷ days that the period touches. ${KNOWN}`,
    unit: 'ratio',
  },
  'change-lead-time': {
    title: 'Change lead time',
    definition: `Median of (switch − the source commit’s time). ${MEDIAN}`,
    unit: 'seconds',
    better: 'less',
  },
  'change-lead-time-p90': {
    title: 'Change lead time, 90th percentile',
    definition: `90th percentile of (switch − the source commit’s time). ${P90}`,
    unit: 'seconds',
    better: 'less',
  },
  'recovery-time': {
    title: 'Failed deployment recovery time',
    definition:
      'Median of (recovered − failing switch), of switches that a roll-back ended or an incident blames; recovered at ' +
      'the roll-back or when the last of its incidents was resolved, whichever was earlier. Incidents that no change ' +
      `caused do not count. ${MEDIAN}`,
    unit: 'seconds',
    better: 'less',
  },
  'change-fail-rate': {
    title: 'Change fail rate',
    definition:
      'Switches that were rolled back or that an incident blames ÷ switches. A switch counts once, however many ' +
      'incidents blame it, so that the rate never passes 100 %.',
    unit: 'ratio',
    better: 'less',
  },
  'rework-rate': {
    title: 'Rework rate',
    definition: 'Switches that an incident’s resolution names as what mended it ÷ switches.',
    unit: 'ratio',
    better: 'less',
  },
  'change-success-rate': {
    title: 'Change success rate',
    definition:
      'Successful ÷ completed promotions. Completed: switched, or its candidate failed. Successful: switched, not ' +
      'rolled back, and blamed by no incident.',
    unit: 'ratio',
    better: 'more',
  },
  'success-score': {
    title: 'Success score',
    definition:
      '3 · successful − 2 · successful with issues − 5 · failed − 10 · P1 − 5 · P2 − 2 · P3; incidents are those that ' +
      'blame a completed promotion of the period.',
    unit: 'score',
    better: 'more',
  },
  'emergency-share': {
    title: 'Emergency share',
    definition: 'Emergency promotions ÷ promotions that were not refused.',
    unit: 'ratio',
    better: 'less',
  },
  'refusal-rate': {
    title: 'Refusal rate',
    definition:
      'Refused commands ÷ all commands: the refused ones, and the start, the validation and the end of every change ' +
      'that ended in the period.',
    unit: 'ratio',
  },
  'approval-wait': {
    title: 'Approval wait',
    definition: 'Median of (approved − requested).',
    unit: 'seconds',
    better: 'less',
  },
  'review-on-time': {
    title: 'Review on time',
    definition: 'Reviews of emergency changes that were done by their due date ÷ reviews that were due.',
    unit: 'ratio',
    better: 'more',
  },
  'stage-soak': {
    title: 'Stage soak',
    definition: `Median of (switch − when the digest became known-good in the environment before). ${MEDIAN}`,
    unit: 'seconds',
  },
  'stage-soak-p90': {
    title: 'Stage soak, 90th percentile',
    definition: `90th percentile of (switch − when the digest became known-good in the environment before). ${P90}`,
    unit: 'seconds',
  },
  'fleet-age': {
    title: 'Fleet age',
    definition: `Median of (end of the period − bake time) of what is live at the end of the period. ${LAST_TIME} ${MEDIAN}`,
    unit: 'seconds',
    better: 'less',
  },
  'fleet-age-oldest': {
    title: 'Fleet age, oldest',
    definition: `The largest (end of the period − bake time) of what is live at the end of the period. ${LAST_TIME}`,
    unit: 'seconds',
    better: 'less',
  },
};
