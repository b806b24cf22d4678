import Database from 'better-sqlite3';
import type { EventReader, RecordedEvent, Snapshot } from '../port.js';
import { StoreError } from '../port.js';
import { checkSchema, storeError } from './schema.js';
import { uuidBytes, uuidText } from './uuid.js';
import { isUuid } from '../validate.js';

/** Positions that one step of a category read looks at: a sparse category must not hold the thread for long. */
const SCAN_POSITIONS = 5_000;

type Row = [
  position: number,
  id: Buffer,
  stream: string,
  revision: number,
  typeId: number,
  occurredAt: string,
  recordedAt: string,
  actor: string,
  data: string,
  remarks: string | null,
  meta: string,
  salts: Buffer,
];

/** Reads a ledger's file, beside its writer or without one. Any thread and any process may have readers of its own. */
export class SqliteEventReader implements EventReader {
  private readonly typeNames = new Map<number, string>();
  private readonly statements: ReturnType<typeof prepare>;
  private erasures: Database.Statement | undefined;

  private constructor(
    private readonly db: Database.Database,
    private readonly file: string,
  ) {
    this.statements = prepare(db);
  }

  /** @throws StoreError `unavailable` when the file is not there, `corrupt` when it is no ledger that can be read */
  static open(file: string): SqliteEventReader {
    let db: Database.Database | undefined;
    try {
      db = new Database(file, { readonly: true, fileMustExist: true, timeout: 1_000 });
      checkSchema(db, file);
      return new SqliteEventReader(db, file);
    } catch (error) {
      db?.close();
      throw storeError(error, file);
    }
  }

  readStream(stream: string, fromRevision: number, limit: number): Promise<RecordedEvent[]> {
    return this.reading(() => this.events(this.statements.stream.all(stream, fromRevision, bound(limit))));
  }

  readAll(fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    return this.reading(() => this.events(this.statements.all.all(fromPosition, bound(limit))));
  }

  async readCategory(prefix: string, fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    const head = await this.head();
    const wanted = bound(limit);
    for (let from = Math.max(0, fromPosition); from <= head && found.length < wanted; from += SCAN_POSITIONS) {
      if (from > fromPosition) await new Promise((resolve) => setImmediate(resolve));
      const to = Math.min(head, from + SCAN_POSITIONS - 1);
      const rows = () => this.statements.category.all(from, to, prefix, prefix, wanted - found.length);
      found.push(...(await this.reading(() => this.events(rows()))));
    }
    return found;
  }

  findById(id: string): Promise<RecordedEvent | undefined> {
    if (!isUuid(id)) return Promise.resolve(undefined);
    return this.reading(() => this.events(this.statements.byId.all(uuidBytes(id)))[0]);
  }

  head(): Promise<number> {
    return this.reading(() => this.statements.head.get() as number);
  }

  loadSnapshot(stream: string): Promise<Snapshot | undefined> {
    return this.reading(() => this.statements.snapshot.get(stream) as Snapshot | undefined);
  }

  close(): Promise<void> {
    this.db.close();
    return Promise.resolve();
  }

  private reading<Result>(read: () => Result): Promise<Result> {
    if (!this.db.open) return Promise.reject(new StoreError('closed', 'The event store is closed'));
    try {
      return Promise.resolve(read());
    } catch (error) {
      return Promise.reject(error instanceof RangeError ? error : storeError(error, this.file));
    }
  }

  private events(rows: unknown[]): RecordedEvent[] {
    const events = rows as unknown as RecordedEvent[];
    for (let index = 0; index < rows.length; index++) events[index] = this.event(rows[index] as Row);
    return events;
  }

  private event(row: Row): RecordedEvent {
    const event = {
      position: row[0],
      id: uuidText(row[1]),
      stream: row[2],
      revision: row[3],
      type: this.typeName(row[4]),
      occurredAt: row[5],
      recordedAt: row[6],
      actor: row[7],
      data: row[8],
      remarks: row[9],
      meta: row[10],
      salts: row[11],
    };
    return row[9] === null ? { ...event, ...this.erasureOf(row[0]) } : event;
  }

  /** Looked up for the few that were erased, so that the many are read without it. None where nothing records it. */
  private erasureOf(position: number): Pick<RecordedEvent, 'remarksHash'> {
    this.erasures ??= prepareErasures(this.db);
    const hash = this.erasures?.get(position) as Buffer | undefined;
    return hash ? { remarksHash: hash.toString('hex') } : {};
  }

  private typeName(id: number): string {
    const cached = this.typeNames.get(id);
    if (cached !== undefined) return cached;
    const name = this.statements.typeName.get(id) as string;
    this.typeNames.set(id, name);
    return name;
  }
}

/** SQLite takes a negative limit for none at all. */
function bound(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError(`Not a number of events: ${limit}`);
  return limit;
}

/** Undefined for a file of version 1, which has none. */
function prepareErasures(db: Database.Database): Database.Statement | undefined {
  const isThere = db.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'erasures'`).get();
  return isThere ? db.prepare('SELECT remarks_hash FROM erasures WHERE position = ?').pluck() : undefined;
}

/** Every read is one statement: in WAL mode each begins and ends with system calls that cost more than the read. */
function prepare(db: Database.Database) {
  const columns = `position, events.id, name, revision, type_id, occurred_at, recorded_at, actor, data, remarks, meta,
    salts`;
  const select = (where: string) =>
    db.prepare(`SELECT ${columns} FROM events CROSS JOIN streams ON streams.id = stream_id WHERE ${where}`).raw();
  return {
    // The stream comes first here: looked up once, not again for each of its events.
    stream: db
      .prepare(
        `SELECT ${columns} FROM streams CROSS JOIN events ON stream_id = streams.id
         WHERE name = ? AND revision >= ? ORDER BY revision LIMIT ?`,
      )
      .raw(),
    all: select('position >= ? ORDER BY position LIMIT ?'),
    category: select('position BETWEEN ? AND ? AND substr(name, 1, length(?)) = ? ORDER BY position LIMIT ?'),
    byId: select('events.id = ?'),
    head: db.prepare('SELECT ifnull(max(position), -1) FROM events').pluck(),
    typeName: db.prepare('SELECT name FROM event_types WHERE id = ?').pluck(),
    snapshot: db.prepare('SELECT revision, version, state FROM snapshots WHERE stream = ?'),
  };
}
