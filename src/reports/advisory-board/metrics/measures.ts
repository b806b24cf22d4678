import type { MetricId } from '../definitions.js';
import { notRecorded, type Measure } from '../figure.js';
import { fleetAge, fleetAgeOldest, stageSoak, stageSoakP90 } from './ages.js';
import { daysWithoutSwitches, deploymentFrequency } from './deployment-frequency.js';
import { leadTime, leadTimeP90 } from './lead-time.js';
import { changeFailRate, emergencyShare, refusalRate, reworkRate } from './rates.js';
import { recoveryTime } from './recovery-time.js';
import { changeSuccessRate, successScore } from './success.js';

/** Every metric, by its id. */
export const MEASURES: Readonly<Record<MetricId, Measure>> = {
  'deployment-frequency': deploymentFrequency,
  'days-without-switches': daysWithoutSwitches,
  'change-lead-time': leadTime,
  'change-lead-time-p90': leadTimeP90,
  'recovery-time': recoveryTime,
  'change-fail-rate': changeFailRate,
  'rework-rate': reworkRate,
  'change-success-rate': changeSuccessRate,
  'success-score': successScore,
  'emergency-share': emergencyShare,
  'refusal-rate': refusalRate,
  'approval-wait': () => notRecorded('ChangeApproved'),
  'review-on-time': () => notRecorded('BreakGlassReviewed'),
  'stage-soak': stageSoak,
  'stage-soak-p90': stageSoakP90,
  'fleet-age': fleetAge,
  'fleet-age-oldest': fleetAgeOldest,
};
