import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ArtifactBaked, AttestationRecorded } from '../../../src/domain/artifact/events.js';
import {
  evolve as evolveArtifact,
  initialState as unbaked,
  type LatestAttestation,
} from '../../../src/domain/artifact/state.js';
import { decide } from '../../../src/domain/environment/decide.js';
import { newestThatCounts } from '../../../src/domain/environment/evidence-rules.js';
import { loosenings } from '../../../src/domain/environment/loosening.js';
import { LOOSEST_POLICY, type RequiredEvidence } from '../../../src/domain/environment/policy.js';
import { evolve, initialState } from '../../../src/domain/environment/state.js';
import { A, B, DAY_1, DAY_2, baked, context, defined } from './fixtures.js';
import { Specification } from './specification.js';

const { given } = new Specification({ initialState, evolve }, decide);

const VULNS = 'https://in-toto.io/attestation/vulns/v0.1';
const said = (more: Partial<LatestAttestation> = {}): LatestAttestation => ({
  ...{ type: 'scan', result: 'passed', pipeline: 'scanner', proof: 'signed', predicateType: VULNS, occurredAt: DAY_1 },
  ...more,
});

const promoting = (required: Partial<RequiredEvidence>, ...attestations: LatestAttestation[]) =>
  given(defined({ evidence: [{ type: 'scan', ...required }] })).when(
    {
      ...{ kind: 'promote', environment: 'production', digest: B, strategy: 'blue-green' },
      changeType: 'normal',
      remarks: {},
    },
    context({ artifact: { state: baked({ attestations }) } }),
  );

describe('evidence that has to be signed', () => {
  const asked = { proof: 'signed', by: ['scanner'] } as const;

  it('is enough when it is signed as well, or better, by one of those that are asked', () => {
    promoting(asked, said()).then('PromotionStarted.v1');
    promoting(asked, said({ proof: 'keyless' })).then('PromotionStarted.v1');
    promoting({ by: ['other', 'scanner'] }, said({ proof: 'token' })).then('PromotionStarted.v1');
    promoting({ predicateType: 'https://in-toto.io/attestation/vulns/*' }, said()).then('PromotionStarted.v1');
  });

  it.each([
    ['not signed', said({ proof: 'token' })],
    ['signed by somebody else', said({ pipeline: 'shop' })],
  ])('is missing where it is %s, and the refusal says what is asked', (_what, attestation) =>
    promoting(asked, attestation).thenRefused('evidence-missing', {
      detail: `${B} lacks scan signed by scanner.`,
      missing: ['scan signed by scanner'],
      hint: expect.stringContaining('`statement`'),
    }),
  );

  it('is missing where the statement is another one, or there is none', () => {
    const sbom = { predicateType: 'https://cyclonedx.org/bom*' };
    promoting(sbom, said()).thenRefused('evidence-missing', { missing: ['scan (https://cyclonedx.org/bom*)'] });
    const { predicateType: _none, ...unsigned } = said({ proof: 'token' });
    promoting(sbom, unsigned).thenRefused('evidence-missing', { hint: expect.stringContaining('`statement`') });
  });

  it('has failed when the newest failure is newer, whoever told of it and however', () => {
    const failure = said({ result: 'failed', pipeline: 'shop', proof: 'token', occurredAt: DAY_2 });
    promoting(asked, said(), failure).thenRefused('evidence-failed', { missing: ['passed scan signed by scanner'] });
    promoting(asked, { ...failure, occurredAt: DAY_1 }, said({ occurredAt: DAY_2 })).then('PromotionStarted.v1');
  });

  it('has failed still when a pass that does not count comes after the failure', () =>
    promoting(
      asked,
      said({ occurredAt: '2025-12-31T00:00:00.000Z' }),
      said({ result: 'failed', proof: 'token' }),
      said({ proof: 'token', occurredAt: DAY_2 }),
    ).thenRefused('evidence-failed'));
});

type Verdict = 'passed' | 'failed' | 'missing';

const LEVELS = ['token', 'signed', 'keyless'] as const;
const TYPES = ['https://e/one', 'https://e/two'] as const;

/** One that says nothing about any state: what happened, read from the newest back. */
function modelVerdict(history: readonly LatestAttestation[], asked: RequiredEvidence): Verdict {
  const newestFirst = history.map((each, told) => ({ ...each, told }));
  newestFirst.sort((one, other) => other.occurredAt.localeCompare(one.occurredAt) || other.told - one.told);
  for (const { type, environment, result, pipeline, proof, predicateType } of newestFirst) {
    if (type !== asked.type) continue;
    if (asked.environment !== undefined && environment !== asked.environment) continue;
    if (result === 'failed') return 'failed';
    if (asked.proof === 'signed' && proof === 'token') continue;
    if (asked.proof === 'keyless' && proof !== 'keyless') continue;
    if (asked.by !== undefined && !asked.by.some((id) => id === pipeline)) continue;
    if (asked.predicateType !== undefined && predicateType !== asked.predicateType) continue;
    return 'passed';
  }
  return 'missing';
}

const bake = {
  type: 'ArtifactBaked.v1',
  data: {
    ...{ digest: A, component: 'shop-api', version: '1', kind: 'package', layer: 'application', pipeline: 'shop' },
    ...{ source: { repository: 'r', commit: 'c' }, run: { id: '1' }, proof: 'token' },
  },
  remarks: {},
} as const satisfies ArtifactBaked;

const eventOf = ({ occurredAt, predicateType, ...facts }: LatestAttestation) =>
  ({
    ...{ type: 'AttestationRecorded.v1', id: '', revision: 1, occurredAt, remarks: {} },
    data: {
      digest: A,
      ...facts,
      ...(predicateType !== undefined && { signed: { predicateType, keyId: 'k', statement: {} } }),
    },
  }) as const satisfies AttestationRecorded & { occurredAt: string };

/** What the ledger's own state and rule make of the history. */
function verdict(history: readonly LatestAttestation[], asked: RequiredEvidence): Verdict {
  const first = evolveArtifact(unbaked(), { ...bake, id: '', revision: 0, occurredAt: DAY_1 });
  const state = history.map(eventOf).reduce(evolveArtifact, first);
  if (state.status !== 'baked') throw new Error('it is baked');
  return newestThatCounts(state.attestations, asked)?.result ?? 'missing';
}

const optional = <Name extends string, Value>(name: Name, values: readonly Value[]) =>
  fc
    .option(fc.constantFrom(...values), { nil: undefined })
    .map((value) => (value === undefined ? {} : { [name]: value }) as { [name in Name]?: Value });

const anyAttestation = fc
  .tuple(
    fc.record({
      type: fc.constantFrom('scan', 'tests'),
      result: fc.constantFrom('passed' as const, 'failed' as const),
      pipeline: fc.constantFrom('shop', 'scanner', 'other'),
      proof: fc.constantFrom(...LEVELS),
      occurredAt: fc.integer({ min: 1, max: 6 }).map((day) => `2026-01-0${day}T00:00:00.000Z`),
    }),
    optional('environment', ['staging', 'test']),
    optional('predicateType', TYPES),
  )
  .map(([facts, ...more]): LatestAttestation => Object.assign({}, facts, ...more));

const anyRequirement = fc
  .tuple(
    fc.record({ type: fc.constantFrom('scan', 'tests') }),
    optional('environment', ['staging', 'test']),
    optional('proof', LEVELS),
    optional('by', [['shop'], ['scanner'], ['scanner', 'other'], ['shop', 'scanner', 'other']]),
    optional('predicateType', TYPES),
  )
  .map((parts) => Object.assign({}, ...parts) as RequiredEvidence);

const anyHistory = fc.array(anyAttestation, { maxLength: 12 });

describe('whatever was attested', () => {
  it('counts as in a reading of the whole history: 5,000 of them', () => {
    const seen = new Set<Verdict>();
    fc.assert(
      fc.property(anyHistory, anyRequirement, (history, asked) => {
        const found = verdict(history, asked);
        seen.add(found);
        expect(found).toBe(modelVerdict(history, asked));
      }),
      { numRuns: 5_000 },
    );
    expect(seen).toEqual(new Set<Verdict>(['passed', 'failed', 'missing']));
  });

  it('is never let through by a policy that asks as much or more of the same place: 5,000 of them', () => {
    let stricter = 0;
    fc.assert(
      fc.property(anyHistory, anyRequirement, anyRequirement, (history, before, more) => {
        const { environment: _elsewhere, ...asked } = more;
        const { type, environment } = before;
        const after = { ...asked, type, ...(environment !== undefined && { environment }) };
        const policyOf = (evidence: RequiredEvidence) => ({ ...LOOSEST_POLICY, evidence: [evidence] });
        if (loosenings(policyOf(before), policyOf(after)).length > 0) return;
        stricter += 1;
        if (verdict(history, after) === 'passed') expect(verdict(history, before)).toBe('passed');
      }),
      { numRuns: 5_000 },
    );
    expect(stricter).toBeGreaterThan(500);
  });
});
