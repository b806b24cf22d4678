import type { Projector } from '../projector.js';
import type { BatchRows, Table } from '../rows.js';
import type { ViewEvent } from '../view-event.js';
import { BLOCK_POSITIONS, Change, type ChangeEffect, type ChangeKind, type FinalOutcome } from './entity.js';

const CHANGES: Table<Change> = { entity: Change, key: ['changeId'] };

type EventOf<Type extends ViewEvent['type']> = Extract<ViewEvent, { type: Type }>;
type ChangeEvent = EventOf<
  | 'PromotionStarted.v1'
  | 'CandidateValidated.v1'
  | 'CandidateFailed.v1'
  | 'PromotionAbandoned.v1'
  | 'ArtifactPromoted.v1'
  | 'ArtifactRolledBack.v1'
  | 'ArtifactRetired.v1'
  | 'ServiceRetired.v1'
>;

/** The population of changes: a row each, from a change's first event to its last, and one for every refusal. */
export const changesProjector: Projector = {
  view: 'changes',
  version: 4,
  entities: [Change],
  async project(events, rows) {
    const begun = await beginnings(events, rows);
    for (const event of events) apply(event, rows, begun);
  },
};

/** Change → position of its first event. */
type Beginnings = ReadonlyMap<string, number>;

/** When those changes began that end in this batch and began before it. */
async function beginnings(events: readonly ViewEvent[], rows: BatchRows): Promise<Beginnings> {
  const begun = new Map<string, number>();
  const ended = new Set<string>();
  for (const { type, id, position, data } of events) {
    if (type === 'PromotionStarted.v1') begun.set(id, position);
    else if (ENDINGS.has(type)) ended.add((data as { readonly changeId: string }).changeId);
  }
  for (const { id } of events) ended.delete(id);
  const keys = [...ended].map((changeId) => [changeId]);
  for (const row of await rows.find(CHANGES, keys)) if (row) begun.set(row.changeId, row.firstPosition);
  return begun;
}

/** What may end a change that another event began. */
const ENDINGS: ReadonlySet<string> = new Set(['CandidateFailed.v1', 'PromotionAbandoned.v1', 'ArtifactPromoted.v1']);

function apply(event: ViewEvent, rows: BatchRows, begun: Beginnings): void {
  const changes = rows.of(CHANGES);
  switch (event.type) {
    case 'PromotionStarted.v1':
      return changes.insert({ ...opened(event, 'promotion'), ...promotionFacts(event) });
    case 'CandidateValidated.v1':
      return changes.update([event.data.changeId], { validatedPosition: event.position });
    case 'CandidateFailed.v1':
      return changes.update([event.data.changeId], finished(event, 'failed', begun));
    case 'PromotionAbandoned.v1':
      return changes.update([event.data.changeId], finished(event, 'abandoned', begun));
    case 'ArtifactPromoted.v1':
      return applyPromoted(event, rows, begun);
    case 'ArtifactRolledBack.v1':
      return applyRolledBack(event, rows);
    case 'ArtifactRetired.v1':
    case 'ServiceRetired.v1': {
      const replaced = event.type === 'ServiceRetired.v1' ? (event.data.replaced?.digest ?? null) : null;
      return changes.insert({ ...opened(event, 'retirement'), ...finished(event, 'succeeded'), replaced });
    }
    case 'ChangeRefused.v1':
      return changes.insert(refused(event));
    default:
  }
}

/** The switch ends a blue/green change; all-at-once, it is the whole change and its id is the change's. */
function applyPromoted(event: EventOf<'ArtifactPromoted.v1'>, rows: BatchRows, begun: Beginnings): void {
  const end = {
    ...finished(event, 'succeeded', begun),
    replaced: event.data.replaced?.digest ?? null,
    effect: effectOf(event.data),
  };
  if (event.data.changeId !== event.id) return rows.of(CHANGES).update([event.data.changeId], end);
  rows.of(CHANGES).insert({ ...opened(event, 'promotion'), ...promotionFacts(event), ...end, detail: null });
}

function applyRolledBack(event: EventOf<'ArtifactRolledBack.v1'>, rows: BatchRows): void {
  const { withdrawn } = event.data;
  const end = { replaced: withdrawn?.digest ?? null, effect: effectOf(event.data), detail: null };
  rows.of(CHANGES).insert({ ...opened(event, 'rollback'), ...finished(event, 'succeeded'), ...end });
  if (!withdrawn) return;
  rows.of(CHANGES).update([withdrawn.changeId], {
    rolledBackPosition: event.position,
    rolledBackOccurredAt: event.occurredAt,
    rolledBackBy: event.data.changeId,
  });
}

const effectOf = ({ unchanged }: { readonly unchanged: boolean }): ChangeEffect => (unchanged ? 'none' : 'switched');

const promotionFacts = ({ data }: EventOf<'PromotionStarted.v1' | 'ArtifactPromoted.v1'>) => ({
  type: data.changeType,
  strategy: data.strategy,
});

function finished(event: ChangeEvent, finalOutcome: FinalOutcome, begun?: Beginnings) {
  const openFor = event.position - (begun?.get(event.data.changeId) ?? event.position);
  return {
    finishedPosition: event.position,
    openBits: openFor === 0 ? 0 : openFor.toString(2).length,
    finishedAt: event.recordedAt,
    finishedOccurredAt: event.occurredAt,
    finalOutcome,
    detail:
      event.type === 'CandidateFailed.v1' || event.type === 'PromotionAbandoned.v1'
        ? (event.remarks.reason ?? null)
        : null,
  };
}

function opened(event: ChangeEvent, kind: ChangeKind): Change {
  const { data } = event;
  return {
    ...blank(event, kind),
    changeId: data.changeId,
    environment: data.environment,
    service: data.service,
    component: data.component,
    layer: data.layer,
    digest: data.digest,
    version: data.version,
    pipeline: data.pipeline ?? null,
  };
}

const REFUSED_KINDS: Readonly<Record<string, ChangeKind>> = {
  promote: 'promotion',
  validate: 'promotion',
  switch: 'promotion',
  abandon: 'promotion',
  'roll-back': 'rollback',
  retire: 'retirement',
  bake: 'bake',
  attest: 'attestation',
};

function refused(event: EventOf<'ChangeRefused.v1'>): Change {
  const { data, position, recordedAt, occurredAt } = event;
  const { subject } = data;
  return {
    ...blank(event, REFUSED_KINDS[data.command] ?? 'other'),
    environment: data.environment ?? null,
    service: subject.service ?? null,
    component: subject.component ?? null,
    layer: subject.layer ?? null,
    digest: subject.digest ?? null,
    pipeline: subject.pipeline ?? event.meta.pipeline ?? null,
    reason: data.reason,
    detail: data.detail,
    about: subject.changeId ?? null,
    finishedPosition: position,
    openBits: 0,
    finishedAt: recordedAt,
    finishedOccurredAt: occurredAt,
    finalOutcome: 'refused',
  };
}

/** A change that begins with the event, of which nothing else is known. */
function blank(event: ViewEvent, kind: ChangeKind): Change {
  return {
    firstPosition: event.position,
    block: Math.floor(event.position / BLOCK_POSITIONS),
    changeId: event.id,
    kind,
    environment: null,
    service: null,
    component: null,
    layer: null,
    digest: null,
    version: null,
    replaced: null,
    type: null,
    strategy: null,
    reason: null,
    actor: event.actor,
    pipeline: null,
    channel: event.meta.channel ?? 'api',
    startedAt: event.recordedAt,
    startedOccurredAt: event.occurredAt,
    validatedPosition: null,
    finishedPosition: null,
    openBits: null,
    finishedAt: null,
    finishedOccurredAt: null,
    finalOutcome: null,
    effect: null,
    rolledBackPosition: null,
    rolledBackOccurredAt: null,
    rolledBackBy: null,
    ticket: event.remarks.ticket ?? null,
    note: event.remarks.reason ?? null,
    detail: null,
    about: null,
  };
}
