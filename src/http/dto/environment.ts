import { PROOF_LEVELS, type ProofLevel } from '../../domain/artifact/events.js';
import { STRATEGIES, TIERS, type Strategy, type Tier } from '../../domain/environment/policy.js';
import { Duration, Flag, Name, Names, Nested, OneOf, SomeOf, Uri } from '../input/fields.js';
import { ExplainedDto } from './common.js';

export class RequiredEvidenceDto {
  @Name('attestationType', {
    description: 'Type of the attestation that must be there and whose newest result must be passed.',
  })
  type: string;

  @Name('environment', { optional: true, description: 'Only attestations made in this environment count.' })
  environment?: string;

  @OneOf(PROOF_LEVELS, {
    optional: true,
    description: 'The weakest proof of who says so that is enough for a pass; left out, token.',
  })
  proof?: ProofLevel;

  @Names(
    'pipeline',
    { min: 1, max: 20 },
    { optional: true, description: 'Pipelines one of which must say that it passed.' },
  )
  by?: string[];

  @Uri({
    optional: true,
    description: 'What the statement of a pass must be: the type of its predicate; * stands for any run of characters.',
  })
  predicateType?: string;
}

/** What is left out is as loose as it can be. */
export class PolicyDto {
  @OneOf(PROOF_LEVELS, {
    optional: true,
    description:
      'The weakest proof that a pipeline built an artifact: token (its word), signed (a key of its own), keyless (a certificate in a public log).',
  })
  provenance?: ProofLevel;

  @OneOf(['any', 'known'], { optional: true, description: 'known: every base must have been baked by a pipeline.' })
  bases?: 'any' | 'known';

  @Nested(() => RequiredEvidenceDto, {
    optional: true,
    list: { max: 50 },
    description: 'Evidence that a digest needs.',
  })
  evidence?: RequiredEvidenceDto[];

  @Duration({
    optional: true,
    description: 'How long a digest must have been known-good in the environment before this one.',
  })
  soak?: string;

  @SomeOf(STRATEGIES, { optional: true, description: 'Strategies that may be used.' })
  strategies?: Strategy[];

  @Flag({ optional: true, description: 'One open change in the environment at a time.' })
  atomic?: boolean;

  @Duration({
    optional: true,
    nullable: true,
    description: 'How long after it happened a change may be told; null, without bound.',
  })
  maxBackdate?: string | null;
}

export class DefineEnvironmentDto extends ExplainedDto {
  @Name('environment', { description: 'Its name.' })
  name: string;

  @OneOf(TIERS, { description: 'How close to the users it is.' })
  tier: Tier;

  @Name('environment', {
    optional: true,
    description: 'Where a digest must have been known-good before it may come here.',
  })
  promotesFrom?: string;

  @Nested(() => PolicyDto, { optional: true, description: 'How far it is locked; left out, as loose as it can be.' })
  policy?: PolicyDto;
}

export class ChangePolicyDto extends ExplainedDto {
  @Nested(() => PolicyDto, { description: 'The whole policy from here on.' })
  policy: PolicyDto;
}
