import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * What a rebuild cannot do without: reads and parses every event, and inserts the rows that the views have into the
 * same tables, their indexes built at the end. The rows are taken from the finished views, and fetching them from
 * there is not counted.
 */
const [ledgerFile, viewsFile] = process.argv.slice(2);
const BATCH_ROWS = 10_000;

let tookMs = 0;
const timed = (work) => {
  const startedAt = performance.now();
  const result = work();
  tookMs += performance.now() - startedAt;
  return result;
};

const events = timed(readAndParse);
const rows = insertRows();
console.log(JSON.stringify({ tookMs, events, rows }));

function readAndParse() {
  const ledger = new Database(ledgerFile, { readonly: true });
  const statement = ledger.prepare(
    `SELECT position, events.id, streams.name, revision, event_types.name, occurred_at, recorded_at, actor, data, remarks, meta
     FROM events JOIN streams ON streams.id = stream_id JOIN event_types ON event_types.id = type_id ORDER BY position`,
  );
  let count = 0;
  for (const event of statement.raw().iterate()) {
    JSON.parse(event[8]);
    JSON.parse(event[9]);
    JSON.parse(event[10]);
    count += 1;
  }
  ledger.close();
  return count;
}

function insertRows() {
  const file = `${viewsFile}.bare`;
  const source = new Database(viewsFile, { readonly: true });
  const target = new Database(file);
  target.pragma('journal_mode = WAL');
  target.pragma('synchronous = NORMAL');
  target.pragma('cache_size = -65536');
  const schema = source.prepare(`SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL`).all();
  const virtual = schema.filter(({ sql }) => /^CREATE VIRTUAL/i.test(sql)).map(({ name }) => name);
  const isShadow = (name) => virtual.some((table) => new RegExp(`^${table}_(node|parent|rowid)$`).test(name));
  const tables = schema.filter(({ type, name }) => type === 'table' && !name.startsWith('sqlite_') && !isShadow(name));
  let count = 0;
  for (const { name, sql } of tables) {
    target.exec(sql);
    count += copyTable(source, target, name);
  }
  timed(() => {
    for (const { sql } of schema.filter(({ type }) => type === 'index')) target.exec(sql);
    target.close();
  });
  source.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  return count;
}

function copyTable(source, target, name) {
  const columns = source.pragma(`table_info("${name}")`);
  const insert = target.prepare(`INSERT INTO "${name}" VALUES (${columns.map(() => '?').join(', ')})`);
  const insertAll = target.transaction((batch) => {
    for (const row of batch) insert.run(row);
  });
  let count = 0;
  let batch = [];
  const flush = () => {
    timed(() => insertAll(batch));
    count += batch.length;
    batch = [];
  };
  for (const row of source.prepare(`SELECT * FROM "${name}"`).raw().iterate()) {
    batch.push(row);
    if (batch.length === BATCH_ROWS) flush();
  }
  flush();
  return count;
}
