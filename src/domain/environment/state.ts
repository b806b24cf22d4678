import { unreachable } from '../decision.js';
import type { Happened } from '../event.js';
import type { ArtifactPromoted, ChangeFacts, EnvironmentEvent, PromotionStarted } from './events.js';
import { upcastPolicy, type Policy, type Tier } from './policy.js';

/** An artifact as it runs, or ran, under a service's name. */
export interface Instance {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  readonly layer: string;
  /** The change that made it live. */
  readonly changeId: string;
}

/** The open blue/green change of a service. */
export interface Candidate {
  readonly status: 'started' | 'validated';
  readonly started: PromotionStarted['data'];
}

export interface ServiceState {
  readonly live?: Instance;
  readonly candidate?: Candidate;
  /** Replaced and not yet recycled, oldest first. */
  readonly deprecated: readonly Instance[];
  /** What was live before, newest first, each digest once, without what was rolled back away from. Bounded. */
  readonly previous: readonly Instance[];
  /** When its last event happened, by the pipelines' clocks. */
  readonly lastOccurredAt: string;
}

/** How a digest that was switched to of late came to be known-good. */
export interface RecentStanding {
  /** When the first switch happened that the state remembers; views may know an earlier one. */
  readonly sinceOccurredAt: string;
  /** Stream revision of the last switch to it. */
  readonly revision: number;
  /** It had been rolled back away from before, so that no earlier switch counts. */
  readonly isAnew: boolean;
}

export interface DefinedEnvironment {
  readonly status: 'defined';
  readonly tier: Tier;
  readonly promotesFrom?: string;
  readonly policy: Policy;
  readonly policyRevision: number;
  /** Stream revision of the last event that changed the live set. */
  readonly knownGoodRevision: number;
  readonly services: Map<string, ServiceState>;
  /** changeId → service, of every open candidate. */
  readonly open: Map<string, string>;
  /** Digest → how it stands here, for those switched to last. Bounded: views know the others. */
  readonly recent: Map<string, RecentStanding>;
  /** Digest → revision of the roll-back away from it, for the last that still stand. Bounded like `recent`. */
  readonly withdrawn: Map<string, number>;
}

export type EnvironmentState = { readonly status: 'undefined' } | DefinedEnvironment;

/** How many earlier digests of a service the state keeps. */
export const PREVIOUS_KEPT = 16;

/**
 * How many digests `recent` and `withdrawn` keep: all that the environment's last so many events switched to or rolled
 * back. A view that lags by no more events than this, and the state, together know everything.
 */
export const RECENT_KEPT = 1_024;

export const initialState = (): EnvironmentState => ({ status: 'undefined' });

const NO_SERVICE: ServiceState = { deprecated: [], previous: [], lastOccurredAt: '' };

export const serviceOf = (state: DefinedEnvironment, service: string): ServiceState =>
  state.services.get(service) ?? NO_SERVICE;

export function evolve(state: EnvironmentState, event: Happened<EnvironmentEvent>): EnvironmentState {
  if (event.type === 'EnvironmentDefined.v1') {
    const { tier, promotesFrom, policy } = event.data;
    return {
      status: 'defined',
      tier,
      ...(promotesFrom !== undefined && { promotesFrom }),
      policy: upcastPolicy(policy),
      policyRevision: event.revision,
      knownGoodRevision: event.revision,
      services: new Map(),
      open: new Map(),
      recent: new Map(),
      withdrawn: new Map(),
    };
  }
  if (state.status === 'undefined') return state;
  if (event.type === 'PolicyChanged.v1') {
    return { ...state, policy: upcastPolicy(event.data.policy), policyRevision: event.revision };
  }
  return evolveService(state, event);
}

type ChangeEvent = Happened<Exclude<EnvironmentEvent, { type: 'EnvironmentDefined.v1' | 'PolicyChanged.v1' }>>;

function evolveService(state: DefinedEnvironment, event: ChangeEvent): DefinedEnvironment {
  const before = serviceOf(state, event.data.service);
  const next = nextService(before, event);
  keepService(state, event, next);
  if (next.live?.digest === before.live?.digest) return state;
  const moved = { ...state, knownGoodRevision: event.revision };
  if (event.type === 'ArtifactRolledBack.v1') return withWithdrawal(moved, event);
  if (next.live) establish(moved, next.live.digest, event);
  return moved;
}

/** A digest that stands here already keeps the time since which it does. */
function establish({ withdrawn, recent }: DefinedEnvironment, digest: string, event: ChangeEvent): void {
  const { occurredAt, revision } = event;
  const isAnew = withdrawn.delete(digest);
  const standing = recent.get(digest) ?? { sinceOccurredAt: occurredAt, isAnew };
  recent.delete(digest);
  recent.set(digest, { ...standing, revision });
  forgetOldest(recent);
}

function forgetOldest(kept: Map<string, unknown>): void {
  const [oldest] = kept.keys();
  if (kept.size > RECENT_KEPT && oldest !== undefined) kept.delete(oldest);
}

function nextService(before: ServiceState, event: ChangeEvent): ServiceState {
  const { candidate, ...withoutCandidate } = before;
  switch (event.type) {
    case 'PromotionStarted.v1':
      return { ...before, candidate: { status: 'started', started: event.data } };
    case 'CandidateValidated.v1':
      return candidate ? { ...before, candidate: { ...candidate, status: 'validated' } } : before;
    case 'CandidateFailed.v1':
    case 'PromotionAbandoned.v1':
      return withoutCandidate;
    case 'ArtifactPromoted.v1':
      return promoted(before, event);
    case 'ArtifactRolledBack.v1':
      return event.data.unchanged ? before : rolledBack(before, event.data);
    case 'ArtifactRetired.v1':
      return { ...before, deprecated: without(before.deprecated, event.data.digest) };
    case 'ServiceRetired.v1': {
      const { live, ...rest } = withoutCandidate;
      return { ...rest, deprecated: [], previous: live ? remember(before.previous, live) : before.previous };
    }
    default:
      return unreachable(event);
  }
}

function promoted(before: ServiceState, event: Happened<ArtifactPromoted>): ServiceState {
  const { data } = event;
  const { candidate, live: replaced, ...rest } = before;
  const kept = candidate && candidate.started.changeId !== data.changeId ? { candidate } : {};
  if (data.unchanged) return { ...rest, ...kept, ...(replaced && { live: replaced }) };
  const deprecated = without(before.deprecated, data.digest);
  return {
    ...rest,
    ...kept,
    live: instanceOf(data),
    deprecated: replaced && !data.recycled ? [...deprecated, replaced] : deprecated,
    previous: without(replaced ? remember(before.previous, replaced) : before.previous, data.digest),
  };
}

/** What was rolled back away from is deprecated, like anything replaced, but it is no way back any more. */
function rolledBack(before: ServiceState, data: ChangeFacts): ServiceState {
  const deprecated = without(before.deprecated, data.digest);
  return {
    ...before,
    live: instanceOf(data),
    deprecated: before.live ? [...deprecated, before.live] : deprecated,
    previous: without(before.live ? without(before.previous, before.live.digest) : before.previous, data.digest),
  };
}

function keepService(state: DefinedEnvironment, event: ChangeEvent, next: ServiceState): void {
  const { service, changeId } = event.data;
  state.services.set(service, { ...next, lastOccurredAt: event.occurredAt });
  if (event.type === 'PromotionStarted.v1') state.open.set(changeId, service);
  else if (next.candidate?.started.changeId !== changeId) state.open.delete(changeId);
}

function withWithdrawal(
  state: DefinedEnvironment,
  event: Extract<ChangeEvent, { type: 'ArtifactRolledBack.v1' }>,
): DefinedEnvironment {
  const { withdrawn } = state;
  establish(state, event.data.digest, event);
  if (event.data.withdrawn) {
    state.recent.delete(event.data.withdrawn.digest);
    withdrawn.delete(event.data.withdrawn.digest);
    withdrawn.set(event.data.withdrawn.digest, event.revision);
  }
  forgetOldest(withdrawn);
  return state;
}

function instanceOf({ digest, component, version, layer, changeId }: ChangeFacts): Instance {
  return { digest, component, version, layer, changeId };
}

const without = (instances: readonly Instance[], digest: string): Instance[] =>
  instances.filter((instance) => instance.digest !== digest);

const remember = (previous: readonly Instance[], replaced: Instance): Instance[] =>
  [replaced, ...without(previous, replaced.digest)].slice(0, PREVIOUS_KEPT);
