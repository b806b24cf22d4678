import type Database from 'better-sqlite3';
import { damageOf, openToAudit, otherRulesOf } from '../../sqlite-audit.js';
import type { AuditedEvent, ErasureRow, LedgerAudit } from '../audit.js';
import type { Snapshot } from '../port.js';
import { LEDGER_FILE, storeError } from './schema.js';
import { uuidText } from './uuid.js';

const PAGE = 500;
/** Below the lowest that a column can have. */
const BEFORE_ALL = -(2n ** 63n);
/** What bytes that are no UTF-8 are read as; also a character of its own. */
const REPLACEMENT = '\ufffd';
const TEXTS = ['name', 'type', 'occurred_at', 'recorded_at', 'actor', 'data', 'remarks', 'meta'] as const;

type Row = [
  position: number,
  id: Buffer,
  stream: string | null,
  revision: number,
  type: string | null,
  occurredAt: string,
  recordedAt: string,
  actor: string,
  data: string,
  remarks: string | null,
  meta: string,
  salts: Buffer,
];

const EVENTS = `SELECT position, events.id, streams.name, revision, event_types.name AS type, occurred_at, recorded_at,
  actor, data, remarks, meta, salts
  FROM events LEFT JOIN streams ON streams.id = stream_id LEFT JOIN event_types ON event_types.id = type_id`;

/** Reads a ledger's file row by row, and takes nothing of it for granted. */
export class SqliteLedgerAudit implements LedgerAudit {
  readonly keepsIdsUnique = true;
  private readonly hasErasures: boolean;

  private constructor(private readonly db: Database.Database) {
    const table = db.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'erasures'`);
    this.hasErasures = table.get() !== undefined;
  }

  /** @throws StoreError `unavailable` when the file is not there, `corrupt` when it is no database */
  static open(file: string): SqliteLedgerAudit {
    try {
      return new SqliteLedgerAudit(openToAudit(file));
    } catch (error) {
      throw storeError(error, file);
    }
  }

  inspect(): { damage: string[]; otherRules: string[] } {
    return { damage: damageOf(this.db), otherRules: otherRulesOf(this.db, LEDGER_FILE) };
  }

  head(): Promise<number> {
    return Promise.resolve(this.db.prepare('SELECT ifnull(max(position), -1) FROM events').pluck().get() as number);
  }

  async *pages(): AsyncIterable<readonly AuditedEvent[]> {
    const statement = this.db.prepare(`${EVENTS} WHERE position > ? ORDER BY position LIMIT ${PAGE}`).raw();
    for (let last: number | bigint = BEFORE_ALL; ;) {
      const rows = statement.all(last) as Row[];
      const end = rows.at(-1)?.[0];
      if (end === undefined) return;
      yield rows.map((row) => this.event(row));
      // A position beyond what a double can tell apart cannot be gone on from; it is far behind the last one anyway.
      if (!Number.isSafeInteger(end)) return;
      last = end;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  *erasures(): Iterable<ErasureRow> {
    if (!this.hasErasures) return;
    const statement = this.db.prepare(
      `SELECT position, lower(hex(remarks_hash)) AS remarksHash, erased_by AS erasedBy FROM erasures ORDER BY position`,
    );
    yield* statement.iterate() as Iterable<ErasureRow>;
  }

  *streamNames(): Iterable<string> {
    yield* this.db.prepare('SELECT name FROM streams').pluck().iterate() as Iterable<string>;
  }

  typeNames(): string[] {
    return this.db.prepare('SELECT name FROM event_types').pluck().all() as string[];
  }

  *snapshots(): Iterable<Snapshot & { stream: string }> {
    const statement = this.db.prepare('SELECT stream, revision, version, state FROM snapshots ORDER BY stream');
    yield* statement.iterate() as Iterable<Snapshot & { stream: string }>;
  }

  close(): Promise<void> {
    this.db.close();
    return Promise.resolve();
  }

  private event(row: Row): AuditedEvent {
    const [position, id, stream, revision, type, occurredAt, recordedAt, actor, data, remarks, meta, salts] = row;
    const event = {
      position,
      id: uuidText(id),
      stream: stream ?? '',
      revision,
      type: type ?? '',
      occurredAt,
      recordedAt,
      actor,
      data,
      remarks,
      meta,
      salts,
    };
    const broken = this.brokenOf(row);
    if (remarks !== null && broken === undefined) return event;
    const erasure = remarks === null ? this.erasureOf(position) : {};
    return { ...event, ...erasure, ...(broken !== undefined && { broken }) };
  }

  private erasureOf(position: number): { remarksHash?: string } {
    if (!this.hasErasures) return {};
    const statement = this.db.prepare('SELECT lower(hex(remarks_hash)) FROM erasures WHERE position = ?').pluck();
    const hash = statement.get(position) as string | undefined;
    return hash === undefined ? {} : { remarksHash: hash };
  }

  private brokenOf(row: Row): string | undefined {
    const [position, , stream, , type] = row;
    if (stream === null) return 'its stream is not in the table streams';
    if (type === null) return 'its type is not in the table event_types';
    for (const value of row) {
      if (typeof value === 'string' && value.includes(REPLACEMENT)) return this.notUtf8(position);
    }
    return undefined;
  }

  /** Bytes that are no UTF-8 are read as a character that may stand there rightly: only the bytes tell. */
  private notUtf8(position: number): string | undefined {
    const bytes = TEXTS.map((name) => `CAST(${name} AS BLOB)`).join(', ');
    const row = this.db.prepare(`SELECT ${bytes} FROM (${EVENTS} WHERE position = ?)`).raw();
    const values = row.get(position) as (Buffer | null)[];
    const wrong = TEXTS.find((_, index) => !isUtf8(values[index]));
    return wrong && `its ${wrong} is not UTF-8`;
  }
}

const isUtf8 = (bytes: Buffer | null | undefined): boolean => !bytes || Buffer.from(bytes.toString()).equals(bytes);
