import { describe, expect, it } from '@jest/globals';
import { loosenings } from '../../../src/domain/environment/loosening.js';
import { LOOSEST_POLICY, type Policy, type RequiredEvidence } from '../../../src/domain/environment/policy.js';
import { widenings } from '../../../src/domain/pipeline/widening.js';

const STRICT: Policy = {
  provenance: 'keyless',
  bases: 'known',
  evidence: [{ type: 'scan' }, { type: 'acceptance', environment: 'staging' }],
  soak: 'PT24H',
  strategies: ['blue-green'],
  atomic: true,
  maxBackdate: 'P1D',
};

describe('a policy', () => {
  it('that asks as much or more is not looser', () => {
    expect(loosenings(STRICT, STRICT)).toEqual([]);
    expect(loosenings(LOOSEST_POLICY, STRICT)).toEqual([]);
    expect(loosenings(STRICT, { ...STRICT, soak: 'P1D', maxBackdate: 'PT24H' })).toEqual([]);
    expect(loosenings(STRICT, { ...STRICT, evidence: [{ type: 'sbom' }, ...STRICT.evidence] })).toEqual([]);
  });

  it('tells each thing that it asks no more', () => {
    expect(loosenings(STRICT, LOOSEST_POLICY)).toEqual([
      'provenance keyless → token',
      'bases known → any',
      'evidence scan is not asked any more',
      'evidence acceptance in staging is not asked any more',
      'soak PT24H → PT0S',
      'strategy all-at-once is allowed',
      'atomic true → false',
      'maxBackdate P1D → unbounded',
    ]);
  });

  it('is looser when evidence of one environment may come from anywhere, and not the other way round', () => {
    const anywhere = { ...STRICT, evidence: [{ type: 'scan' }, { type: 'acceptance' }] };
    const inStaging = { ...STRICT, evidence: STRICT.evidence.map(({ type }) => ({ type, environment: 'staging' })) };
    expect(loosenings(STRICT, anywhere)).toEqual(['evidence acceptance in staging is not asked any more']);
    expect(loosenings(STRICT, inStaging)).toEqual([]);
  });
});

describe('a policy about evidence', () => {
  const looser = (before: RequiredEvidence, after: RequiredEvidence): boolean =>
    loosenings({ ...STRICT, evidence: [before] }, { ...STRICT, evidence: [after] }).length > 0;

  it.each<[string, Partial<RequiredEvidence>, Partial<RequiredEvidence>]>([
    ['a weaker proof', { proof: 'keyless' }, { proof: 'signed' }],
    ['no proof', { proof: 'signed' }, {}],
    ['anybody’s word', { by: ['scanner'] }, {}],
    ['more pipelines', { by: ['scanner'] }, { by: ['scanner', 'shop'] }],
    ['any statement', { predicateType: 'https://e/t' }, {}],
    ['more kinds of statement', { predicateType: 'https://e/t' }, { predicateType: 'https://e/*' }],
  ])('is looser when it takes %s, and not the other way round', (_what, strict, loose) => {
    expect(looser({ type: 'scan', ...strict }, { type: 'scan', ...loose })).toBe(true);
    expect(looser({ type: 'scan', ...loose }, { type: 'scan', ...strict })).toBe(false);
  });

  it('says in words what is not asked any more', () => {
    const asked: RequiredEvidence = {
      ...{ type: 'scan', environment: 'staging', proof: 'keyless', by: ['one', 'two'], predicateType: 'https://e/t' },
    };
    expect(loosenings({ ...STRICT, evidence: [asked] }, { ...STRICT, evidence: [] })).toEqual([
      'evidence scan in staging (https://e/t) signed keyless by one or two is not asked any more',
    ]);
  });
});

describe('a registration', () => {
  const registration = {
    id: 'shop',
    name: 'Shop',
    mayBake: ['shop-*'],
    mayPromoteTo: ['staging', 'production:shop-*'],
  };

  it('is wider by what no glob of the one before covers', () => {
    const narrower = { ...registration, mayBake: ['shop-api'], mayPromoteTo: ['production:shop-api'] };
    expect(widenings(registration, narrower)).toEqual([]);
    const wider = { ...registration, mayBake: ['shop-*', 'shop*'], mayPromoteTo: ['staging', 'production'] };
    expect(widenings(registration, wider)).toEqual(['may bake shop*', 'may promote to production']);
  });

  it('is wider by what it may attest, and was not to bake', () => {
    const attesting = { ...registration, mayAttest: ['shop-api', 'till'] };
    expect(widenings(registration, attesting)).toEqual(['may attest till']);
    expect(widenings(attesting, { ...attesting, mayAttest: ['till'] })).toEqual([]);
  });

  it('is wider by who may sign for it', () => {
    const identity = { san: 'https://ci.example/shop/*', issuer: 'https://ci.example' };
    const signing = { ...registration, identities: [identity] };
    expect(widenings(registration, signing)).toEqual([`may sign as ${identity.san} of ${identity.issuer}`]);
    const narrower = { ...identity, san: 'https://ci.example/shop/release' };
    expect(widenings(signing, { ...registration, identities: [narrower] })).toEqual([]);
    const elsewhere = { ...identity, issuer: 'https://other.example' };
    expect(widenings(signing, { ...registration, identities: [elsewhere] })).toHaveLength(1);
  });
  it('is wider by whose tokens let it in', () => {
    const oidc = { issuer: 'https://ci.example', claims: { repository: 'shop/*', ref: 'main' } };
    const bound = { ...registration, oidc };
    const said = ['may come in with tokens of https://ci.example whose repository is shop/*, ref is main'];
    expect(widenings(registration, bound)).toEqual(said);
    expect(widenings(bound, bound)).toEqual([]);
    expect(widenings(bound, registration)).toEqual([]);
    const other = (more: object) => widenings(bound, { ...registration, oidc: { ...oidc, ...more } });
    expect(other({ claims: { repository: 'shop/api', ref: 'main', actor: 'x' } })).toEqual([]);
    expect(other({ claims: { repository: 'shop/*' } })).toHaveLength(1);
    expect(other({ claims: { ...oidc.claims, ref: '*' } })).toHaveLength(1);
    expect(other({ issuer: 'https://other.example' })).toHaveLength(1);
    expect(other({ audience: 'another' })).toHaveLength(1);
  });
});
