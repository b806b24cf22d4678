import type { ChangeRow } from '../../views/changes/queries.js';
import type { ViewQueries } from '../../views/queries.js';
import { parseEvent, type ViewEvent } from '../../views/view-event.js';
import { MOST_ATTESTATIONS, type Decision, type DossierSources, type Facts, type Known } from './facts.js';
import { placeFacts } from './gather-place.js';

const CHANGE_EVENTS = [
  ...['PromotionStarted.v1', 'CandidateValidated.v1', 'CandidateFailed.v1', 'PromotionAbandoned.v1'],
  ...['ArtifactPromoted.v1', 'ArtifactRolledBack.v1', 'ArtifactRetired.v1', 'ServiceRetired.v1'],
];

/** What is told at most of each; together a timeline has no more than 500 entries. */
const MOST_OWN = 20;
const MOST_LIFE = 180;
const MOST_REFUSALS = 25;
const MOST_INCIDENTS = 10;
const MOST_STAGES = 16;

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
