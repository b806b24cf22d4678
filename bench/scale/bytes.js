import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { drive } from '../support/drive.js';
import { growLedger } from '../support/ledgers.js';
import { remove, startProduct } from '../support/process.js';

/**
 * What a stored event and a logged read take on disk, table by table, in a ledger of three bakes, six promotions and one
 * refusal in turn.
 *
 *     npm run -s build && node bench/scale/bytes.js --events 100000
 */
const { values: options } = parseArgs({ options: { events: { type: 'string', default: '100000' } } });
const READS = 20_000;

const { folder } = await growLedger([Number(options.events)]);
try {
  const events = tables(join(folder, 'ledger.db'), 'events', 'ledger.db');
  asJson(join(folder, 'ledger.db'));
  tables(join(folder, 'tree.db'), events, 'tree.db');
  tables(join(folder, 'seals.db'), events, 'seals.db');
  tables(join(folder, 'views.db'), events, 'views.db');
  await reads();
} finally {
  remove(folder);
}

/** Bytes of each table and index a row of `per`, the largest first; answers how many rows that is. */
function tables(file, per, name) {
  const database = new Database(file, { readonly: true });
  const rows = typeof per === 'number' ? per : database.prepare(`SELECT count(*) FROM ${per}`).pluck().get();
  const parts = database
    .prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC')
    .all();
  database.close();
  const all = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`\n${name}: ${(all / rows).toFixed(0)} bytes an event, of ${rows}`);
  for (const { name: part, bytes } of parts.slice(0, 14))
    console.log(`  ${(bytes / rows).toFixed(1).padStart(7)}  ${part}`);
  return rows;
}

/** What the events alone would take as JSON, a line each, with all that is known of them. */
function asJson(file) {
  const database = new Database(file, { readonly: true });
  const lines = database
    .prepare(
      `SELECT sum(length(CAST(json_object('position', position, 'id', hex(events.id), 'stream', streams.name,
         'revision', revision, 'type', event_types.name, 'occurredAt', occurred_at, 'recordedAt', recorded_at,
         'actor', actor, 'data', json(data), 'remarks', json(remarks), 'meta', json(meta)) AS BLOB)) + 1.0) / count(*)
       FROM events JOIN streams ON streams.id = stream_id JOIN event_types ON event_types.id = type_id`,
    )
    .pluck()
    .get();
  database.close();
  console.log(`\nas JSON: ${lines.toFixed(0)} bytes an event`);
}

/** Reads of one environment's known-good state, each of which is an entry of the access log. */
async function reads() {
  const server = await startProduct(folder);
  const file = join(folder, 'access.db');
  try {
    const before = statSync(file).size;
    const { port, token } = server;
    const path = '/v1/environments/production-a/known-good?asOf=1000';
    await drive({ port, token, warmUp: 0, requests: READS, path });
    await server.stop();
    console.log(`\naccess.db: ${((statSync(file).size - before) / READS).toFixed(0)} bytes a read, of ${READS}`);
  } finally {
    await server.stop();
  }
}
