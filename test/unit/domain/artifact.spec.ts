import { describe, expect, it } from '@jest/globals';
import { decide, type ArtifactContext, type CheckedProof } from '../../../src/domain/artifact/decide.js';
import type { ArtifactBaked, Attestation, AttestationRecorded, Bake } from '../../../src/domain/artifact/events.js';
import { evolve, initialState } from '../../../src/domain/artifact/state.js';
import { A, B, DAY_1, DAY_2, DAY_3, PIPELINE, SUSPENDED } from './fixtures.js';
import { Specification } from './specification.js';

const spec = new Specification({ initialState, evolve }, decide);
const { given } = spec;
const caller: ArtifactContext = { caller: PIPELINE };

const bake: Bake = {
  digest: A,
  component: 'shop-api',
  version: '1.0.0',
  kind: 'container-image',
  layer: 'application',
  source: { repository: 'https://example.org/shop', commit: 'c0ffee' },
  run: { id: '17' },
};
const baking = (more: Partial<Bake> = {}) => ({
  kind: 'bake' as const,
  digest: A,
  bake: { ...bake, ...more },
  remarks: {},
});
const wasBaked: ArtifactBaked = {
  type: 'ArtifactBaked.v1',
  data: { ...bake, pipeline: 'shop', proof: 'token' },
  remarks: {},
};

describe('a bake', () => {
  it('is written with the pipeline that proved it', () =>
    given().when(baking(), caller).then('ArtifactBaked.v1', { digest: A, pipeline: 'shop', proof: 'token' }));
  it('of the same bytes by another run, under another label, is no conflict', () =>
    given(wasBaked)
      .when(baking({ run: { id: '18' }, version: '1.0.1' }), caller)
      .then('ArtifactBaked.v1'));
  it.each([
    ['component', { component: 'shop-web' }],
    ['kind', { kind: 'package' as const }],
    ['layer', { layer: 'os' as const }],
    ['source', { source: { ...bake.source, commit: 'decade' } }],
  ])('of the same digest with another %s is refused', (_field, more) =>
    given(wasBaked).when(baking(more), caller).thenRefused('artifact-conflict'),
  );
  const statement = { payload: 'e30=' };
  const proven: CheckedProof = {
    status: 'proven',
    level: 'keyless',
    signed: { identity: { san: 'https://ci/shop', issuer: 'https://ci' }, trustedRoot: 'ab', statement },
  };
  const invalid: CheckedProof = { status: 'invalid', step: 'subject', expected: A, seen: B };

  it('with a proof is written with its level and the proof itself', () =>
    given()
      .when(baking(), { ...caller, proof: proven })
      .then('ArtifactBaked.v1', { proof: 'keyless', provenance: proven.signed }));
  it('with a proof that proves nothing is refused, even where a token alone would do', () =>
    given()
      .when(baking(), { ...caller, proof: invalid })
      .thenRefused('provenance-invalid'));
  it('is as strong as the strongest that was told of the same bytes', () => {
    const stronger: ArtifactBaked = { ...wasBaked, data: { ...wasBaked.data, proof: 'signed' } };
    const fold = (...events: ArtifactBaked[]) =>
      events.reduce((state, event) => evolve(state, { ...event, id: '', revision: 0, occurredAt: '' }), initialState());
    expect(fold(wasBaked)).toMatchObject({ proof: 'token' });
    expect(fold(wasBaked, stronger)).toMatchObject({ proof: 'signed' });
    expect(fold(stronger, wasBaked)).toMatchObject({ proof: 'signed' });
  });
  it('outside the bounds of the pipeline is refused', () => {
    given()
      .when(baking({ component: 'bank-api' }), caller)
      .thenRefused('pipeline-not-permitted');
    given().when(baking(), { caller: SUSPENDED }).thenRefused('pipeline-suspended');
  });
});

describe('an attestation', () => {
  const attest = (environment?: string) => ({
    kind: 'attest' as const,
    digest: A,
    attestation: { type: 'scan', result: 'passed' as const, ...(environment !== undefined && { environment }) },
    remarks: {},
  });
  const deployer: ArtifactContext = {
    caller: {
      kind: 'pipeline',
      id: 'deployer',
      state: {
        status: 'active',
        registration: { id: 'deployer', name: 'Deployer', mayBake: [], mayPromoteTo: ['staging'] },
        keys: [],
      },
    },
  };

  it('is recorded of a pipeline that may attest and not bake, as a scanner is', () => {
    const registration = { id: 'scanner', name: 'S', mayBake: [], mayAttest: ['shop-*'], mayPromoteTo: [] };
    const state = { status: 'active' as const, registration, keys: [] };
    const scanner = { caller: { kind: 'pipeline' as const, id: 'scanner', state } };
    given(wasBaked).when(attest(), scanner).then('AttestationRecorded.v1', { pipeline: 'scanner' });
    given()
      .when(baking(), scanner)
      .thenRefused('pipeline-not-permitted', { missing: ['mayBake shop-api'] });
    const other = {
      caller: { ...scanner.caller, state: { ...state, registration: { ...registration, mayAttest: ['x'] } } },
    };
    given(wasBaked)
      .when(attest(), other)
      .thenRefused('pipeline-not-permitted', { missing: ['mayAttest shop-api'] });
  });
  it('is recorded for what a pipeline baked', () =>
    given(wasBaked).when(attest(), caller).then('AttestationRecorded.v1', { type: 'scan', pipeline: 'shop' }));
  it('without a statement is the pipeline’s word', () =>
    given(wasBaked).when(attest(), caller).then('AttestationRecorded.v1', { proof: 'token' }));
  it('with a statement is written with its level, who signed, and the statement itself', () => {
    const signed = { keyId: 'ab', predicateType: 'https://e/t', statement: { payload: 'e30=' } };
    given(wasBaked)
      .when(attest(), { ...caller, proof: { status: 'proven', level: 'signed', signed } })
      .then('AttestationRecorded.v1', { type: 'scan', pipeline: 'shop', proof: 'signed', signed });
  });
  it('with a statement that proves nothing is refused', () =>
    given(wasBaked)
      .when(attest(), {
        ...caller,
        proof: { status: 'invalid', step: 'result', expected: 'a pass', seen: 'a failure' },
      })
      .thenRefused('provenance-invalid', { missing: ['result: a pass'] }));
  describe('with a statement that was told before', () => {
    const signed = { keyId: 'ab', predicateType: 'https://e/t', statementDigest: 'cd', statement: {} };
    const proof: CheckedProof = { status: 'proven', level: 'signed', signed };
    const told = (more: Partial<AttestationRecorded['data']> = {}, occurredAt = DAY_1) => ({
      type: 'AttestationRecorded.v1' as const,
      data: {
        ...{ digest: A, type: 'scan', result: 'passed' as const, pipeline: 'shop', proof: 'signed' as const, signed },
        ...more,
      },
      remarks: {},
      occurredAt,
    });
    const failure = (occurredAt: string) =>
      told({ result: 'failed', signed: { ...signed, statementDigest: 'ef' } }, occurredAt);
    const again = (more: Partial<Attestation> = {}) => ({
      ...attest(),
      attestation: { type: 'scan', result: 'passed' as const, ...more },
    });
    const stale = {
      detail: expect.stringContaining('fails at its freshness:'),
      hint: expect.stringMatching(/^Let the pipeline sign a statement of the new run/),
    };

    it('is taken where it says the same again', () => {
      given(wasBaked, told())
        .when(again(), { ...caller, proof })
        .then('AttestationRecorded.v1');
      given(wasBaked, failure(DAY_1), told({}, DAY_2))
        .when(again(), { ...caller, proof })
        .then('AttestationRecorded.v1');
    });
    it.each<[string, Partial<Attestation>]>([
      ['another type', { type: 'tests' }],
      ['another result', { result: 'failed' }],
      ['of an environment', { environment: 'staging' }],
    ])('is refused as %s', (_what, more) =>
      given(wasBaked, told())
        .when(again(more), { ...caller, proof })
        .thenRefused('provenance-invalid', stale),
    );
    it('is refused where it brings back a pass of before a failure, however often it was told', () => {
      given(wasBaked, told(), failure(DAY_2))
        .when(again(), { ...caller, proof })
        .thenRefused('provenance-invalid', stale);
      given(wasBaked, told(), told({}, DAY_3), failure(DAY_2))
        .when(again(), { ...caller, proof })
        .thenRefused('provenance-invalid', stale);
    });
    it('is taken of another pipeline, and so is another statement of the same one', () => {
      given(wasBaked, told({ pipeline: 'scanner' }), failure(DAY_2))
        .when(again(), { ...caller, proof })
        .then('AttestationRecorded.v1');
      const other = { ...proof, signed: { ...signed, statementDigest: '01' } };
      given(wasBaked, told(), failure(DAY_2))
        .when(again(), { ...caller, proof: other })
        .then('AttestationRecorded.v1');
    });
    it('is a failure again where it was one', () => {
      const failed = told({ result: 'failed' });
      given(wasBaked, failed, failure(DAY_2))
        .when(again({ result: 'failed' }), { ...caller, proof })
        .then('AttestationRecorded.v1', { result: 'failed' });
    });
  });
  it('of what nobody baked is refused', () => given().when(attest(), caller).thenRefused('artifact-unknown'));
  it('may come from whoever may promote to the environment that it was made in', () => {
    given(wasBaked).when(attest('staging'), deployer).then('AttestationRecorded.v1');
    given(wasBaked).when(attest('production'), deployer).thenRefused('pipeline-not-permitted');
    given(wasBaked).when(attest(), deployer).thenRefused('pipeline-not-permitted');
  });
});

describe('what is known of an artifact’s attestations', () => {
  type Said = Partial<AttestationRecorded['data']>;
  const attested = (data: Said, occurredAt = '2026-01-01T00:00:00.000Z') => ({
    type: 'AttestationRecorded.v1' as const,
    data: { digest: A, type: 'scan', result: 'passed' as const, pipeline: 'shop', proof: 'token' as const, ...data },
    remarks: {},
    occurredAt,
  });
  const known = (...events: ReturnType<typeof attested>[]) => {
    const state = spec.stateAfter([wasBaked, ...events]);
    return state.status === 'baked' ? state.attestations : [];
  };

  it('is the newest of each that a policy can tell from others', () => {
    const signed = { keyId: 'ab', predicateType: 'https://e/t', statement: {} };
    const others: Said[] = [
      ...[{}, { type: 'sbom' }, { environment: 'staging' }, { result: 'failed' as const }, { pipeline: 'scanner' }],
      ...[{ proof: 'signed' as const }, { proof: 'signed' as const, signed }],
    ];
    expect(known(...others.map((data) => attested(data)))).toHaveLength(others.length);
    const [again] = known(...[1, 2, 3].map((day) => attested({ proof: 'signed', signed }, `2026-01-0${day}`)));
    expect(again).toEqual({
      ...{ type: 'scan', result: 'passed', pipeline: 'shop', proof: 'signed', predicateType: 'https://e/t' },
      occurredAt: '2026-01-03',
    });
  });
  it('does not go back to late news of what was before', () =>
    expect(known(attested({}, '2026-01-02'), attested({}, '2026-01-01'))).toMatchObject([
      { occurredAt: '2026-01-02' },
    ]));
  it('is the pipeline’s word where it was recorded before it could be signed', () => {
    const { proof: _unsaid, ...data } = attested({}).data;
    const old = { ...attested({}), data: data as AttestationRecorded['data'] };
    expect(known(old)).toMatchObject([{ proof: 'token' }]);
  });
});

describe('a revocation', () => {
  const revoke = { kind: 'revoke' as const, digest: A, severity: 'high' as const, remarks: { reason: 'CVE' } };
  const person: ArtifactContext = { caller: { kind: 'person' } };

  it('takes what was baked, and what nobody baked: it may be somebody’s base', () => {
    given(wasBaked).when(revoke, person).then('ArtifactRevoked.v1', { digest: A, severity: 'high' });
    given().when(revoke, person).then('ArtifactRevoked.v1');
  });
});
