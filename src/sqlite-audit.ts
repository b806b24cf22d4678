import Database from 'better-sqlite3';

/** How the program makes a database file. */
export interface MadeAs {
  readonly applicationId: number;
  /** The statements that make an empty file one of this version; undefined for a version that there is not. */
  readonly schemaOf: (version: number) => string | undefined;
}

interface Part {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/**
 * Opens a file to look at it as it is at this moment, beside whoever writes it: all reads until the end see the same.
 * Errors of SQLite come as they are.
 */
export function openToAudit(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 1_000 });
  try {
    db.pragma('cache_size = -65536');
    db.exec('BEGIN');
    // The moment is that of the first read.
    db.prepare('SELECT count(*) FROM sqlite_master').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What SQLite finds damaged in the file, pages, rows and indexes, in its own words. */
export const damageOf = (db: Database.Database): string[] =>
  (db.prepare('PRAGMA integrity_check').pluck().all() as string[]).filter((line) => line !== 'ok');

/**
 * In what the file is made otherwise than the program makes it: header, tables, indexes and triggers. Whoever wants to
 * change a row that can only be added has to take a trigger away first, and may forget to put it back as it was.
 */
export function otherRulesOf(db: Database.Database, { applicationId, schemaOf }: MadeAs): string[] {
  const found = Number(db.pragma('application_id', { simple: true }));
  const version = Number(db.pragma('user_version', { simple: true }));
  const schema = schemaOf(version);
  const others = found === applicationId ? [] : [`its header has the application id ${found}, not ${applicationId}`];
  if (schema === undefined) return [...others, `its header has the version ${version}, which there is not`];
  const fresh = new Database(':memory:');
  try {
    fresh.exec(schema);
    return [...others, ...differences(partsOf(fresh), partsOf(db))];
  } finally {
    fresh.close();
  }
}

function differences(expected: ReadonlyMap<string, Part>, actual: ReadonlyMap<string, Part>): string[] {
  const missing = [...expected.values()].flatMap(({ type, name, sql }) => {
    const there = actual.get(`${type} ${name}`);
    if (!there) return [`its ${type} ${name} is not there`];
    return there.sql === sql ? [] : [`its ${type} ${name} is another one`];
  });
  const added = [...actual.entries()].filter(([key]) => !expected.has(key));
  return [...missing, ...added.map(([, { type, name }]) => `it has a ${type} ${name} that is not the program’s`)];
}

function partsOf(db: Database.Database): Map<string, Part> {
  const parts = db.prepare('SELECT type, name, sql FROM sqlite_master').all() as Part[];
  return new Map(parts.map((part) => [`${part.type} ${part.name}`, part]));
}
