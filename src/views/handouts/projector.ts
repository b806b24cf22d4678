import type { Projector } from '../projector.js';
import type { BatchRows, Table } from '../rows.js';
import type { ViewEvent } from '../view-event.js';
import { Handout, HandoutDigest, type HandoutKind } from './entity.js';

const HANDOUTS: Table<Handout> = { entity: Handout, key: ['position'] };
const DIGESTS: Table<HandoutDigest> = { entity: HandoutDigest, key: ['digest', 'position'] };

/** What left the ledger: reports, exports and samples. */
export const handoutsProjector: Projector = {
  view: 'handouts',
  version: 1,
  entities: [Handout, HandoutDigest],
  project(events, rows) {
    for (const event of events) apply(event, rows);
    return Promise.resolve();
  },
};

function apply(event: ViewEvent, rows: BatchRows): void {
  switch (event.type) {
    case 'ReportIssued.v1':
      return keep(event, rows, { kind: 'report', digests: Object.values(event.data.digests) });
    case 'EvidenceExported.v1':
      return keep(event, rows, { kind: 'export', digests: [event.data.digest] });
    case 'SampleDrawn.v1':
      return keep(event, rows, { kind: 'sample', digests: [] });
    default:
  }
}

function keep(
  { position, id, actor, recordedAt, occurredAt, data }: ViewEvent,
  rows: BatchRows,
  { kind, digests }: { kind: HandoutKind; digests: readonly string[] },
): void {
  const facts = JSON.stringify(data);
  rows.of(HANDOUTS).insert({ position, eventId: id, kind, actor, recordedAt, occurredAt, facts });
  for (const digest of new Set(digests)) rows.of(DIGESTS).insert({ digest, position });
}
