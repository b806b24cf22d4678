import { describe, expect, it } from '@jest/globals';
import type { Promote } from '../../../src/domain/environment/commands.js';
import type { EnvironmentContext } from '../../../src/domain/environment/context.js';
import { decide } from '../../../src/domain/environment/decide.js';
import { evolve, initialState } from '../../../src/domain/environment/state.js';
import { Specification } from './specification.js';
import {
  A,
  B,
  C,
  DAY_1,
  DAY_2,
  DAY_3,
  KNOWN_GOOD,
  PIPELINE,
  SUSPENDED,
  baked,
  candidateEvent,
  context,
  defined,
  promoted,
  rolledBack,
  started,
} from './fixtures.js';

const { given } = new Specification({ initialState, evolve }, decide);

const promote = (more: Partial<Promote> = {}): Promote => ({
  kind: 'promote',
  environment: 'production',
  digest: B,
  strategy: 'blue-green',
  changeType: 'normal',
  remarks: {},
  ...more,
});

describe('a promotion', () => {
  it('starts a candidate beside what is live', () =>
    given(defined(), promoted(A))
      .when(promote(), context())
      .then('PromotionStarted.v1', { digest: B, service: 'shop-api', changeId: 'new-change', pipeline: 'shop' }));

  it('all at once is one switch that recycles what it replaced', () =>
    given(defined(), promoted(A))
      .when(promote({ strategy: 'all-at-once' }), context())
      .then('ArtifactPromoted.v1', { digest: B, replaced: { digest: A }, recycled: true, unchanged: false }));

  it('of the first artifact of a service replaces nothing', () =>
    given(defined())
      .when(promote({ strategy: 'all-at-once' }), context())
      .then('ArtifactPromoted.v1', { recycled: false }));

  it('of what is live already is accepted and changes nothing, even where a rule would forbid the change', () =>
    given(defined({ strategies: ['all-at-once'] }), promoted(B))
      .when(promote({ basedOn: 0 }), context({ stage: { status: 'never' } }))
      .then('ArtifactPromoted.v1', { digest: B, unchanged: true, recycled: false }));

  it.each([
    ['token', 'token', true],
    ['token', 'signed', false],
    ['token', 'keyless', false],
    ['signed', 'signed', true],
    ['signed', 'keyless', false],
    ['keyless', 'token', true],
    ['keyless', 'keyless', true],
  ] as const)('of an artifact proven by %s, where %s is asked, is allowed: %s', (proof, provenance, isAllowed) => {
    const when = given(defined({ provenance }), promoted(A)).when(
      promote(),
      context({ artifact: { state: baked({ proof }) } }),
    );
    if (isAllowed) when.then('PromotionStarted.v1');
    else when.thenRefused('artifact-not-pipeline-produced');
  });

  it('may run the artifact under another name than its component', () =>
    given(defined())
      .when(promote({ service: 'shop-eu' }), context())
      .then('PromotionStarted.v1', { service: 'shop-eu', component: 'shop-api' }));

  it('of an environment that nobody defined is rejected', () =>
    given().when(promote(), context()).thenRejected('not-found'));
});

describe('a promotion is refused', () => {
  const cases: [string, Parameters<typeof given>, Partial<Promote>, Partial<EnvironmentContext>, string][] = [
    [
      'when no pipeline baked it',
      [defined()],
      {},
      { artifact: { state: { status: 'unknown', revoked: false } } },
      'artifact-unknown',
    ],
    ['when it is revoked', [defined()], {}, { artifact: { state: baked({ revoked: true }) } }, 'artifact-revoked'],
    [
      'when a base of it is revoked',
      [defined()],
      {},
      { artifact: { state: baked(), revokedBase: C } },
      'artifact-revoked',
    ],
    [
      'when it is revoked though live',
      [defined(), promoted(B)],
      {},
      { artifact: { state: baked({ revoked: true }) } },
      'artifact-revoked',
    ],
    [
      'when the policy wants known bases',
      [defined({ bases: 'known' })],
      {},
      { artifact: { state: baked(), unknownBase: C } },
      'base-unknown',
    ],
    ['when the pipeline is suspended', [defined()], {}, { caller: SUSPENDED }, 'pipeline-suspended'],
    ['when the service is out of its bounds', [defined()], { service: 'bank-api' }, {}, 'pipeline-not-permitted'],
    [
      'when the pipeline is not registered',
      [defined()],
      {},
      { caller: { kind: 'pipeline', id: 'x', state: { status: 'unregistered' } } },
      'pipeline-not-permitted',
    ],
    ['when it was never in the stage before', [defined()], {}, { stage: { status: 'never' } }, 'stage-skipped'],
    ['when it was withdrawn in the stage before', [defined()], {}, { stage: { status: 'withdrawn' } }, 'stage-skipped'],
    ['when it has not soaked', [defined({ soak: 'PT24H1M' })], {}, { stage: KNOWN_GOOD }, 'soak-too-short'],
    [
      'when the policy wants blue-green',
      [defined({ strategies: ['blue-green'] })],
      { strategy: 'all-at-once' },
      {},
      'strategy-not-allowed',
    ],
    ['when a candidate of the service is open', [defined(), started(C)], {}, {}, 'promotion-in-progress'],
    [
      'when a candidate of another service is open',
      [defined({ atomic: true }), started(C, { service: 'shop-web' })],
      {},
      {},
      'not-atomic',
    ],
    ['when it is based on an older state', [defined(), promoted(A)], { basedOn: 0 }, {}, 'stale-known-good'],
    [
      'when it happened before the last change',
      [defined(), promoted(A)],
      {},
      { occurredAt: '2025-12-31T23:59:59.999Z' },
      'out-of-order',
    ],
    ['when it is told too late', [defined({ maxBackdate: 'PT1H' })], {}, { occurredAt: DAY_1 }, 'back-dated'],
    ['when evidence is missing', [defined({ evidence: [{ type: 'scan' }] })], {}, {}, 'evidence-missing'],
  ];

  it.each(cases)('%s', (_name, past, command, more, reason) => {
    given(...past)
      .when(promote(command), context(more))
      .thenRefused(reason as never, { hint: expect.any(String), detail: expect.any(String), rule: expect.any(String) });
  });

  it('when an unknown digest comes from a pipeline without any right to the environment', () =>
    given(defined())
      .when(promote({ environment: 'canary' }), context({ artifact: { state: { status: 'unknown', revoked: false } } }))
      .thenRefused('pipeline-not-permitted'));
});

describe('evidence', () => {
  const attested = (result: 'passed' | 'failed', more: { environment?: string; occurredAt?: string } = {}) => ({
    type: 'scan',
    result,
    pipeline: 'shop',
    proof: 'token' as const,
    occurredAt: DAY_1,
    ...more,
  });
  const decideOn = (attestations: ReturnType<typeof attested>[], environment?: string) =>
    given(defined({ evidence: [{ type: 'scan', ...(environment !== undefined && { environment }) }] })).when(
      promote(),
      context({ artifact: { state: baked({ attestations }) } }),
    );

  it('that passed is enough', () => decideOn([attested('passed')]).then('PromotionStarted.v1'));
  it('counts by its newest result', () =>
    decideOn([
      attested('passed', { environment: 'staging' }),
      attested('failed', { occurredAt: DAY_2, environment: 'test' }),
    ]).thenRefused('evidence-failed', { missing: ['passed scan'] }));
  it('of another environment does not count where one is named', () =>
    decideOn([attested('passed', { environment: 'test' })], 'staging').thenRefused('evidence-missing', {
      missing: ['scan in staging'],
    }));
});

describe('soak', () => {
  const policy = defined({ soak: 'P1D' });
  const stage = { status: 'known-good' as const, sinceRecordedAt: DAY_2, sinceOccurredAt: DAY_1 };

  it("goes by the ledger's clock", () => {
    given(policy)
      .when(promote(), context({ stage, now: DAY_2, occurredAt: DAY_2 }))
      .thenRefused('soak-too-short');
    given(policy)
      .when(promote(), context({ stage, now: DAY_3, occurredAt: DAY_3 }))
      .then('PromotionStarted.v1');
  });
  it("goes by the pipelines' clocks in an import", () =>
    given(policy)
      .when(promote(), context({ stage, now: DAY_2, channel: 'import' }))
      .then('PromotionStarted.v1'));
});

describe('history in an import', () => {
  it('may be as old as it likes', () =>
    given(defined({ maxBackdate: 'PT1H' }))
      .when(promote(), context({ occurredAt: DAY_1, channel: 'import' }))
      .then('PromotionStarted.v1'));
});

describe('a switch', () => {
  const switchTo = (more = {}) => ({
    kind: 'switch' as const,
    environment: 'production',
    changeId: 'change-of-b',
    remarks: {},
    ...more,
  });
  const validated = candidateEvent('CandidateValidated.v1', B);

  it('makes a validated candidate live and deprecates what it replaced', () =>
    given(defined(), promoted(A), started(B), validated)
      .when(switchTo(), context())
      .then('ArtifactPromoted.v1', { digest: B, changeId: 'change-of-b', replaced: { digest: A }, recycled: false }));
  it('waits for the validation', () =>
    given(defined(), started(B)).when(switchTo(), context()).thenRefused('candidate-not-validated'));
  it('decides every rule again', () => {
    const open = given(defined({ evidence: [{ type: 'scan' }] }), started(B), validated);
    open.when(switchTo(), context()).thenRefused('evidence-missing');
    given(defined(), started(B), validated)
      .when(switchTo(), context({ stage: { status: 'withdrawn' } }))
      .thenRefused('stage-skipped');
    given(defined(), started(B), validated)
      .when(switchTo(), context({ artifact: { state: baked({ revoked: true }) } }))
      .thenRefused('artifact-revoked');
  });
  it('holds to the state that the promotion was based on, or to a newer one that it names', () => {
    const moved = given(defined(), started(B, { basedOn: 0 }), validated, promoted(C, { service: 'shop-web' }));
    moved.when(switchTo(), context()).thenRefused('stale-known-good', { missing: ['basedOn 3'] });
    moved.when(switchTo({ basedOn: 3 }), context()).then('ArtifactPromoted.v1');
  });
  it('is not hindered by its own candidate under an atomic policy', () =>
    given(defined({ atomic: true }), started(B), validated)
      .when(switchTo(), context())
      .then('ArtifactPromoted.v1'));
  it.each([
    ['failed', candidateEvent('CandidateFailed.v1', B)],
    ['was abandoned', candidateEvent('PromotionAbandoned.v1', B)],
    ['was switched already', promoted(B)],
  ])('is rejected when the candidate %s', (_name, last) =>
    given(defined(), started(B), validated, last).when(switchTo(), context()).thenRejected('change-not-open'),
  );
  it('closes the change when the candidate became live another way', () => {
    const state = [
      defined(),
      promoted(B),
      promoted(A, { replaced: B }),
      started(B),
      validated,
      rolledBack(B, A),
    ] as const;
    given(...state)
      .when(switchTo(), context())
      .then('ArtifactPromoted.v1', { unchanged: true });
  });
});

describe('a candidate', () => {
  const validate = (result: 'passed' | 'failed') => ({
    kind: 'validate' as const,
    environment: 'production',
    changeId: 'change-of-b',
    result,
    remarks: {},
  });
  const abandon = { kind: 'abandon' as const, environment: 'production', changeId: 'change-of-b', remarks: {} };
  const open = () => given(defined(), started(B));

  it('passes', () => open().when(validate('passed'), context()).then('CandidateValidated.v1', { digest: B }));
  it('fails', () => open().when(validate('failed'), context()).then('CandidateFailed.v1', { digest: B }));
  it('is given up', () => open().when(abandon, context()).then('PromotionAbandoned.v1', { changeId: 'change-of-b' }));
  it('is validated by a permitted pipeline only', () =>
    open()
      .when(
        validate('passed'),
        context({ caller: { ...PIPELINE, id: 'other', state: { status: 'unregistered' } } as never }),
      )
      .thenRefused('pipeline-not-permitted'));
  it('leaves the service free when it failed', () =>
    given(defined(), started(C), candidateEvent('CandidateFailed.v1', C))
      .when(promote(), context())
      .then('PromotionStarted.v1'));
});
