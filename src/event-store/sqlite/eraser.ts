import type { Eraser, Erasure } from '../erase.js';
import { StoreError, type Appended, type RecordedEvent } from '../port.js';
import { measureAppends } from '../validate.js';
import { realFile } from '../../sqlite-files.js';
import { LedgerWriter } from './ledger-writer.js';
import { encodeBatch, OutcomeReader } from './protocol.js';
import { SqliteEventReader } from './reader.js';
import { storeError } from './schema.js';

/** Erases remarks in a ledger's file, in this thread: whoever runs it waits for nothing else. */
export class SqliteEraser implements Eraser {
  private readonly statements: ReturnType<typeof prepare>;

  private constructor(
    private readonly file: string,
    private readonly writer: LedgerWriter,
    private readonly reader: SqliteEventReader,
  ) {
    this.statements = prepare(writer.db);
  }

  /** @throws StoreError `in-use` when a writer has the file, `corrupt` when it is something else or damaged */
  static open(options: { readonly file: string }): SqliteEraser {
    let writer: LedgerWriter | undefined;
    try {
      const file = realFile(options.file);
      writer = LedgerWriter.open({ file });
      // What a page no longer holds is overwritten with zeros, not just left out of its directory.
      writer.db.pragma('secure_delete = ON');
      return new SqliteEraser(file, writer, SqliteEventReader.open(file));
    } catch (error) {
      writer?.close();
      throw storeError(error, options.file);
    }
  }

  findById(id: string): Promise<RecordedEvent | undefined> {
    return this.reader.findById(id);
  }

  revisionOf(stream: string): number {
    return this.writer.revisionOf(stream);
  }

  erase({ position, remarksHash, record, stream }: Erasure): Appended {
    const appends = [{ stream, expectedRevision: this.revisionOf(stream), event: record }];
    measureAppends(appends);
    try {
      const outcomes = this.writer.commit(encodeBatch([{ appends }], 1, []), (written) => {
        this.statements.insert.run(position, Buffer.from(remarksHash, 'hex'), newlyAppended(written).position);
        const { changes } = this.statements.erase.run(position);
        if (changes !== 1) throw new Error(`there is no event at position ${position}`);
        // A state holds no remarks. Should an earlier version's have held some, it is folded anew.
        this.statements.forgetState.run(position);
      });
      return newlyAppended(outcomes);
    } catch (error) {
      throw storeError(error, this.file);
    }
  }

  wipe(): boolean {
    try {
      // A page that was split once may still have rows that moved to another one: only a file written anew has none.
      this.writer.db.exec('VACUUM');
      const [{ busy }] = this.writer.db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
      return busy === 0;
    } catch (error) {
      throw storeError(error, this.file);
    }
  }

  async close(): Promise<void> {
    await this.reader.close();
    this.writer.close();
  }
}

function newlyAppended(outcomes: Float64Array): Appended {
  const [outcome] = new OutcomeReader(outcomes).read(1);
  if (outcome?.status === 'appended' && !outcome.repeated) return outcome;
  throw new StoreError('unavailable', `The erasure could not be recorded: ${outcome?.status}`);
}

function prepare(db: LedgerWriter['db']) {
  return {
    insert: db.prepare('INSERT INTO erasures (position, remarks_hash, erased_by) VALUES (?, ?, ?)'),
    erase: db.prepare(
      `UPDATE events SET remarks = NULL,
         salts = CAST(substr(salts, 1, 16) || zeroblob(16) || substr(salts, 33) AS BLOB)
       WHERE position = ?`,
    ),
    forgetState: db.prepare(
      `DELETE FROM snapshots WHERE stream =
         (SELECT name FROM events JOIN streams ON streams.id = stream_id WHERE position = ?)`,
    ),
  };
}
