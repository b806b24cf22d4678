import { on, pipelineSteps, refused, step, TODAY, type PolicyBody, type Step } from './steps.js';

/** What the components of the story are, and which pipeline makes each. */
export const COMPONENTS: Readonly<Record<string, { pipeline: string; layer: string; kind: string }>> = {
  'debian-base': { pipeline: 'platform-images', layer: 'os', kind: 'container-image' },
  'node-runtime': { pipeline: 'platform-images', layer: 'runtime', kind: 'container-image' },
  'orders-api': { pipeline: 'orders-ci', layer: 'application', kind: 'container-image' },
  storefront: { pipeline: 'storefront-ci', layer: 'application', kind: 'container-image' },
  'settlement-worker': { pipeline: 'settlement-ci', layer: 'application', kind: 'container-image' },
};

/** Days on which the player prints a heading. */
export const CHAPTERS: Readonly<Record<number, string>> = {
  1: 'Week 1 · three services, four environments, loose rules',
  6: 'Week 2 · evidence and soak are asked for',
  11: 'Week 3 · production takes one change at a time',
  16: 'Week 4 · a base image is revoked',
  [TODAY]: 'Today · by the server’s own clock',
};

const LOOSE: PolicyBody = {
  bases: 'any',
  evidence: [],
  soak: 'PT0S',
  strategies: ['blue-green', 'all-at-once'],
  atomic: false,
};
const UNIT_TESTED: PolicyBody = { ...LOOSE, evidence: [{ type: 'unit-tests' }] };
const INTEGRATED: PolicyBody = {
  ...UNIT_TESTED,
  bases: 'known',
  evidence: [{ type: 'unit-tests' }, { type: 'integration-tests', environment: 'test' }],
};
const PRODUCTION_AT_FIRST: PolicyBody = { ...UNIT_TESTED, bases: 'known', strategies: ['blue-green'] };
const PRODUCTION_WITH_SOAK: PolicyBody = { ...INTEGRATED, strategies: ['blue-green'], soak: 'PT12H' };
const PRODUCTION_LOCKED: PolicyBody = {
  ...PRODUCTION_WITH_SOAK,
  evidence: [...PRODUCTION_WITH_SOAK.evidence, { type: 'vulnerability-scan' }],
  soak: 'P1D',
  atomic: true,
};

const { bake, attest, deploy, start, validate, switchTo, build, release, retire } = pipelineSteps(
  (component) => COMPONENTS[component]?.pipeline ?? component,
);
const integrationTests = 'integration-tests';
const scan = 'vulnerability-scan';
const OLD = 'node-runtime 20.17';
const NEW = 'node-runtime 20.18';

const SETUP: Step[] = [
  step(on(1, '09:00'), 'admin', {
    kind: 'register-pipeline',
    id: 'platform-images',
    mayBake: ['debian-base', 'node-runtime'],
    mayPromoteTo: [],
  }),
  ...['orders-api', 'storefront', 'settlement-worker'].map((component, index) =>
    step(on(1, `09:0${index + 1}`), 'admin', {
      kind: 'register-pipeline',
      id: COMPONENTS[component]?.pipeline ?? component,
      mayBake: [component],
      mayPromoteTo: [`*:${component}`],
    }),
  ),
  step(on(1, '09:10'), 'admin', { kind: 'define-environment', name: 'development', policy: LOOSE }),
  step(on(1, '09:11'), 'admin', {
    kind: 'define-environment',
    name: 'test',
    promotesFrom: 'development',
    policy: UNIT_TESTED,
  }),
  step(on(1, '09:12'), 'admin', {
    kind: 'define-environment',
    name: 'staging',
    promotesFrom: 'test',
    policy: UNIT_TESTED,
  }),
  step(on(1, '09:13'), 'admin', {
    kind: 'define-environment',
    name: 'production',
    promotesFrom: 'staging',
    policy: PRODUCTION_AT_FIRST,
  }),
  bake('debian-base 12.7', on(1, '09:40')),
  bake(OLD, on(1, '09:58'), 'debian-base 12.7'),
];

const WEEK_1: Step[] = [
  ...build('orders-api 2.3.0', on(1, '10:30'), OLD),
  ...build('storefront 5.1.0', on(1, '13:05'), OLD),
  ...build('settlement-worker 0.9.0', on(1, '15:20'), OLD),
  deploy('orders-api 2.3.0', 'staging', on(2, '09:30')),
  deploy('storefront 5.1.0', 'staging', on(2, '09:45')),
  deploy('settlement-worker 0.9.0', 'staging', on(2, '10:10')),
  ...release('orders-api 2.3.0', on(2, '14:00')),
  ...release('storefront 5.1.0', on(2, '14:30')),
  ...release('settlement-worker 0.9.0', on(2, '15:10')),
  ...build('storefront 5.2.0', on(3, '09:40'), OLD),
  ...refused('stage-skipped', start('storefront 5.2.0', 'production', on(3, '10:20'))),
  ...refused('artifact-unknown', start('orders-api 2.3.1-laptop', 'production', on(3, '17:48'))),
  step(on(4, '09:00'), 'admin', {
    kind: 'change-policy',
    environment: 'staging',
    policy: INTEGRATED,
    reason: 'integration tests are a must from here on',
  }),
  step(on(4, '09:02'), 'admin', {
    kind: 'change-policy',
    environment: 'production',
    policy: PRODUCTION_WITH_SOAK,
    reason: 'nothing goes live that was not used in staging overnight',
  }),
  ...refused('evidence-missing', deploy('storefront 5.2.0', 'staging', on(4, '10:40'))),
  attest('storefront 5.2.0', on(4, '11:20'), integrationTests),
  deploy('storefront 5.2.0', 'staging', on(4, '11:30')),
  ...refused('soak-too-short', start('storefront 5.2.0', 'production', on(4, '15:30'))),
  ...release('storefront 5.2.0', on(5, '10:00')),
  retire('storefront 5.1.0', 'production', on(5, '16:00')),
];

const WEEK_2: Step[] = [
  ...build('orders-api 2.4.0', on(6, '09:50'), OLD),
  attest('orders-api 2.4.0', on(6, '11:40'), integrationTests),
  deploy('orders-api 2.4.0', 'staging', on(6, '15:00')),
  start('orders-api 2.4.0', 'production', on(7, '10:00')),
  validate('orders-api 2.4.0', 'production', on(7, '10:18'), 'failed'),
  ...build('orders-api 2.4.1', on(7, '13:10'), OLD),
  attest('orders-api 2.4.1', on(7, '14:35'), integrationTests),
  deploy('orders-api 2.4.1', 'staging', on(7, '16:00')),
  ...release('orders-api 2.4.1', on(8, '10:00')),
  retire('orders-api 2.3.0', 'production', on(8, '15:00')),
  step(on(8, '16:30'), 'admin', {
    kind: 'change-policy',
    environment: 'production',
    policy: PRODUCTION_LOCKED,
    reason: 'one open change at a time, scanned, a full day in staging',
  }),
  ...build('settlement-worker 0.10.0', on(9, '08:30'), OLD),
  attest('settlement-worker 0.10.0', on(9, '09:25'), integrationTests),
  attest('settlement-worker 0.10.0', on(9, '09:27'), scan),
  deploy('settlement-worker 0.10.0', 'staging', on(9, '10:00')),
  ...build('storefront 5.3.0', on(9, '10:15'), OLD),
  attest('storefront 5.3.0', on(9, '11:30'), integrationTests),
  attest('storefront 5.3.0', on(9, '11:33'), scan),
  deploy('storefront 5.3.0', 'staging', on(9, '13:00')),
  ...refused('strategy-not-allowed', deploy('settlement-worker 0.10.0', 'production', on(10, '13:50'))),
  ...release('settlement-worker 0.10.0', on(10, '14:00')),
  ...refused('not-atomic', start('storefront 5.3.0', 'production', on(10, '14:05'))),
  ...release('storefront 5.3.0', on(10, '15:10')),
];

const WEEK_3: Step[] = [
  // Nothing in production on day 11: that is where "two weeks ago" falls, whatever the time of day now.
  retire('storefront 5.2.0', 'production', on(12, '09:00')),
  step(on(12, '08:50'), 'on-call', {
    kind: 'report-incident',
    id: 'INC-17',
    severity: 'P1',
    service: 'settlement-worker',
    environment: 'production',
    reason: 'payouts are booked twice',
  }),
  step(on(12, '09:20'), 'settlement-ci', {
    kind: 'roll-back',
    service: 'settlement-worker',
    environment: 'production',
    reason: 'payouts were booked twice',
  }),
  step(on(12, '09:41'), 'on-call', {
    kind: 'resolve-incident',
    id: 'INC-17',
    service: 'settlement-worker',
    environment: 'production',
    reason: 'rolled back, bookings corrected',
  }),
  retire('settlement-worker 0.10.0', 'production', on(12, '16:00')),
  ...build('orders-api 2.5.0', on(13, '08:45'), OLD),
  attest('orders-api 2.5.0', on(13, '10:05'), integrationTests),
  attest('orders-api 2.5.0', on(13, '10:08'), scan),
  deploy('orders-api 2.5.0', 'staging', on(13, '11:00')),
  ...build('settlement-worker 0.10.1', on(13, '13:30'), OLD),
  attest('settlement-worker 0.10.1', on(13, '15:00'), integrationTests),
  attest('settlement-worker 0.10.1', on(13, '15:04'), scan, 'failed'),
  deploy('settlement-worker 0.10.1', 'staging', on(13, '16:00')),
  ...refused('pipeline-not-permitted', {
    ...start('orders-api 2.5.0', 'production', on(14, '13:20')),
    by: 'storefront-ci',
  }),
  start('orders-api 2.5.0', 'production', on(14, '15:00')),
  ...refused('candidate-not-validated', switchTo('orders-api 2.5.0', 'production', on(14, '15:02'))),
  validate('orders-api 2.5.0', 'production', on(14, '15:16'), 'passed'),
  switchTo('orders-api 2.5.0', 'production', on(14, '15:19')),
  ...refused('evidence-failed', start('settlement-worker 0.10.1', 'production', on(15, '16:30'))),
  ...build('storefront 5.4.0', on(15, '09:10'), OLD),
  attest('storefront 5.4.0', on(15, '10:20'), integrationTests),
  attest('storefront 5.4.0', on(15, '10:23'), scan),
  deploy('storefront 5.4.0', 'staging', on(15, '10:45')),
];

const WEEK_4: Step[] = [
  retire('orders-api 2.4.1', 'production', on(16, '08:30')),
  step(on(16, '09:05'), 'security-desk', {
    kind: 'revoke',
    artifact: 'debian-base 12.7',
    severity: 'critical',
    reason: 'remote code execution in its TLS library',
  }),
  ...refused('artifact-revoked', start('storefront 5.4.0', 'production', on(16, '11:00'))),
  bake('debian-base 12.8', on(16, '11:30')),
  bake(NEW, on(16, '11:52'), 'debian-base 12.8'),
  ...build('storefront 5.4.1', on(16, '13:10'), NEW),
  attest('storefront 5.4.1', on(16, '14:20'), integrationTests),
  attest('storefront 5.4.1', on(16, '14:22'), scan),
  deploy('storefront 5.4.1', 'staging', on(16, '16:00')),
  ...build('settlement-worker 0.10.2', on(17, '09:30'), NEW),
  attest('settlement-worker 0.10.2', on(17, '11:00'), integrationTests),
  attest('settlement-worker 0.10.2', on(17, '11:05'), scan),
  deploy('settlement-worker 0.10.2', 'staging', on(17, '14:00')),
  ...release('storefront 5.4.1', on(18, '10:00')),
  ...refused('still-live', retire('storefront 5.4.1', 'production', on(18, '16:00'))),
  retire('storefront 5.3.0', 'production', on(18, '16:05')),
  step(on(18, '13:20'), 'on-call', {
    kind: 'report-incident',
    id: 'INC-18',
    severity: 'P3',
    service: 'storefront',
    environment: 'production',
    reason: 'prices are shown without tax in one country',
  }),
  ...release('settlement-worker 0.10.2', on(19, '10:00')),
  retire('settlement-worker 0.9.0', 'production', on(19, '16:00')),
  step(on(20, '09:15'), 'admin', {
    kind: 'suspend-pipeline',
    id: 'settlement-ci',
    reason: 'its credentials were seen in a build log',
  }),
  ...refused('pipeline-suspended', bake('settlement-worker 0.11.0', on(20, '09:50'), NEW)),
  step(on(20, '13:30'), 'admin', {
    kind: 'reinstate-pipeline',
    id: 'settlement-ci',
    reason: 'credentials renewed',
  }),
];

const TODAYS: Step[] = [
  ...build('storefront 5.5.0', on(TODAY, '00:00'), NEW),
  attest('storefront 5.5.0', on(TODAY, '00:40'), integrationTests),
  attest('storefront 5.5.0', on(TODAY, '00:41'), scan),
  deploy('storefront 5.5.0', 'staging', on(TODAY, '00:42')),
  ...refused('soak-too-short', start('storefront 5.5.0', 'production', on(TODAY, '00:43'))),
];

/** The month, in the order in which it happened. */
export const STORY: readonly Step[] = [...SETUP, ...WEEK_1, ...WEEK_2, ...WEEK_3, ...WEEK_4, ...TODAYS].sort(
  (a, b) => a.when.day - b.when.day || a.when.minute - b.when.minute,
);
