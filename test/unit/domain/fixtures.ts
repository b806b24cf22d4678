import type { ProofLevel } from '../../../src/domain/artifact/events.js';
import type { ArtifactFacts, EnvironmentContext, StageStanding } from '../../../src/domain/environment/context.js';
import type { ArtifactPromoted, EnvironmentDefined, PromotionStarted } from '../../../src/domain/environment/events.js';
import { LOOSEST_POLICY, type Policy } from '../../../src/domain/environment/policy.js';
import type { LatestAttestation } from '../../../src/domain/artifact/state.js';
import type { Caller } from '../../../src/domain/pipeline/permission.js';
import type { Past } from './specification.js';

export const digestOf = (n: number): string => `sha256:${n.toString(16).padStart(64, '0')}`;
export const [A, B, C] = [digestOf(0xa), digestOf(0xb), digestOf(0xc)];
export const DAY_1 = '2026-01-01T00:00:00.000Z';
export const DAY_2 = '2026-01-02T00:00:00.000Z';
export const DAY_3 = '2026-01-03T00:00:00.000Z';

export const PIPELINE: Caller = {
  kind: 'pipeline',
  id: 'shop',
  state: {
    status: 'active',
    registration: { id: 'shop', name: 'Shop', mayBake: ['shop-*'], mayPromoteTo: ['production:shop-*', 'staging'] },
    keys: [],
  },
};

export const SUSPENDED: Caller = {
  ...PIPELINE,
  state: {
    ...(PIPELINE.kind === 'pipeline' && PIPELINE.state.status === 'active' ? PIPELINE.state : fail()),
    status: 'suspended',
  },
};

function fail(): never {
  throw new Error('the fixture pipeline is active');
}

interface Baked {
  readonly proof?: ProofLevel;
  readonly revoked?: boolean;
  readonly attestations?: readonly LatestAttestation[];
}

export const baked = ({ revoked = false, attestations = [], proof = 'token' }: Baked = {}): ArtifactFacts['state'] => ({
  status: 'baked',
  proof,
  revoked,
  attestations,
  statements: [],
  identity: {
    component: 'shop-api',
    version: '1.0.0',
    kind: 'container-image',
    layer: 'application',
    source: { repository: 'https://example.org/shop', commit: 'c0ffee' },
    pipeline: 'shop',
  },
});

export const KNOWN_GOOD: StageStanding = { status: 'known-good', sinceRecordedAt: DAY_1, sinceOccurredAt: DAY_1 };

export function context(more: Partial<EnvironmentContext> = {}): EnvironmentContext {
  return {
    caller: PIPELINE,
    channel: 'api',
    occurredAt: DAY_2,
    now: DAY_2,
    eventId: 'new-change',
    artifact: { state: baked() },
    stage: KNOWN_GOOD,
    ...more,
  };
}

export const defined = (policy: Partial<Policy> = {}, promotesFrom = 'staging'): EnvironmentDefined => ({
  type: 'EnvironmentDefined.v1',
  data: { environment: 'production', tier: 'production', promotesFrom, policy: { ...LOOSEST_POLICY, ...policy } },
  remarks: {},
});

interface Change {
  readonly service?: string;
  readonly changeId?: string;
  readonly replaced?: string;
  readonly recycled?: boolean;
  readonly basedOn?: number;
}

const facts = (digest: string, { service = 'shop-api', changeId = `change-of-${digest.slice(-1)}` }: Change) => ({
  environment: 'production',
  changeId,
  service,
  component: 'shop-api',
  digest,
  version: '1.0.0',
  layer: 'application',
});

export function started(digest: string, change: Change = {}): PromotionStarted {
  const { basedOn } = change;
  return {
    type: 'PromotionStarted.v1',
    data: {
      ...facts(digest, change),
      strategy: 'blue-green',
      changeType: 'normal',
      ...(basedOn !== undefined && { basedOn }),
    },
    remarks: {},
  };
}

export const candidateEvent = <Type extends 'CandidateValidated.v1' | 'CandidateFailed.v1' | 'PromotionAbandoned.v1'>(
  type: Type,
  digest: string,
) => ({ type, data: facts(digest, {}), remarks: {} });

export function promoted(digest: string, change: Change = {}): Past<ArtifactPromoted> {
  const { replaced, recycled = false } = change;
  return {
    type: 'ArtifactPromoted.v1',
    data: {
      ...facts(digest, change),
      strategy: recycled ? 'all-at-once' : 'blue-green',
      changeType: 'normal',
      recycled,
      unchanged: false,
      ...(replaced !== undefined && { replaced: { digest: replaced, changeId: `change-of-${replaced.slice(-1)}` } }),
    },
    remarks: {},
    occurredAt: DAY_1,
  };
}

export const rolledBack = (digest: string, withdrawn: string) => ({
  type: 'ArtifactRolledBack.v1' as const,
  data: {
    ...facts(digest, { changeId: 'a-roll-back' }),
    withdrawn: { digest: withdrawn, changeId: `change-of-${withdrawn.slice(-1)}` },
    unchanged: false,
  },
  remarks: {},
});

export const retired = (digest: string) => ({
  type: 'ArtifactRetired.v1' as const,
  data: facts(digest, { changeId: 'a-retirement' }),
  remarks: {},
});
