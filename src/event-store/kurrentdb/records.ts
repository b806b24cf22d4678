import { binaryEvent, jsonEvent, type EventData, type RecordedEvent as ServerEvent } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import { SALTS_BYTES, StoreError, type NewEvent, type StreamEvent } from '../port.js';

/** Version of the form below, and what tells Cairn's events from others in streams of the same names. */
const FORM = 1;

type MovedEvent = Omit<NewEvent, 'remarks'> & Pick<StreamEvent, 'remarks' | 'remarksHash'>;
type Json = Record<string, unknown>;
const TEXTS = ['data', 'remarks', 'meta'] as const;

/** What goes into a record's metadata. `exact` has the texts that JSON would not give back letter for letter. */
interface Metadata {
  readonly cairn: number;
  readonly actor: string;
  readonly occurredAt: string;
  /** `null` once erased. */
  readonly remarks: unknown;
  /** Of an event whose remarks were erased where it comes from. */
  readonly remarksHash?: string;
  readonly meta: unknown;
  readonly salts: string;
  /** Of an event that was moved here: when the ledger that it comes from had taken it. */
  readonly recordedAt?: string;
  readonly exact?: Partial<Record<(typeof TEXTS)[number], string>>;
}

/**
 * An event as the server stores it: its facts as the record's JSON data, where projections on the server see them, and
 * all else in the metadata. The client parses what it reads, so a text that does not survive that (keys that look like
 * numbers, minus zero) is kept as a text beside it. With `recordedAt`, it is one that is moved here from another ledger;
 * only such a one can have lost its remarks.
 */
export function encodeRecord(event: NewEvent | MovedEvent, recordedAt?: string): EventData {
  const exact: Record<string, string> = {};
  const parsed: Record<string, unknown> = {};
  for (const name of TEXTS) {
    const text = event[name];
    parsed[name] = text === null ? null : parse(text, name);
    if (text !== null && JSON.stringify(parsed[name]) !== text) exact[name] = text;
  }
  const remarksHash = 'remarksHash' in event ? event.remarksHash : undefined;
  const metadata: Metadata = {
    cairn: FORM,
    actor: event.actor,
    occurredAt: event.occurredAt,
    remarks: parsed['remarks'],
    meta: parsed['meta'],
    salts: Buffer.from(event.salts).toString('base64'),
    ...(remarksHash !== undefined && { remarksHash }),
    ...(recordedAt !== undefined && { recordedAt }),
    ...(Object.keys(exact).length > 0 && { exact }),
  };
  return jsonEvent({ id: event.id, type: event.type, data: parsed['data'] as Json, metadata });
}

/** Whether a record is one of Cairn's. Every server finds the same: it depends on nothing but the record. */
export function isCairnRecord({ isJson, metadata }: Pick<ServerEvent, 'isJson' | 'metadata'>): boolean {
  return isJson && (metadata as Partial<Metadata> | null | undefined)?.cairn === FORM;
}

/** Whether an event was moved here. What moves a ledger links its events itself: nobody else gives them positions. */
export function isMoved(record: Pick<ServerEvent, 'isJson' | 'metadata'>): boolean {
  return isCairnRecord(record) && (record.metadata as unknown as Metadata).recordedAt !== undefined;
}

/** No link to this event has an earlier time of record than this. */
export function recordedSinceMs({
  created,
  metadata,
}: {
  created: Date;
  metadata?: ServerEvent['metadata'] | undefined;
}): number {
  const { recordedAt } = (metadata ?? {}) as Partial<Metadata>;
  return recordedAt === undefined ? created.getTime() : Date.parse(recordedAt);
}

/** @throws StoreError `corrupt` for a record that Cairn did not write */
export function decodeRecord(record: ServerEvent): StreamEvent {
  const { streamId, id, type, data } = record;
  const revision = Number(record.revision);
  const metadata = record.metadata as unknown as Metadata;
  const salts = isCairnRecord(record) ? new Uint8Array(Buffer.from(String(metadata.salts), 'base64')) : undefined;
  if (salts?.length !== SALTS_BYTES) {
    throw new StoreError('corrupt', `Event ${revision} of ${streamId} was not written by Cairn`);
  }
  const { actor, occurredAt, remarks, remarksHash, meta, exact } = metadata;
  return {
    id,
    stream: streamId,
    revision,
    type,
    occurredAt,
    actor,
    data: exact?.data ?? JSON.stringify(data),
    remarks: remarks === null ? null : (exact?.remarks ?? JSON.stringify(remarks)),
    ...(remarksHash !== undefined && { remarksHash }),
    meta: exact?.meta ?? JSON.stringify(meta),
    salts,
  };
}

/** What a link of the ledger says: which event has this position, where it is in `$all`, and when it was recorded. */
export interface Link {
  readonly stream: string;
  readonly revision: number;
  readonly commit: bigint;
  readonly prepare: bigint;
  readonly recordedMs: number;
}

export function encodeLink({ stream, revision, commit, prepare, recordedMs }: Link): EventData {
  return binaryEvent({
    id: randomUUID(),
    type: '$>',
    data: Buffer.from(`${revision}@${stream}`),
    metadata: { commit: String(commit), prepare: String(prepare), recordedAt: new Date(recordedMs).toISOString() },
  });
}

/** @throws StoreError `corrupt` for anything else in the ledger's stream */
export function decodeLink(record: ServerEvent): Link {
  const [, revision, stream] = /^(\d+)@(.+)$/s.exec(Buffer.from(record.data as Uint8Array).toString()) ?? [];
  const { commit, prepare, recordedAt } = (record.metadata ?? {}) as Partial<Record<string, string>>;
  const recordedMs = Date.parse(recordedAt ?? '');
  if (record.type !== '$>' || !stream || !commit || !prepare || Number.isNaN(recordedMs)) {
    throw new StoreError('corrupt', `Event ${record.revision} of ${record.streamId} was not written by Cairn`);
  }
  return { stream, revision: Number(revision), commit: BigInt(commit), prepare: BigInt(prepare), recordedMs };
}

/** Whether one record stands behind another in `$all`. Events of one append may share their `commit`. */
export function isAfter(one: Pick<Link, 'commit' | 'prepare'>, other: Pick<Link, 'commit' | 'prepare'>): boolean {
  return one.commit > other.commit || (one.commit === other.commit && one.prepare > other.prepare);
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new TypeError(`${name} is not JSON`, { cause: error });
  }
}
