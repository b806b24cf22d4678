import Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { Batch, WriterOptions } from './protocol.js';
import { SALTS_BYTES, StoreError } from '../port.js';
import { ensureFile, errorCode, lockBeside } from '../../sqlite-files.js';
import { FIELDS_AN_APPEND, NUMBERS_AN_OUTCOME, OUTCOME } from './protocol.js';
import { overwriteFailedCommit, prepareSchema } from './schema.js';
import { uuidBytes } from './uuid.js';

const CACHED_STREAMS = 50_000;

interface Head {
  readonly streamId: number;
  revision: number;
}

interface Found {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly recorded_at: string;
}

/**
 * The only one that writes a ledger's file. Runs in the writer's thread, where waiting for the disk holds up nobody
 * but those who wait for it anyway.
 */
export class LedgerWriter {
  private readonly heads = new LRUCache<string, Head>({ max: CACHED_STREAMS });
  private readonly types = new Map<string, number>();
  private readonly statements: ReturnType<typeof prepare>;
  private lastPosition = -1;
  private lastRecordedMs = 0;
  private recordedAt = '';
  /** A commit failed and what it may have left behind is not overwritten yet. */
  private doubtful = false;
  transactions = 0;

  private constructor(
    private readonly lock: Database.Database,
    private readonly db: Database.Database,
  ) {
    this.statements = prepare(db);
    this.forget();
  }

  static open(options: WriterOptions): LedgerWriter {
    const lock = lockBeside(options.file, (message, cause) => new StoreError('in-use', message, { cause }));
    let db: Database.Database | undefined;
    try {
      ensureFile(options.file);
      db = new Database(options.file, { timeout: 1_000 });
      prepareSchema(db, options.file);
      configure(db, options);
      return new LedgerWriter(lock, db);
    } catch (error) {
      db?.close();
      lock.close();
      throw error;
    }
  }

  /** Commits a batch in one transaction and answers four numbers an append; throws when nothing was written. */
  commit(batch: Batch): Float64Array {
    if (this.doubtful) this.recover();
    try {
      this.statements.begin.run();
      this.moveClock();
      const outcomes = this.placeCalls(batch);
      for (const { stream, revision, version, state } of batch.snapshots) {
        this.statements.saveSnapshot.run(stream, revision, version, state);
      }
      this.statements.commit.run();
      this.transactions += 1;
      return outcomes;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  close(): void {
    this.db.close();
    this.lock.close();
  }

  private placeCalls({ calls, fields, salts }: Batch): Float64Array {
    const outcomes = new Float64Array((fields.length / FIELDS_AN_APPEND) * NUMBERS_AN_OUTCOME);
    let index = 0;
    for (const size of calls) {
      let stopped = false;
      for (const end = index + size; index < end; index++) {
        const outcome = outcomes.subarray(index * NUMBERS_AN_OUTCOME, (index + 1) * NUMBERS_AN_OUTCOME);
        if (stopped) {
          outcome[0] = OUTCOME.notAttempted;
          continue;
        }
        this.place(
          fields,
          index * FIELDS_AN_APPEND,
          salts.subarray(index * SALTS_BYTES, (index + 1) * SALTS_BYTES),
          outcome,
        );
        stopped = outcome[0] !== OUTCOME.appended && outcome[0] !== OUTCOME.repeated;
      }
    }
    return outcomes;
  }

  private place(fields: Batch['fields'], at: number, salts: Uint8Array, outcome: Float64Array): void {
    const stream = fields[at] as string;
    const id = uuidBytes(fields[at + 2] as string);
    const head = this.head(stream);
    const revision = (head?.revision ?? -1) + 1;
    // A refused append leaves no trace: the name of a new stream or type is not written before the id is known to be new.
    const isExpected = fields[at + 1] === revision - 1;
    const isNew = head === undefined || !this.types.has(fields[at + 3] as string);
    if ((!isExpected || isNew) && this.answerKnown(id, stream, outcome)) return;
    if (!isExpected) {
      outcome[0] = OUTCOME.conflict;
      outcome[1] = revision - 1;
      return;
    }
    const target = head ?? this.addStream(stream);
    const position = this.lastPosition + 1;
    try {
      this.statements.insert.run(
        position,
        id,
        target.streamId,
        revision,
        this.typeId(fields[at + 3] as string),
        fields[at + 4],
        this.recordedAt,
        fields[at + 5],
        fields[at + 6],
        fields[at + 7],
        fields[at + 8],
        salts,
      );
    } catch (error) {
      // Only the schema can say no here, and the one thing that was not asked before is whether the id is new.
      const isConstraint = errorCode(error).startsWith('SQLITE_CONSTRAINT');
      if (isConstraint && this.answerKnown(id, stream, outcome)) return;
      throw error;
    }
    target.revision = revision;
    this.lastPosition = position;
    outcome[0] = OUTCOME.appended;
    outcome[1] = position;
    outcome[2] = revision;
    outcome[3] = this.lastRecordedMs;
  }

  /** Answers for an event that is in the ledger already; false when it is not. */
  private answerKnown(id: Buffer, stream: string, outcome: Float64Array): boolean {
    const found = this.statements.findById.get(id) as Found | undefined;
    if (!found) return false;
    outcome[0] = found.stream === stream ? OUTCOME.repeated : OUTCOME.idTaken;
    outcome[1] = found.position;
    outcome[2] = found.revision;
    outcome[3] = Date.parse(found.recorded_at);
    return true;
  }

  private head(stream: string): Head | undefined {
    const cached = this.heads.get(stream);
    if (cached) return cached;
    const found = this.statements.findHead.get(stream) as Head | undefined;
    if (found) this.heads.set(stream, found);
    return found;
  }

  private addStream(stream: string): Head {
    const head = { streamId: Number(this.statements.addStream.run(stream).lastInsertRowid), revision: -1 };
    this.heads.set(stream, head);
    return head;
  }

  private typeId(type: string): number {
    const known = this.types.get(type);
    if (known !== undefined) return known;
    const id = Number(this.statements.addType.run(type).lastInsertRowid);
    this.types.set(type, id);
    return id;
  }

  /** The clock of the ledger: the machine's, except that it never goes back. */
  private moveClock(): void {
    const now = Math.max(Date.now(), this.lastRecordedMs);
    if (now === this.lastRecordedMs && this.recordedAt) return;
    this.lastRecordedMs = now;
    this.recordedAt = new Date(now).toISOString();
  }

  private rollBack(): void {
    this.doubtful = true;
    try {
      if (this.db.inTransaction) this.statements.rollback.run();
      this.recover();
    } catch {
      // The failure that led here is the one to report; the next commit tries to recover first.
    }
  }

  private recover(): void {
    overwriteFailedCommit(this.db);
    this.forget();
    this.doubtful = false;
  }

  /** What is remembered about the file may not be true any more after a failure: it is read again. */
  private forget(): void {
    this.heads.clear();
    this.types.clear();
    for (const [id, name] of this.statements.types.all() as [number, string][]) this.types.set(name, id);
    const last = this.statements.last.get() as { position: number; recorded_at: string } | undefined;
    this.lastPosition = last?.position ?? -1;
    this.lastRecordedMs = last ? Date.parse(last.recorded_at) : 0;
    this.recordedAt = last?.recorded_at ?? '';
  }
}

function configure(db: Database.Database, { maxPageCount }: WriterOptions): void {
  // better-sqlite3 defaults to NORMAL in WAL mode, which may lose acknowledged events when the power fails.
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 16000');
  db.pragma('journal_size_limit = 67108864');
  db.pragma('cache_size = -65536');
  // The references name the tables' relations; the writer makes the rows that it refers to itself.
  db.pragma('foreign_keys = OFF');
  if (maxPageCount !== undefined) db.pragma(`max_page_count = ${maxPageCount}`);
}

function prepare(db: Database.Database) {
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    types: db.prepare('SELECT id, name FROM event_types').raw(),
    last: db.prepare('SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1'),
    findHead: db.prepare(
      `SELECT id AS streamId, ifnull((SELECT max(revision) FROM events WHERE stream_id = streams.id), -1) AS revision
       FROM streams WHERE name = ?`,
    ),
    findById: db.prepare(
      `SELECT position, streams.name AS stream, revision, recorded_at
       FROM events JOIN streams ON streams.id = stream_id WHERE events.id = ?`,
    ),
    addStream: db.prepare('INSERT INTO streams (name) VALUES (?)'),
    addType: db.prepare('INSERT INTO event_types (name) VALUES (?)'),
    insert: db.prepare(
      `INSERT INTO events (position, id, stream_id, revision, type_id, occurred_at, recorded_at, actor, data, remarks,
       meta, salts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    saveSnapshot: db.prepare('INSERT OR REPLACE INTO snapshots (stream, revision, version, state) VALUES (?, ?, ?, ?)'),
  };
}
