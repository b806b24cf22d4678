import type Database from 'better-sqlite3';
import { lockBeside } from '../../sqlite-files.js';
import { openFile, opening } from '../ledger-file.js';
import { SealError } from '../seal-errors.js';
import type { LogKey, Seal } from '../sealed-ledger.js';
import { goOn, type AtStep } from '../sealer/steps.js';
import { SealsReader } from './reader.js';
import { SEALS_FILE, SEALS_TABLES } from './schema.js';

/** A witness's line of signature under a checkpoint. */
export interface Cosignature {
  readonly size: number;
  /** Its verifier key. */
  readonly witness: string;
  readonly line: string;
}

export interface SealsOptions {
  readonly at?: AtStep;
  /** The file may not grow beyond so many pages, as on a full disk. */
  readonly maxPageCount?: number;
}

/** The one that writes the file of seals. Durable when a call has answered. */
export class SealStore extends SealsReader {
  /** Counted once: nobody else adds any. */
  private rows: number | undefined;

  private constructor(
    file: string,
    db: Database.Database,
    private readonly lock: Database.Database,
    private readonly at: AtStep,
  ) {
    super(db, file);
  }

  /**
   * Opens the file, or makes it, for a log of this name; a file that is there keeps its own.
   *
   * @throws SealError `in-use` when another sealer has it
   */
  static openOrMake(file: string, newOrigin: () => string, { at = goOn, maxPageCount }: SealsOptions = {}): SealStore {
    at('lock-seals');
    const inUse = (message: string, cause: unknown) => new SealError('in-use', message, { cause });
    const lock = opening(file, SEALS_FILE, () => lockBeside(file, inUse));
    try {
      at('make-seals');
      const db = openFile(file, SEALS_FILE, (made) => {
        at('name-log');
        made.prepare('INSERT INTO log (origin) VALUES (?)').run(newOrigin());
      });
      if (maxPageCount !== undefined) db.pragma(`max_page_count = ${maxPageCount}`);
      return new SealStore(file, db, lock, at);
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /**
   * Adds a checkpoint that extends the one of `lastSize`, 0 for none.
   *
   * @throws SealError `superseded` when that is not the last one any more
   */
  insert({ size, root, note, signedAt }: Seal, lastSize: number): void {
    this.writing(() => {
      const found = this.last()?.size ?? 0;
      if (found !== lastSize) {
        throw new SealError('superseded', `The last checkpoint is of ${found} entries, not of ${lastSize}`);
      }
      this.at('insert-seal');
      this.db
        .prepare('INSERT INTO checkpoints (size, root, note, signed_at) VALUES (?, ?, ?, ?)')
        .run(size, root, note, signedAt);
      this.at('commit-seal');
    });
    this.countOneMore();
  }

  addKey({ number, verifierKey, fromSize, statement }: LogKey): void {
    this.writing(() => {
      this.at('enter-key');
      this.db
        .prepare('INSERT INTO keys (number, verifier_key, from_size, statement) VALUES (?, ?, ?, ?)')
        .run(number, verifierKey, fromSize, statement ?? null);
    });
    this.countOneMore();
  }

  /**
   * Becomes another log, which was there first: with its name, and its first key. Only a log that has signed nothing
   * can, so nothing is lost.
   *
   * @throws SealError `diverged` for one that has signed
   */
  giveWay(origin: string, first: LogKey): void {
    this.writing(() => {
      if (this.last()) throw new SealError('diverged', 'A log that has signed does not become another one');
      for (const table of SEALS_TABLES) this.db.exec(`DROP TABLE ${table}`);
      this.db.exec(SEALS_FILE.schema);
      this.at('name-log');
      this.db.prepare('INSERT INTO log (origin) VALUES (?)').run(origin);
      this.addKey(first);
    });
    this.rows = undefined;
  }

  override countRows(): number {
    this.rows ??= super.countRows();
    return this.rows;
  }

  /** One that is there already stays as it is. */
  addCosignature({ size, witness, line }: Cosignature): void {
    this.writing(() => {
      const isThere = this.db.prepare('SELECT 1 FROM cosignatures WHERE size = ? AND witness = ?').get(size, witness);
      if (isThere) return;
      this.db.prepare('INSERT INTO cosignatures (size, witness, line) VALUES (?, ?, ?)').run(size, witness, line);
    });
  }

  override close(): void {
    super.close();
    this.lock.close();
  }

  private countOneMore(): void {
    if (this.rows !== undefined) this.rows += 1;
  }

  private writing(write: () => void): void {
    opening(this.file, SEALS_FILE, () => this.db.transaction(write).immediate());
  }
}
