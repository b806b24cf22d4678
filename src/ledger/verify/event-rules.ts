import type { AuditedEvent, LedgerAudit } from '../../event-store/audit.js';
import { SALTS_BYTES } from '../../event-store/port.js';
import { isCanonical } from './canonical.js';
import type { Findings } from './findings.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TYPE = /^[A-Z]\w*\.v[1-9]\d*$/;
const REFUSAL = 'refusal-';
const TEXTS = ['data', 'remarks', 'meta'] as const;

/**
 * What holds of events whatever was signed: each has the next position and its stream's next revision, an id of its own
 * and a time that is not before the last one's, and is well-formed. Streams' names are kept, about 150 bytes each.
 */
export class EventRules {
  private readonly heads = new Map<string, number>();
  private readonly types = new Set<string>();
  private readonly ids: Set<string> | undefined;
  private next = 0;
  private recordedAt = '';

  constructor(
    private readonly findings: Findings,
    private readonly prefixes: readonly string[],
    keepsIdsUnique: boolean,
  ) {
    this.ids = keepsIdsUnique ? undefined : new Set();
  }

  /** Events come in order of position. */
  check(event: AuditedEvent): void {
    this.checkPlace(event);
    this.checkTimes(event);
    this.checkForm(event);
  }

  /** Names that the store keeps and no event has; to be asked when all events were checked. */
  checkNames(ledger: Pick<LedgerAudit, 'streamNames' | 'typeNames'>): void {
    const unused = (kind: string, name: string): void =>
      this.findings.add('events', 'unused-name', `the ${kind} ${name} is in its table, and no event is of it`);
    for (const name of ledger.streamNames()) if (!this.heads.has(name)) unused('stream', name);
    for (const name of ledger.typeNames()) if (!this.types.has(name)) unused('type', name);
  }

  get streams(): number {
    return this.heads.size;
  }

  private checkPlace(event: AuditedEvent): void {
    const { position, id, stream, revision } = event;
    if (position > this.next) this.findings.add('order', 'missing-event', missing(this.next, position - 1));
    if (position < this.next) {
      this.findings.add('order', 'misplaced-event', `there is an event at position ${position}`, event);
    }
    this.next = Math.max(this.next, position + 1);
    const head = this.heads.get(stream);
    const expected = (head ?? -1) + 1;
    if (revision !== expected) {
      const what = `its revision is ${revision}, and the next one of its stream is ${expected}`;
      this.findings.add('order', 'misplaced-event', what, event);
    }
    if (head === undefined) this.checkStream(event);
    this.heads.set(stream, Math.max(head ?? revision, revision));
    if (stream.startsWith(REFUSAL) && (revision !== 0 || stream !== REFUSAL + id)) {
      this.findings.add('events', 'malformed-event', 'a refusal has a stream of its own, named by its id', event);
    }
    if (!this.ids) return;
    if (this.ids.has(id)) this.findings.add('order', 'repeated-id', 'its id was there before', event);
    this.ids.add(id);
  }

  private checkTimes(event: AuditedEvent): void {
    const { occurredAt, recordedAt } = event;
    if (recordedAt < this.recordedAt) {
      const what = `it was recorded at ${recordedAt}, and the one before it at ${this.recordedAt}`;
      this.findings.add('order', 'time-goes-back', what, event);
    } else if (recordedAt !== this.recordedAt && isTime(recordedAt)) this.recordedAt = recordedAt;
    else if (recordedAt !== this.recordedAt) this.malformed(event, `its recordedAt is no time: ${shown(recordedAt)}`);
    if (!isTime(occurredAt)) this.malformed(event, `its occurredAt is no time: ${shown(occurredAt)}`);
  }

  private checkForm(event: AuditedEvent): void {
    const { id, type, actor, salts, broken } = event;
    if (broken !== undefined) this.malformed(event, broken);
    if (!UUID.test(id)) this.malformed(event, `its id is no UUID: ${shown(id)}`);
    if (!this.types.has(type)) {
      this.types.add(type);
      if (!TYPE.test(type)) this.malformed(event, `its type has no version: ${shown(type)}`);
    }
    if (actor === '' || !actor.isWellFormed()) this.malformed(event, 'its actor is no text');
    if (salts.length !== SALTS_BYTES)
      this.malformed(event, `it has ${salts.length} bytes of salts, not ${SALTS_BYTES}`);
    for (const name of TEXTS) {
      const text = event[name];
      if (text !== null && text !== '{}' && !isCanonical(text)) {
        this.malformed(event, `its ${name} is no RFC 8785 text`);
      }
    }
  }

  private checkStream(event: AuditedEvent): void {
    const { stream } = event;
    const isKnown = this.prefixes.some((one) => (one.endsWith('-') ? stream.startsWith(one) : stream === one));
    if (!isKnown && event.broken === undefined) this.malformed(event, `no stream has such a name: ${shown(stream)}`);
  }

  private malformed(event: AuditedEvent, what: string): void {
    this.findings.add('events', 'malformed-event', what, event);
  }
}

/** Positions that are not there, both included. */
export const missing = (from: number | bigint, to: number | bigint): string =>
  from === to ? `the event at position ${from} is missing` : `the events at positions ${from} to ${to} are missing`;

const TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const SHORTEST_MONTH = '28';

/** RFC 3339, UTC, milliseconds; a day that there was. */
export function isTime(text: string): boolean {
  if (!TIME.test(text)) return false;
  return text.slice(8, 10) <= SHORTEST_MONTH || isDay(text.slice(0, 10));
}

function isDay(date: string): boolean {
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

const SHOWN_MAX = 80;

export const shown = (text: string): string =>
  JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
