/** A class that TypeORM maps to a table. */
export type EntityClass<Row extends object = object> = new () => Row;

/** A table as projectors see it: its entity and the columns by which they name a row. */
export interface Table<Row extends object> {
  readonly entity: EntityClass<Row>;
  readonly key: readonly (keyof Row & string)[];
}

export type KeyValue = string | number;

export interface RowUpdate<Row extends object> {
  readonly key: readonly KeyValue[];
  readonly changes: Partial<Row>;
}

/** A row that was to be updated is not there: the ledger tells of something that never began. */
export class MissingRowError extends Error {
  override readonly name = 'MissingRowError';
  constructor(table: string, key: readonly KeyValue[]) {
    super(`${table} has no row ${key.join(', ')} that could be updated`);
  }
}

/** What a database does for projectors, inside one transaction. Each call is one bulk of rows of one table. */
export interface RowWriter {
  insert<Row extends object>(table: Table<Row>, rows: readonly Row[]): Promise<void>;
  /** A row whose key is there already stays as it is. */
  insertIfAbsent<Row extends object>(table: Table<Row>, rows: readonly Row[]): Promise<void>;
  /**
   * Each key stands in it once.
   *
   * @throws MissingRowError when no row has the key
   */
  update<Row extends object>(table: Table<Row>, updates: readonly RowUpdate<Row>[]): Promise<void>;
  delete<Row extends object>(table: Table<Row>, keys: readonly (readonly KeyValue[])[]): Promise<void>;
  /**
   * The row of each key, in the order of the keys. With `latestBy`, the keys leave out that column, and the row with
   * the highest value in it is found.
   */
  find<Row extends object>(
    table: Table<Row>,
    keys: readonly (readonly KeyValue[])[],
    latestBy?: keyof Row & string,
  ): Promise<(Row | undefined)[]>;
  /** Removes every row. */
  empty(entity: EntityClass): Promise<void>;
}

type Pending<Row> =
  | { readonly kind: 'insert' | 'insert-if-absent' | 'replace'; readonly row: Row }
  | { readonly kind: 'update'; readonly key: readonly KeyValue[]; readonly changes: Partial<Row> }
  | { readonly kind: 'delete'; readonly key: readonly KeyValue[] };

/**
 * What a batch of events does to one table, folded to one operation a row before the database hears of it: a change
 * that opens and closes inside a batch is a single insert.
 */
export class TableChanges<Row extends object> {
  readonly #pending = new Map<string, Pending<Row>>();

  constructor(private readonly table: Table<Row>) {}

  insert(row: Row): void {
    this.#pending.set(this.#keyOf(row), { kind: 'insert', row });
  }

  insertIfAbsent(row: Row): void {
    const key = this.#keyOf(row);
    const before = this.#pending.get(key);
    if (!before) this.#pending.set(key, { kind: 'insert-if-absent', row });
    else if (before.kind === 'delete') this.#pending.set(key, { kind: 'replace', row });
  }

  update(key: readonly KeyValue[], changes: Partial<Row>): void {
    const text = textOf(key);
    const before = this.#pending.get(text);
    if (!before) this.#pending.set(text, { kind: 'update', key, changes });
    else if (before.kind === 'update')
      this.#pending.set(text, { ...before, changes: { ...before.changes, ...changes } });
    else if (before.kind === 'insert') this.#pending.set(text, { ...before, row: { ...before.row, ...changes } });
    else throw new Error(`a row cannot be updated after ${before.kind} in one batch`);
  }

  delete(key: readonly KeyValue[]): void {
    this.#pending.set(textOf(key), { kind: 'delete', key });
  }

  /** Hands everything over and starts empty. */
  async flush(writer: RowWriter): Promise<void> {
    const { table } = this;
    const inserts: Row[] = [];
    const absent: Row[] = [];
    const updates: RowUpdate<Row>[] = [];
    const deletes: (readonly KeyValue[])[] = [];
    for (const pending of this.#pending.values()) {
      if (pending.kind === 'update') updates.push(pending);
      else if (pending.kind === 'delete') deletes.push(pending.key);
      else if (pending.kind === 'insert-if-absent') absent.push(pending.row);
      else inserts.push(pending.row);
      if (pending.kind === 'replace') deletes.push(this.#keyValues(pending.row));
    }
    this.#pending.clear();
    await writer.delete(table, deletes);
    await writer.insert(table, inserts);
    await writer.insertIfAbsent(table, absent);
    await writer.update(table, updates);
  }

  #keyValues(row: Row): KeyValue[] {
    return this.table.key.map((column) => row[column] as KeyValue);
  }

  #keyOf(row: Row): string {
    return textOf(this.#keyValues(row));
  }
}

const textOf = (key: readonly KeyValue[]): string => (key.length === 1 ? String(key[0]) : key.join('\u0000'));

/** The tables that a batch touches, each folded by itself. */
export class BatchRows {
  readonly #tables = new Map<object, TableChanges<object>>();

  constructor(private readonly writer: RowWriter) {}

  of<Row extends object>(table: Table<Row>): TableChanges<Row> {
    const known = this.#tables.get(table) as TableChanges<Row> | undefined;
    if (known) return known;
    const changes = new TableChanges(table);
    this.#tables.set(table, changes as unknown as TableChanges<object>);
    return changes;
  }

  /** Rows as they were before this batch. */
  find<Row extends object>(
    table: Table<Row>,
    keys: readonly (readonly KeyValue[])[],
    latestBy?: keyof Row & string,
  ): Promise<(Row | undefined)[]> {
    return this.writer.find(table, keys, latestBy);
  }

  async flush(): Promise<void> {
    for (const changes of this.#tables.values()) await changes.flush(this.writer);
  }
}
