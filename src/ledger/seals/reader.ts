import type Database from 'better-sqlite3';
import { openToRead, opening } from '../ledger-file.js';
import type { LogKey, Seal } from '../sealed-ledger.js';
import type { SealRow } from './rows.js';
import { SEALS_FILE } from './schema.js';

/** Reads the file of seals, beside the one that writes it. Any thread may have a reader of its own. */
export class SealsReader {
  private readonly statements: ReturnType<typeof prepare>;

  constructor(
    protected readonly db: Database.Database,
    protected readonly file: string,
  ) {
    this.statements = prepare(db);
  }

  /** @throws SealError */
  static open(file: string): SealsReader {
    return new SealsReader(openToRead(file, SEALS_FILE), file);
  }

  /** The log's name; undefined for a file that was made and has none yet. */
  origin(): string | undefined {
    return this.reading(() => this.statements.origin.get() as string | undefined);
  }

  /** In the order of use. */
  keys(): LogKey[] {
    const rows = this.reading(() => this.statements.keys.all()) as (Omit<LogKey, 'statement'> & {
      statement: string | null;
    })[];
    return rows.map(({ statement, ...key }) => (statement === null ? key : { ...key, statement }));
  }

  /** The one that was signed last. */
  last(): Seal | undefined {
    return this.reading(() => this.withCosignatures(this.statements.last.get() as Seal | undefined));
  }

  /** The checkpoint of exactly this size. */
  seal(size: number): Seal | undefined {
    return this.reading(() => this.withCosignatures(this.statements.seal.get(size) as Seal | undefined));
  }

  /** The smallest checkpoint of at least this size. */
  sealFrom(size: number): Seal | undefined {
    return this.reading(() => this.withCosignatures(this.statements.sealFrom.get(size) as Seal | undefined));
  }

  /** The largest size that a witness has cosigned, by its verifier key; 0 for none. */
  cosignedSize(witness: string): number {
    return this.reading(() => this.statements.cosigned.get(witness) as number);
  }

  /** Verifier keys of those who have cosigned the checkpoint of this size. */
  witnessesOf(size: number): string[] {
    return this.reading(() => this.statements.witnessesOf.all(size) as string[]);
  }

  /** Size of the newest checkpoint that at least so many of these witnesses have cosigned; 0 for none. */
  quorumSize(witnesses: readonly string[], required: number): number {
    return (
      this.reading(() => this.statements.quorum.get(JSON.stringify(witnesses), required) as number | undefined) ?? 0
    );
  }

  /** The row that was added last; cosignatures are none. */
  lastRow(): SealRow | undefined {
    const key = this.keys().at(-1);
    const seal = this.reading(() => this.statements.last.get() as Seal | undefined);
    if (seal && (!key || key.fromSize <= seal.size)) return rowOfSeal(seal);
    return key && { key };
  }

  /** The row of the checkpoint of exactly this size. */
  rowAt(size: number): SealRow | undefined {
    const seal = this.reading(() => this.statements.seal.get(size) as Seal | undefined);
    return seal && rowOfSeal(seal);
  }

  /** Rows in the order in which they were added, after the one that ends with this key or size; at most `limit`. */
  rowsAfter(after: { readonly size: number; readonly keys: number }, limit: number): SealRow[] {
    const keys = this.keys().slice(after.keys, after.keys + limit);
    const seals = this.reading(() => this.statements.after.all(after.size, limit)) as Seal[];
    const rows: SealRow[] = [];
    while (rows.length < limit) {
      const [key, seal] = [keys[0], seals[0]];
      if (key && (!seal || key.fromSize <= seal.size)) rows.push({ key: keys.shift() as LogKey });
      else if (seal) rows.push(rowOfSeal(seals.shift() as Seal));
      else break;
    }
    return rows;
  }

  /** How many rows there are: keys and checkpoints. */
  countRows(): number {
    return this.reading(() => this.statements.count.get() as number);
  }

  /** Sizes of the checkpoints from one on, at most `limit`. */
  sizesFrom(size: number, limit: number): number[] {
    return this.reading(() => this.statements.sizes.all(size, limit) as number[]);
  }

  close(): void {
    this.db.close();
  }

  protected reading<Result>(read: () => Result): Result {
    return opening(this.file, SEALS_FILE, read);
  }

  private withCosignatures(seal: Seal | undefined): Seal | undefined {
    if (!seal) return undefined;
    const lines = this.statements.cosignatures.all(seal.size) as string[];
    return { ...seal, note: seal.note + lines.map((line) => `${line}\n`).join('') };
  }
}

const rowOfSeal = ({ note, signedAt }: Seal): SealRow => ({ checkpoint: { note, signedAt } });

function prepare(db: Database.Database) {
  const seal = 'SELECT size, root, note, signed_at AS signedAt FROM checkpoints';
  return {
    origin: db.prepare('SELECT origin FROM log').pluck(),
    keys: db.prepare(
      'SELECT number, verifier_key AS verifierKey, from_size AS fromSize, statement FROM keys ORDER BY number',
    ),
    last: db.prepare(`${seal} ORDER BY size DESC LIMIT 1`),
    seal: db.prepare(`${seal} WHERE size = ?`),
    sealFrom: db.prepare(`${seal} WHERE size >= ? ORDER BY size LIMIT 1`),
    after: db.prepare(`${seal} WHERE size > ? ORDER BY size LIMIT ?`),
    count: db.prepare('SELECT (SELECT count(*) FROM keys) + (SELECT count(*) FROM checkpoints)').pluck(),
    cosignatures: db.prepare('SELECT line FROM cosignatures WHERE size = ? ORDER BY rowid').pluck(),
    cosigned: db.prepare('SELECT ifnull(max(size), 0) FROM cosignatures WHERE witness = ?').pluck(),
    witnessesOf: db.prepare('SELECT witness FROM cosignatures WHERE size = ?').pluck(),
    quorum: db
      .prepare(
        `SELECT size FROM cosignatures WHERE witness IN (SELECT value FROM json_each(?))
         GROUP BY size HAVING count(*) >= ? ORDER BY size DESC LIMIT 1`,
      )
      .pluck(),
    sizes: db.prepare('SELECT size FROM checkpoints WHERE size >= ? ORDER BY size LIMIT ?').pluck(),
  };
}
