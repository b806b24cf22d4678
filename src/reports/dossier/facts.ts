import type { EventReader } from '../../event-store/port.js';
import type { ArtifactDetails, ArtifactSummary } from '../../views/artifacts/queries.js';
import type { ChangeRow } from '../../views/changes/queries.js';
import type { RefusedAttempt } from '../../views/changes/refused-attempts.js';
import type { EnvironmentRow, PolicyRow } from '../../views/environments/queries.js';
import type { LifeEvent } from '../../views/events/life.js';
import type { IncidentRow } from '../../views/incidents/queries.js';
import type { StandingAt, Stay } from '../../views/known-good/service-history.js';
import type { ViewQueries } from '../../views/queries.js';
import { parseEvent, type ViewEvent } from '../../views/view-event.js';
import { findWayBack, type Target } from './find-way-back.js';

export interface DossierSources {
  readonly views: ViewQueries;
  readonly events: EventReader;
}

/** What decided the change, as far as the ledger knew at the position; the position itself while it is open. */
export interface Decision {
  readonly position: number;
  readonly by: 'end' | 'refusal' | 'open';
}

/** All that a dossier is put together from, each read at the position. */
export interface Facts {
  readonly position: number;
  readonly change: ChangeRow;
  /** The change's own events with all that they say, oldest first. */
  readonly own: readonly ViewEvent[];
  readonly decision: Decision;
  readonly artifact: ArtifactDetails | undefined;
  readonly environment: EnvironmentRow | undefined;
  /** In force at the decision. */
  readonly policy: PolicyRow | undefined;
  /** What took the traffic just before the decision, and what made that artifact. */
  readonly before: { readonly stay: Stay; readonly artifact: ArtifactSummary | undefined } | undefined;
  /** The stay at the position, and the one that ended the change's own. */
  readonly current: Stay | undefined;
  readonly ended: Stay | undefined;
  readonly rolledBackBy: ChangeRow | undefined;
  readonly target: Target | undefined;
  /** How the digest stood in the environment that this one promotes from. */
  readonly standing: { readonly atStart: StandingAt | undefined; readonly atDecision: StandingAt | undefined };
  readonly refusals: Bounded<{ readonly about: readonly RefusedAttempt[]; readonly before: readonly RefusedAttempt[] }>;
  readonly incidents: Bounded<{ readonly blaming: readonly IncidentRow[]; readonly mended: readonly IncidentRow[] }>;
  /** What happened to the digest on its way here, and here. */
  readonly life: Bounded<{ readonly events: readonly LifeEvent[] }>;
  /** Every other event that a section names, by position. */
  readonly eventAt: ReadonlyMap<number, LifeEvent>;
}

type Bounded<Of> = Of & { readonly isCut: boolean };

const CHANGE_EVENTS = [
  ...['PromotionStarted.v1', 'CandidateValidated.v1', 'CandidateFailed.v1', 'PromotionAbandoned.v1'],
  ...['ArtifactPromoted.v1', 'ArtifactRolledBack.v1', 'ArtifactRetired.v1', 'ServiceRetired.v1'],
];

/** What is told at most of each; together a timeline has no more than 500 entries. */
const MOST_OWN = 20;
const MOST_LIFE = 180;
const MOST_REFUSALS = 25;
const MOST_INCIDENTS = 10;
export const MOST_ATTESTATIONS = 100;
const MOST_STAGES = 16;
/** Earlier stays that a way back is looked for in; the domain keeps as many. */
const MOST_STAYS = 17;

/** Reads everything, by seeks in indexes only; undefined for a change that had not begun by the position. */
export async function gather(changeId: string, position: number, sources: DossierSources): Promise<Facts | undefined> {
  const { views } = sources;
  const change = await views.changes.get(changeId, position);
  if (!change) return undefined;
  const own = await ownEvents(change, position, sources);
  const decision = decisionOf(change, own, position);
  const { digest } = change;
  const artifact = digest === undefined ? undefined : await views.artifacts.get(digest, position);
  const known = { position, change, own, decision, artifact };
  const placed = await placeFacts(known, views);
  const refusals = await refusalFacts(known, views);
  const incidents = await incidentFacts(changeId, position, views);
  const life = await lifeFacts(known, placed.environment, views);
  const facts = { ...known, ...placed, refusals, incidents, life };
  return { ...facts, eventAt: await views.events.at(namedPositions(facts)) };
}

type Known = Pick<Facts, 'position' | 'change' | 'own' | 'decision' | 'artifact'>;

async function ownEvents(change: ChangeRow, position: number, { views, events }: DossierSources): Promise<ViewEvent[]> {
  const { changeId } = change;
  const at = { position, limit: MOST_OWN };
  const ids =
    change.outcome === 'refused'
      ? [changeId]
      : (await views.events.ofChange(changeId, CHANGE_EVENTS, at)).map(({ id }) => id);
  const recorded = await Promise.all(ids.map((id) => events.findById(id)));
  return recorded.filter((event) => event !== undefined).map(parseEvent);
}

function decisionOf({ outcome, firstPosition }: ChangeRow, own: readonly ViewEvent[], position: number): Decision {
  if (outcome === 'refused') return { position: firstPosition, by: 'refusal' };
  if (outcome === 'in-progress') return { position, by: 'open' };
  return { position: own.at(-1)?.position ?? firstPosition, by: 'end' };
}

type Placed = Pick<
  Facts,
  'environment' | 'policy' | 'before' | 'current' | 'ended' | 'rolledBackBy' | 'target' | 'standing'
>;

const NOWHERE: Placed = {
  environment: undefined,
  policy: undefined,
  before: undefined,
  current: undefined,
  ended: undefined,
  rolledBackBy: undefined,
  target: undefined,
  standing: { atStart: undefined, atDecision: undefined },
};

async function placeFacts(known: Known, views: ViewQueries): Promise<Placed> {
  const { change, decision, position } = known;
  const { environment: name, service, rolledBackBy } = change;
  if (name === undefined) return NOWHERE;
  const environment = await views.environments.get(name, position);
  const policy = await views.environments.policyAt(name, decision.position);
  const standing = await standingFacts(known, environment, views);
  if (service === undefined) return { ...NOWHERE, environment, policy, standing };

  const place = { environment: name, service };
  const stays = await views.knownGood.staysBy(place, position, MOST_STAYS);
  const [current] = stays;
  const isLive = current?.changeId === change.changeId;
  return {
    ...{ environment, policy, standing, current },
    before: await stayBefore(place, decision, views),
    ended:
      decision.by === 'end' && !isLive
        ? await views.knownGood.stayAfter(place, decision.position, position)
        : undefined,
    rolledBackBy: rolledBackBy === undefined ? undefined : await views.changes.get(rolledBackBy, position),
    target: isLive ? await findWayBack(stays, { environment: name, position }, views) : undefined,
  };
}

async function stayBefore(
  place: { environment: string; service: string },
  { position, by }: Decision,
  views: ViewQueries,
): Promise<Facts['before']> {
  // What decided the change began its own stay; what was there before it is wanted.
  const [stay] = await views.knownGood.staysBy(place, by === 'open' ? position : position - 1, 1);
  if (!stay?.digest) return undefined;
  const artifact = (await views.artifacts.summaries([stay.digest], position)).get(stay.digest);
  return { stay, artifact };
}

async function standingFacts(
  { change, decision }: Known,
  environment: Facts['environment'],
  views: ViewQueries,
): Promise<Facts['standing']> {
  const { kind, digest, firstPosition } = change;
  const stage = environment?.promotesFrom;
  if (kind !== 'promotion' || digest === undefined || stage === undefined) return NOWHERE.standing;
  const at = (position: number) => views.knownGood.standingAt(stage, digest, position);
  const atStart = await at(firstPosition - 1);
  return { atStart, atDecision: decision.position === firstPosition ? atStart : await at(decision.position) };
}

async function refusalFacts({ change, position }: Known, views: ViewQueries): Promise<Facts['refusals']> {
  const { changeId, digest, environment, service, firstPosition } = change;
  const limit = MOST_REFUSALS + 1;
  // A refusal is indexed under the change that it is about, and under its own id where it is about none.
  const indexed = await views.events.ofChange(changeId, ['ChangeRefused.v1'], { position, limit });
  const about = await views.changes.refusals(indexed.map(({ id }) => id).filter((id) => id !== changeId));
  const before =
    digest === undefined || environment === undefined || service === undefined
      ? []
      : await views.changes.refusedAttempts({ digest, environment, service }, { before: firstPosition, limit });
  const others = before.filter((attempt) => !about.some((other) => other.changeId === attempt.changeId));
  return {
    about: about.slice(0, MOST_REFUSALS),
    before: others.slice(0, MOST_REFUSALS),
    isCut: about.length > MOST_REFUSALS || others.length > MOST_REFUSALS,
  };
}

async function incidentFacts(changeId: string, position: number, views: ViewQueries): Promise<Facts['incidents']> {
  const paging = { position, limit: MOST_INCIDENTS, order: 'asc' } as const;
  const blaming = await views.incidents.page({ changeId: [changeId] }, paging);
  const mended = await views.incidents.page({ mendedBy: [changeId] }, paging);
  const isCut = blaming.next !== undefined || mended.next !== undefined;
  return { blaming: blaming.rows, mended: mended.rows, isCut };
}

/** Where there is too much of it, the beginning and the end are told. */
async function lifeFacts(
  { change, position }: Known,
  environment: Facts['environment'],
  views: ViewQueries,
): Promise<Facts['life']> {
  const { digest, service } = change;
  if (digest === undefined) return { events: [], isCut: false };
  const stages = await stagesBefore(environment, position, views);
  const life = { digest, environment: change.environment ?? '', service: service ?? '', stages };
  const first = await views.events.ofDigest(life, { position, limit: MOST_LIFE + 1, order: 'asc' });
  if (first.length <= MOST_LIFE) return { events: first, isCut: false };
  const last = await views.events.ofDigest(life, { position, limit: MOST_LIFE, order: 'desc' });
  return { events: [...first.slice(0, MOST_LIFE), ...last.reverse()], isCut: true };
}

async function stagesBefore(
  environment: Facts['environment'],
  position: number,
  views: ViewQueries,
): Promise<string[]> {
  const stages: string[] = [];
  for (let next = environment?.promotesFrom; next !== undefined && stages.length < MOST_STAGES;) {
    stages.push(next);
    next = (await views.environments.get(next, position))?.promotesFrom;
  }
  return stages;
}

function namedPositions(facts: Omit<Facts, 'eventAt'>): number[] {
  const { artifact, policy, ended, standing, incidents } = facts;
  return [
    ...(artifact?.attestations.slice(-MOST_ATTESTATIONS) ?? []).map(({ position }) => position),
    ...(artifact?.revoked ? [artifact.revoked.position] : []),
    ...(policy ? [policy.position] : []),
    ...(ended ? [ended.sincePosition] : []),
    ...[standing.atStart, standing.atDecision].flatMap((at) => (at ? [at.position] : [])),
    ...[...incidents.blaming, ...incidents.mended].flatMap((incident) => [
      incident.firstPosition,
      ...(incident.resolvedPosition === undefined ? [] : [incident.resolvedPosition]),
    ]),
  ];
}
