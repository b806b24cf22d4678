import { loosenings } from '../../domain/environment/loosening.js';
import { upcastPolicy, type Policy } from '../../domain/environment/policy.js';
import type { PipelineRegistration } from '../../domain/pipeline/events.js';
import { widenings } from '../../domain/pipeline/widening.js';
import type { Projector } from '../projector.js';
import type { BatchRows, Table } from '../rows.js';
import type { ViewEvent } from '../view-event.js';
import { Fence, FenceException } from './entity.js';

const EXCEPTIONS: Table<FenceException> = { entity: FenceException, key: ['position'] };
const FENCES: Table<Fence> = { entity: Fence, key: ['kind', 'name'] };

type EventOf<Type extends ViewEvent['type']> = Extract<ViewEvent, { type: Type }>;
type FencingEvent = EventOf<'EnvironmentDefined.v1' | 'PolicyChanged.v1' | 'PipelineRegistered.v1'>;
type Loosened = Pick<FenceException, 'kind' | 'details'> &
  Partial<Pick<FenceException, 'environment' | 'pipeline' | 'subject'>>;

/** Fences that somebody loosened: policies, registrations, suspensions, tokens made by hand. */
export const exceptionsProjector: Projector = {
  view: 'exceptions',
  version: 3,
  entities: [FenceException, Fence],
  async project(events, rows) {
    const fences = await standingFences(events.filter(isFencing), rows);
    for (const event of events) {
      const loosened = isFencing(event) ? moved(event, fences, rows) : lifted(event);
      if (loosened) rows.of(EXCEPTIONS).insert(exceptionOf(event, loosened));
    }
  },
};

const isFencing = (event: ViewEvent): event is FencingEvent =>
  event.type === 'EnvironmentDefined.v1' || event.type === 'PolicyChanged.v1' || event.type === 'PipelineRegistered.v1';

/** The fences that these events move, as they stood before all of them. */
async function standingFences(events: readonly FencingEvent[], rows: BatchRows): Promise<Map<string, Fence>> {
  const fences = [...new Map(events.map((event) => [keyOf(fenceOf(event)), fenceOf(event)])).values()];
  const found = await rows.find(
    FENCES,
    fences.map(({ kind, name }) => [kind, name]),
  );
  return new Map(found.flatMap((fence) => (fence ? [[keyOf(fence), fence]] : [])));
}

function fenceOf(event: FencingEvent): Fence {
  if (event.type !== 'PipelineRegistered.v1') {
    return { kind: 'policy', name: event.data.environment, terms: JSON.stringify(event.data.policy) };
  }
  return { kind: 'registration', name: event.data.id, terms: JSON.stringify(event.data) };
}

const keyOf = ({ kind, name }: Fence): string => `${kind} ${name}`;

/** Takes the fence over, and tells in what it is looser than the one before. */
function moved(event: FencingEvent, fences: Map<string, Fence>, rows: BatchRows): Loosened | undefined {
  const after = fenceOf(event);
  const before = fences.get(keyOf(after));
  fences.set(keyOf(after), after);
  if (!before) {
    rows.of(FENCES).insert(after);
    return undefined;
  }
  rows.of(FENCES).update([after.kind, after.name], { terms: after.terms });
  const details = looserIn(before, after);
  if (details.length === 0) return undefined;
  const text = JSON.stringify(details);
  return after.kind === 'policy'
    ? { kind: 'policy-loosened', environment: after.name, details: text }
    : { kind: 'registration-widened', pipeline: after.name, details: text };
}

const looserIn = ({ kind, terms }: Fence, after: Fence): string[] =>
  kind === 'policy'
    ? loosenings(policyIn(terms), policyIn(after.terms))
    : widenings(JSON.parse(terms) as PipelineRegistration, JSON.parse(after.terms) as PipelineRegistration);

const policyIn = (terms: string): Policy => upcastPolicy(JSON.parse(terms) as Partial<Policy>);

function lifted(event: ViewEvent): Loosened | undefined {
  if (event.type === 'PipelineReinstated.v1') {
    return { kind: 'suspension-lifted', pipeline: event.data.id, details: '[]' };
  }
  if (event.type === 'PipelineKeyAdded.v1') {
    const details = JSON.stringify([`may sign with key ${event.data.keyId}`]);
    return { kind: 'registration-widened', pipeline: event.data.id, details };
  }
  if (event.type !== 'TokenIssued.v1' || event.data.role !== 'pipeline') return undefined;
  const { pipeline, subject, expiresAt } = event.data;
  const details = JSON.stringify([expiresAt === undefined ? 'does not expire' : `good until ${expiresAt}`]);
  return { kind: 'pipeline-token-issued', pipeline: pipeline ?? null, subject, details };
}

function exceptionOf(event: ViewEvent, loosened: Loosened): FenceException {
  const { position, id, actor, recordedAt, occurredAt, remarks } = event;
  const reason = remarks.reason ?? null;
  const nothing = { environment: null, pipeline: null, subject: null };
  return { position, eventId: id, actor, recordedAt, occurredAt, reason, ...nothing, ...loosened };
}
