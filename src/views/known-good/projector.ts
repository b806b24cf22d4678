import { unreachable } from '../../domain/decision.js';
import type { Projector } from '../projector.js';
import type { BatchRows, Table } from '../rows.js';
import type { ViewEvent } from '../view-event.js';
import { KnownGoodDeprecation, KnownGoodInterval, KnownGoodService, KnownGoodStanding } from './entity.js';

const SERVICES: Table<KnownGoodService> = { entity: KnownGoodService, key: ['environment', 'service'] };
const INTERVALS: Table<KnownGoodInterval> = {
  entity: KnownGoodInterval,
  key: ['environment', 'service', 'sincePosition'],
};
const DEPRECATIONS: Table<KnownGoodDeprecation> = {
  entity: KnownGoodDeprecation,
  key: ['environment', 'service', 'sincePosition'],
};
const STANDINGS: Table<KnownGoodStanding> = { entity: KnownGoodStanding, key: ['environment', 'digest'] };

type MovingEvent = Extract<
  ViewEvent,
  { type: 'ArtifactPromoted.v1' | 'ArtifactRolledBack.v1' | 'ArtifactRetired.v1' | 'ServiceRetired.v1' }
>;

/** A service as the newest rows have it. */
interface Current {
  readonly isNew: boolean;
  readonly live: string | null;
  readonly deprecated: readonly string[];
}

/** Which digest is live where, since when, and what was: the same live sets as the domain's `evolve` decides on. */
export const knownGoodProjector: Projector = {
  view: 'known-good',
  version: 1,
  entities: [KnownGoodService, KnownGoodInterval, KnownGoodDeprecation, KnownGoodStanding],
  async project(events, rows) {
    const moving = events.filter(isMoving);
    const services = await currentServices(moving, rows);
    for (const event of moving) {
      const key = serviceKey(event);
      const before = services.get(key) ?? { isNew: true, live: null, deprecated: [] };
      const after = follow(before, event);
      if (after === before) continue;
      services.set(key, after);
      keep({ before, after, event, rows });
    }
  },
};

function isMoving(event: ViewEvent): event is MovingEvent {
  switch (event.type) {
    case 'ArtifactPromoted.v1':
    case 'ArtifactRolledBack.v1':
      return !event.data.unchanged;
    case 'ArtifactRetired.v1':
    case 'ServiceRetired.v1':
      return true;
    default:
      return false;
  }
}

const serviceKey = ({ data }: MovingEvent): string => `${data.environment}\u0000${data.service}`;

async function currentServices(events: readonly MovingEvent[], rows: BatchRows): Promise<Map<string, Current>> {
  const wanted = new Map<string, [environment: string, service: string]>();
  for (const event of events) wanted.set(serviceKey(event), [event.data.environment, event.data.service]);
  const keys = [...wanted.values()];
  const live = await rows.find(INTERVALS, keys, 'sincePosition');
  const deprecated = await rows.find(DEPRECATIONS, keys, 'sincePosition');
  return new Map(
    [...wanted.keys()].map((key, index) => [
      key,
      {
        isNew: live[index] === undefined,
        live: live[index]?.digest ?? null,
        deprecated: JSON.parse(deprecated[index]?.digests ?? '[]') as string[],
      },
    ]),
  );
}

/** The service after the event; the very same object when nothing moved. */
function follow(before: Current, event: MovingEvent): Current {
  const { digest } = event.data;
  const others = before.deprecated.filter((other) => other !== digest);
  switch (event.type) {
    case 'ArtifactPromoted.v1':
      return { isNew: false, live: digest, deprecated: event.data.recycled ? others : withReplaced(others, before) };
    case 'ArtifactRolledBack.v1':
      return { isNew: false, live: digest, deprecated: withReplaced(others, before) };
    case 'ArtifactRetired.v1':
      return others.length === before.deprecated.length ? before : { ...before, deprecated: others };
    case 'ServiceRetired.v1':
      return { ...before, live: null, deprecated: [] };
    default:
      return unreachable(event);
  }
}

const withReplaced = (others: readonly string[], before: Current): readonly string[] =>
  before.live === null ? others : [...others, before.live];

interface Move {
  readonly before: Current;
  readonly after: Current;
  readonly event: MovingEvent;
  readonly rows: BatchRows;
}

function keep(move: Move): void {
  const { before, after, event, rows } = move;
  const { environment, service } = event.data;
  if (before.isNew && !after.isNew) rows.of(SERVICES).insertIfAbsent({ environment, service });
  if (after.live !== before.live) keepInterval(move);
  const digests = JSON.stringify(after.deprecated);
  if (digests !== JSON.stringify(before.deprecated)) {
    rows.of(DEPRECATIONS).insert({ environment, service, sincePosition: event.position, digests });
  }
}

function keepInterval({ before, after, event, rows }: Move): void {
  const { environment, service, digest, component, version, layer, changeId } = event.data;
  const { recordedAt: sinceRecordedAt, occurredAt: sinceOccurredAt } = event;
  const isLive = after.live !== null;
  rows.of(INTERVALS).insert({
    environment,
    service,
    sincePosition: event.position,
    sinceRecordedAt,
    sinceOccurredAt,
    revision: event.revision,
    endedBefore: before.live === null ? null : endOf(event),
    digest: isLive ? digest : null,
    component: isLive ? component : null,
    version: isLive ? version : null,
    layer: isLive ? layer : null,
    changeId: isLive ? changeId : null,
  });
  const standings = rows.of(STANDINGS);
  if (isLive) standings.insertIfAbsent({ environment, digest, sinceRecordedAt, sinceOccurredAt });
  if (event.type === 'ArtifactRolledBack.v1' && event.data.withdrawn) {
    standings.delete([environment, event.data.withdrawn.digest]);
  }
}

function endOf(event: MovingEvent): 'replaced' | 'rolled-back' | 'retired' {
  if (event.type === 'ArtifactPromoted.v1') return 'replaced';
  return event.type === 'ArtifactRolledBack.v1' ? 'rolled-back' : 'retired';
}
