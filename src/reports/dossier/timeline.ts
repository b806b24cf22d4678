import type { LifeEvent } from '../../views/events/life.js';
import type { Facts } from './facts.js';
import { eventLink } from './words.js';

/** From the commit to what became of it. The bounds of what is gathered keep it below 500 entries. */
export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  /** Events were left out because there are too many. */
  readonly isCut: boolean;
}

export interface TimelineEntry {
  readonly position: number;
  readonly eventId: string;
  readonly type: string;
  /** In words. */
  readonly what: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** How much later than it says the ledger heard of it: a delay, or two clocks that differ. */
  readonly skewMs: number;
  readonly actor: string;
  readonly environment?: string;
  readonly service?: string;
  readonly changeId?: string;
  /** An event of this change itself. */
  readonly isOwn: boolean;
  /** What was said with an event of this change was erased since. */
  readonly erased?: true;
  readonly link: string;
}

export function timelineOf(facts: Facts): Timeline {
  const { life, refusals, incidents } = facts;
  const entries = [
    ...life.events.map((event) => entry(event, lifeWords(event, facts), facts)),
    ...facts.own.map((event) => ownEntry(event, facts)),
    ...refusalEntries(facts),
    ...incidentEntries(facts),
    ...endEntries(facts),
  ];
  const byPosition = new Map(entries.map((each) => [each.position, each]));
  const sorted = [...byPosition.values()].sort((left, right) => left.position - right.position);
  return {
    entries: [...commitEntries(facts), ...sorted],
    isCut: life.isCut || refusals.isCut || incidents.isCut,
  };
}

function entry(event: LifeEvent, what: string, { change }: Facts): TimelineEntry {
  const { position, id, type, occurredAt, recordedAt, actor, environment, service, changeId } = event;
  return {
    ...{ position, eventId: id, type, what, occurredAt, recordedAt },
    skewMs: Date.parse(recordedAt) - Date.parse(occurredAt),
    actor,
    ...(environment !== null && { environment }),
    ...(service !== null && { service }),
    ...(changeId !== null && { changeId }),
    isOwn:
      changeId === change.changeId && !type.startsWith('Incident') && (type !== 'ChangeRefused.v1' || id === changeId),
    link: eventLink(id),
  };
}

function ownEntry(event: Facts['own'][number], facts: Facts): TimelineEntry {
  const words = ownWords(event);
  if (!event.isErased) return entry(ownLifeEvent(event), words, facts);
  return { ...entry(ownLifeEvent(event), `${words}; its remarks were erased`, facts), erased: true };
}

const WORDS: Readonly<Record<string, string>> = {
  'PromotionStarted.v1': 'candidate started',
  'CandidateValidated.v1': 'candidate passed',
  'CandidateFailed.v1': 'candidate failed',
  'PromotionAbandoned.v1': 'given up',
  'ArtifactPromoted.v1': 'switched: it takes the traffic',
  'ArtifactRolledBack.v1': 'rolled back to it',
  'ArtifactRetired.v1': 'recycled',
  'ServiceRetired.v1': 'the whole service retired',
};

/** The commit is no event of its own: the bake tells of it. */
function commitEntries({ artifact, eventAt, life }: Facts): TimelineEntry[] {
  const committedAt = artifact?.sourceCommittedAt;
  if (!artifact || committedAt === undefined) return [];
  const bake = life.events.find(({ position }) => position === artifact.position) ?? eventAt.get(artifact.position);
  return [
    {
      ...{ position: artifact.position, eventId: artifact.eventId, type: 'ArtifactBaked.v1' },
      what: `committed: ${artifact.sourceCommit}`,
      occurredAt: committedAt,
      recordedAt: artifact.bakedAt,
      skewMs: Date.parse(artifact.bakedAt) - Date.parse(committedAt),
      actor: artifact.sourceAuthor ?? bake?.actor ?? '',
      isOwn: false,
      link: eventLink(artifact.eventId),
    },
  ];
}

function lifeWords({ type, position }: LifeEvent, { artifact }: Facts): string {
  const run = artifact?.runs.find((each) => each.position === position);
  if (type === 'ArtifactBaked.v1') return run ? `baked by run ${run.runId} of ${run.pipeline}` : 'baked';
  if (type === 'ArtifactRevoked.v1') return `revoked${artifact?.revoked ? `: ${artifact.revoked.severity}` : ''}`;
  if (type !== 'AttestationRecorded.v1') return WORDS[type] ?? type;
  const attestation = artifact?.attestations.find((each) => each.position === position);
  return attestation ? `${attestation.type}: ${attestation.result}` : 'attested';
}

const ownWords = (event: Facts['own'][number]): string =>
  event.type === 'ChangeRefused.v1' ? `refused: ${event.data.reason}` : (WORDS[event.type] ?? event.type);

function ownLifeEvent(event: Facts['own'][number]): LifeEvent {
  const { position, id, stream, revision, type, actor, recordedAt, occurredAt } = event;
  const data = event.data as Readonly<Record<string, unknown>>;
  const subject = event.type === 'ChangeRefused.v1' ? { ...event.data.subject, changeId: id } : data;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  const said = subject;
  return {
    ...{ position, id, stream, revision, type, actor, recordedAt, occurredAt },
    environment: text(data['environment']),
    service: text(said['service']),
    digest: text(said['digest']),
    changeId: text(said['changeId']),
  };
}

function refusalEntries({ refusals, change }: Facts): TimelineEntry[] {
  return [...refusals.about, ...refusals.before].map((refusal) => {
    const { changeId, position, environment, service, reason, actor, occurredAt, recordedAt } = refusal;
    return {
      ...{ position, eventId: changeId, type: 'ChangeRefused.v1', occurredAt, recordedAt },
      what: `refused: ${reason ?? ''}`,
      skewMs: Date.parse(recordedAt) - Date.parse(occurredAt),
      actor,
      ...(environment !== null && { environment }),
      ...(service !== null && { service }),
      changeId,
      isOwn: changeId === change.changeId,
      link: eventLink(changeId),
    };
  });
}

function incidentEntries(facts: Facts): TimelineEntry[] {
  const { incidents, eventAt } = facts;
  return [...incidents.blaming, ...incidents.mended].flatMap(({ id, severity, firstPosition, resolvedPosition }) => {
    const reported = eventAt.get(firstPosition);
    const resolved = resolvedPosition === undefined ? undefined : eventAt.get(resolvedPosition);
    return [
      ...(reported ? [entry(reported, `incident ${id} reported: ${severity}`, facts)] : []),
      ...(resolved ? [entry(resolved, `incident ${id} resolved`, facts)] : []),
    ];
  });
}

/** What took the traffic away from it belongs to another digest's life. */
function endEntries(facts: Facts): TimelineEntry[] {
  const { ended, eventAt } = facts;
  const event = ended && eventAt.get(ended.sincePosition);
  if (!ended || !event || ended.endedBefore === null || facts.change.effect !== 'switched') return [];
  const words = { replaced: 'replaced', 'rolled-back': 'rolled back', retired: 'retired' }[ended.endedBefore];
  const version = ended.version === null ? '' : `: ${ended.version} takes the traffic`;
  return [entry(event, `${words}${version}`, facts)];
}
